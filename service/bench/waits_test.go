package bench_test

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// traceID names a trace; the zero one is of a request that is not traced.
type traceID [16]byte

func newTraceID() (id traceID) {
	_, _ = rand.Read(id[:])
	return id
}

// parent is W3C's header: with the flag of a trace to be recorded, or none.
func (id traceID) parent() string {
	if id == (traceID{}) {
		return ""
	}
	return "00-" + hex.EncodeToString(id[:]) + "-0000000000000001-01"
}

// waits collects the traces of services: how long each request took, and how
// much of that at least one command of the Data API was under way.
type waits struct {
	url   string
	mu    sync.Mutex
	total map[traceID]uint64 // nanoseconds
	calls map[traceID][]span
}

type span struct{ from, to uint64 }

// collect is a collector of OpenTelemetry, as far as that takes.
func collect(b *testing.B) *waits {
	b.Helper()
	w := &waits{total: map[traceID]uint64{}, calls: map[traceID][]span{}}
	server := httptest.NewServer(w)
	b.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// ServeHTTP implements http.Handler.
func (w *waits) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	var data tracepb.TracesData
	if err != nil || proto.Unmarshal(body, &data) != nil {
		out.WriteHeader(http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, resource := range data.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				w.add(s)
			}
		}
	}
}

func (w *waits) add(s *tracepb.Span) {
	id := traceID(s.TraceId)
	switch s.Kind {
	case tracepb.Span_SPAN_KIND_SERVER:
		w.total[id] = s.EndTimeUnixNano - s.StartTimeUnixNano
	case tracepb.Span_SPAN_KIND_CLIENT:
		w.calls[id] = append(w.calls[id], span{s.StartTimeUnixNano, s.EndTimeUnixNano})
	}
}

// share is the part of the requests' time, 0 to 1, that the service waited for
// Astra. Commands that are under way together count once. ok is false if no
// trace has arrived.
func (w *waits) share(traces []traceID) (share float64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var total, waited uint64
	for _, id := range traces {
		if w.total[id] > 0 {
			total += w.total[id]
			waited += union(w.calls[id])
		}
	}
	if total == 0 {
		return 0, false
	}
	return float64(waited) / float64(total), true
}

// own are the times that the service took itself, shortest first: those of a
// request in which no command was under way.
func (w *waits) own(traces []traceID) (all []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range traces {
		if total := w.total[id]; total > 0 {
			all = append(all, time.Duration(total-min(total, union(w.calls[id]))))
		}
	}
	slices.Sort(all)
	return all
}

// union is the time that the spans cover.
func union(spans []span) (covered uint64) {
	slices.SortFunc(spans, func(a, b span) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	until := uint64(0)
	for _, s := range spans {
		if from := max(s.from, until); s.to > from {
			covered += s.to - from
			until = s.to
		}
	}
	return covered
}

func TestSpansThatOverlapCountOnce(t *testing.T) {
	t.Parallel()
	if got := union([]span{{30, 40}, {0, 10}, {5, 20}, {6, 7}}); got != 30 {
		t.Errorf("they cover %d, not 30", got)
	}
}
