package telemetry

import (
	"fmt"
	"net/http"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestCallerDoesNotDecideSampling: neither by its flag nor by a trace id that
// a sampler by trace id would always take.
func TestCallerDoesNotDecideSampling(t *testing.T) {
	t.Parallel()
	const requests = 400
	for _, traceparent := range []string{"", "00-%032x-b7ad6b7169203331-01", "00-%032x-b7ad6b7169203331-00"} {
		for ratio, bounds := range map[float64][2]int{0: {0, 0}, .5: {100, 300}, 1: {requests, requests}} {
			memory := tracetest.NewInMemoryExporter()
			tracing, err := New(t.Context(), Config{exporter: memory, Ratio: ratio})
			if err != nil {
				t.Fatal(err)
			}
			for i := range requests {
				header := http.Header{"Tracestate": {"canary=1"}}
				if traceparent != "" {
					header.Set("Traceparent", fmt.Sprintf(traceparent, i+1))
				}
				ctx, end := tracing.Request(t.Context(), header, "GET", "id")
				_, done := tracing.Work(ctx, "work")
				done()
				end("/", 200)
			}
			if err := tracing.sdk.ForceFlush(t.Context()); err != nil {
				t.Fatal(err)
			}
			spans := memory.GetSpans()
			if n := len(spans) / 2; len(spans)%2 != 0 || n < bounds[0] || n > bounds[1] {
				t.Errorf("%q, ratio %g: %d of %d requests are recorded", traceparent, ratio, n, requests)
			}
			for _, span := range spans {
				if span.SpanContext.TraceState().Len() > 0 {
					t.Fatal("the caller's tracestate goes on")
				}
			}
		}
	}
}
