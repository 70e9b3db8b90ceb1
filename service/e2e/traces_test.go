package e2e_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// traces is a collector of OpenTelemetry that keeps the names of spans by
// their trace.
type traces struct {
	url string

	mu    sync.Mutex
	names map[string][]string
}

func collect(t *testing.T) *traces {
	t.Helper()
	c := &traces{names: map[string][]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, resource := range request.ResourceSpans {
			for _, span := range resource.ScopeSpans[0].Spans {
				c.names[string(span.TraceId)] = append(c.names[string(span.TraceId)], span.Name)
			}
		}
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// A trace that begins with the caller goes through the service to the Data API.
func TestARequestIsOneTrace(t *testing.T) {
	t.Parallel()
	const trace = "0af7651916cd43dd8448eb211c80319c"
	c, astra := collect(t), standBetween(t)
	p, err := startAPI(t.Context(), t.TempDir(), "ASTRA_DB_API_ENDPOINT="+astra.url, "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/api/v1/videos/latest", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Traceparent", "00-"+trace+"-b7ad6b7169203331-01")
	req.Header.Set("X-Request-Id", "traced")
	send(t, req).want(t, 200, "")
	p.at(t, http.MethodGet, "/health", "", nil)
	if err := p.stop(); err != nil { // sends what is left
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var ours []string
	for id, names := range c.names {
		if slices.Contains(names, "GET /health") {
			t.Error("a probe is traced")
		}
		if strings.Contains(id, "\x0a\xf7\x65\x19") {
			ours = names
		}
	}
	for _, want := range []string{"GET /api/v1/videos/latest", "astra.list_videos"} {
		if !slices.Contains(ours, want) {
			t.Errorf("no span %s in %v", want, c.names)
		}
	}
	if len(astra.asked("traced")) == 0 || !strings.HasPrefix(astra.parent("traced"), "00-"+trace+"-") {
		t.Errorf("the Data API was asked as part of %q", astra.parent("traced"))
	}
}

// Any client may send a traceparent; what is recorded is ours to say.
func TestClientDoesNotDecideWhatIsTraced(t *testing.T) {
	t.Parallel()
	for ratio, flags := range map[string]string{"0": "01", "1": "00"} {
		t.Run("share "+ratio, func(t *testing.T) {
			t.Parallel()
			c := collect(t)
			p, err := startAPI(t.Context(), t.TempDir(), "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url, "OTEL_TRACES_SAMPLER_ARG="+ratio)
			if err != nil {
				t.Fatal(err)
			}
			req := get(t, p.url+"/api/v1/videos/latest")
			req.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-"+flags)
			send(t, req).want(t, 200, "")
			if err := p.stop(); err != nil { // sends what is left
				t.Fatal(err)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if recorded := len(c.names) > 0; recorded != (ratio == "1") {
				t.Errorf("recorded: %v", c.names)
			}
		})
	}
}
