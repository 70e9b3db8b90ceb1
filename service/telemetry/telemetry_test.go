package telemetry

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// received is what came to a collector: the spans' names and one header.
type received struct {
	names  []string
	header string
}

func spans(r *collector.ExportTraceServiceRequest) (names []string) {
	for _, resource := range r.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				names = append(names, span.Name)
			}
		}
	}
	return names
}

func overHTTP(t *testing.T) (string, chan received) {
	t.Helper()
	got := make(chan received, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		got <- received{spans(&request), r.Header.Get("Key")}
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

type grpcCollector struct {
	collector.UnimplementedTraceServiceServer
	got chan received
}

func (g grpcCollector) Export(ctx context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	header, _ := metadata.FromIncomingContext(ctx)
	g.got <- received{spans(r), strings.Join(header.Get("key"), ",")}
	return &collector.ExportTraceServiceResponse{}, nil
}

func overGRPC(t *testing.T) (string, chan received) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, service := grpc.NewServer(), grpcCollector{got: make(chan received, 1)}
	collector.RegisterTraceServiceServer(server, service)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
	return "http://" + listener.Addr().String(), service.got
}

func TestTracesReachACollector(t *testing.T) {
	t.Parallel()
	for protocol, start := range map[string]func(*testing.T) (string, chan received){"http/protobuf": overHTTP, "grpc": overGRPC} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			endpoint, got := start(t)
			tracing, err := New(t.Context(), Config{Endpoint: endpoint, Protocol: protocol, Headers: "key=made%20up", Service: "kv", Ratio: 1})
			if err != nil {
				t.Fatal(err)
			}
			tracing.Command(t.Context(), "insertOne", "users", time.Millisecond, nil)
			if err := tracing.Close(); err != nil {
				t.Fatal(err)
			}
			r := <-got
			if len(r.names) != 1 || r.names[0] != "astra.insert" || r.header != "made up" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// recorded is a Tracing whose spans stay here.
func recorded(t *testing.T) (*Tracing, func() tracetest.SpanStubs) {
	t.Helper()
	memory := tracetest.NewInMemoryExporter()
	tracing, err := New(t.Context(), Config{exporter: memory, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	return tracing, func() tracetest.SpanStubs {
		if err := tracing.sdk.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
		return memory.GetSpans()
	}
}

type source struct{}

func (source) Metadata(context.Context, string) (killrvideo.Metadata, error) {
	return killrvideo.Metadata{Title: "A title"}, nil
}

func TestSpansHaveTheOfficialNames(t *testing.T) {
	t.Parallel()
	tracing, spans := recorded(t)
	ctx, end := tracing.Request(t.Context(), http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}, "GET",
		"id")
	for _, c := range [][2]string{
		{"insertMany", "videos"},
		{"updateOne", "users"},
		{"find", "latest_videos"},
		{"findOne", "users"},
		{"deleteOne", "users"},
		{"listTables", ""},
	} {
		tracing.Command(ctx, c[0], c[1], time.Second, errors.New("canary"))
	}
	for _, withKey := range []bool{true, false} {
		if m, err := tracing.YouTube(source{}, withKey).Metadata(ctx, "x"); m.Title != "A title" || err != nil {
			t.Error(m, err)
		}
	}
	_, done := tracing.Work(ctx, "recommend.for_you")
	done()
	end("/videos", 500)
	want := "astra.insert astra.update astra.list_videos astra.find astra.delete astra.other youtube.fetch_v3_api youtube.fetch_oembed " +
		"recommend.for_you GET /videos"
	var names []string
	for _, span := range spans() {
		names = append(names, span.Name)
		if id := span.SpanContext.TraceID().String(); id != "0af7651916cd43dd8448eb211c80319c" {
			t.Errorf("%s is in trace %s", span.Name, id)
		}
		if strings.Contains(span.Status.Description, "canary") {
			t.Errorf("%s tells %s", span.Name, span.Status.Description)
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if took := spans()[0].EndTime.Sub(spans()[0].StartTime); took != time.Second {
		t.Errorf("the command took %v", took)
	}
}

func TestOutgoingRequestsCarryTheirSpan(t *testing.T) {
	t.Parallel()
	got := make(chan string, 2)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("Traceparent") }))
	t.Cleanup(server.Close)
	tracing, _ := recorded(t)
	inSpan, end := tracing.Work(t.Context(), "x")
	defer end()
	client := &http.Client{Transport: Transport(http.DefaultTransport)}
	unrecorded := trace.ContextWithSpanContext(t.Context(), trace.SpanContextFromContext(inSpan).WithTraceFlags(0))
	for ctx, want := range map[context.Context]bool{inSpan: true, unrecorded: false, t.Context(): false} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if header := <-got; (header != "") != want {
			t.Errorf("traceparent %q, want one: %v", header, want)
		}
		if r.Header.Get("Traceparent") != "" {
			t.Error("the caller's request was changed")
		}
	}
}

func TestWithoutACollectorNothingHappens(t *testing.T) {
	t.Parallel()
	tracing, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := tracing.Request(t.Context(), nil, "GET", "id")
	tracing.Command(ctx, "find", "users", time.Second, nil)
	end("/", 200)
	if err := tracing.Close(); err != nil {
		t.Error(err)
	}
}

func TestInvalidHeadersAreNotQuoted(t *testing.T) {
	t.Parallel()
	_, err := New(t.Context(), Config{Endpoint: "http://127.0.0.1:1", Headers: "key=%zzcanary"})
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

// A collector that refuses costs the traces and a line in the log, and says why.
func TestCollectorRefuses(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(refusing.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other := grpc.NewServer() // knows no such service
	go func() { _ = other.Serve(listener) }()
	t.Cleanup(other.Stop)
	for protocol, test := range map[string]struct{ endpoint, want string }{
		"http/protobuf": {refusing.URL, "403"}, "grpc": {"http://" + listener.Addr().String(), `gRPC status "12"`},
	} {
		client, err := newClient(Config{Endpoint: test.endpoint, Protocol: protocol})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.UploadTraces(t.Context(), nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", protocol, err)
		}
		if err := client.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
