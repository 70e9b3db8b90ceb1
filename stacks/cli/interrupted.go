package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// untilSignal is a context that the first SIGINT, SIGTERM or SIGHUP ends. A
// later one changes nothing, since ending halfway is what must not happen; it
// is answered with a line.
func untilSignal(say func(string)) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	over := make(chan struct{})
	go func() {
		for first := true; ; first = false {
			select {
			case <-over:
				return
			case <-signals:
			}
			if !first {
				say(fmt.Sprintf("still ending in order, at most %s from the first interrupt on", stopPatience))
				continue
			}
			cancel(errInterrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel(nil)
	}
}

// wasInterrupted tells whether a signal ended the context.
func wasInterrupted(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errInterrupted) }

// interrupted says what an interrupted operation left: what it did, what has an
// unknown outcome, and whether the service answers. It releases the lock of an
// engine that had to be killed.
func (c *command) interrupted(ctx context.Context, operation, stack, done, goOn string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	lines := []string{fmt.Sprintf("%s of stack %s was interrupted. %s", operation, stack, done)}
	if errors.Is(cause, errKilled) {
		_, err := c.ask(ctx, "cancel", "--yes", "--stack", stack)
		lines = append(lines, errKilled.Error()+"; "+released(err))
	}
	left, err := c.stateOf(ctx, stack)
	if err != nil {
		lines = append(lines, "What the state holds could not be read: "+err.Error())
	}
	lines = append(lines, left.pending(), left.serving(ctx))
	lines = append(lines, "Go on with: "+goOn)
	return &Failure{CodeInterrupted, errors.New(strings.Join(nonEmpty(lines), "\n"))}
}

func released(err error) string {
	if err != nil {
		return "its lock could not be released: " + err.Error()
	}
	return "its lock was released"
}

func nonEmpty(lines []string) (kept []string) {
	for _, line := range lines {
		if line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// deployment is what we read of a stack's state.
type deployment struct {
	Resources []stateResource `json:"resources"`
	Pending   []struct {
		Resource stateResource `json:"resource"`
		Type     string        `json:"type"`
	} `json:"pending_operations"`
}

// stateOf reads a stack's state.
func (c *command) stateOf(ctx context.Context, stack string) (deployment, error) {
	var exported struct{ Deployment deployment }
	err := decode(ctx, c.ask, &exported, "stack", "export", "--stack", stack)
	return exported.Deployment, err
}

func (d deployment) pending() string {
	if len(d.Pending) == 0 {
		return ""
	}
	list := make([]string, len(d.Pending))
	for i, p := range d.Pending {
		list[i] = p.Type + " " + p.Resource.URN
	}
	return fmt.Sprintf("The outcome of %d operations is unknown: %s", len(list), strings.Join(list, ", "))
}

// serving asks the deployed service, if the stack has one, whether it answers.
func (d deployment) serving(ctx context.Context) string {
	for _, r := range d.Resources {
		url, _ := r.Outputs["url"].(string)
		if r.Type != "pulumi:pulumi:Stack" || url == "" {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/health/ready", nil)
		if err != nil {
			return ""
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Sprintf("The service at %s does not answer: %v", url, err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Sprintf("The service at %s is not ready: %s", url, response.Status)
		}
		return fmt.Sprintf("The service at %s is ready.", url)
	}
	return ""
}
