package enginetest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/debug"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
)

// watched is what the engine told while an operation ran.
type watched struct {
	channel chan events.EngineEvent
	ended   chan struct{}
	done    steps
	gate    map[string]any // inputs that were announced
	log     strings.Builder
}

// watch collects the events of an operation, and its steps in the order in
// which they ended.
func (s *stack) watch() *watched {
	w := &watched{channel: make(chan events.EngineEvent), ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		encoder := json.NewEncoder(&w.log)
		for event := range w.channel {
			_ = encoder.Encode(event.EngineEvent)
			if pre := event.ResourcePreEvent; pre != nil && pre.Metadata.Type == gate && pre.Metadata.New != nil {
				w.gate = pre.Metadata.New.Inputs
			}
			if out := event.ResOutputsEvent; out != nil {
				w.done = append(w.done, stepOf(string(out.Metadata.Op), out.Metadata.URN))
			}
		}
	}()
	return w
}

// steps waits for the last event.
func (w *watched) steps(t *testing.T) steps {
	t.Helper()
	select {
	case <-w.ended:
	case <-time.After(2 * time.Minute): // an operation that did not begin closes nothing
		t.Fatal("the engine ended without closing its events; it did not begin")
	}
	return slices.DeleteFunc(w.done, func(step string) bool { return strings.HasPrefix(step, "same ") })
}

// everything is the most that the engine and the providers log.
func everything() debug.LoggingOptions {
	most := uint(9)
	return debug.LoggingOptions{LogLevel: &most, LogToStdErr: true, FlowToPlugins: true}
}
