// Package telemetry sends traces to an OpenTelemetry collector: where they go,
// how requests in and out carry their context, and the names of the spans,
// which are those of the official back end. What is measured in numbers is
// package api's; nothing here may change what a request does, and without a
// collector nothing here costs anything.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Config says where traces go. Without an Endpoint there are none.
type Config struct {
	Endpoint         string // URL of a collector
	Protocol         string // grpc or http/protobuf
	Headers          string // name=value, comma-separated
	Service, Version string
	Revision         string
	Ratio            float64      // of all requests
	Log              *slog.Logger // of what cannot be sent
	ShutdownTimeout  time.Duration
	exporter         sdktrace.SpanExporter // in place of one for Endpoint
}

// Tracing makes spans. Its zero value makes none.
type Tracing struct {
	provider trace.TracerProvider
	sdk      *sdktrace.TracerProvider
	limit    time.Duration
}

// loud says in our log what otherwise OpenTelemetry prints by itself.
type loud struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

// ExportSpans implements sdktrace.SpanExporter.
func (l loud) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := l.SpanExporter.ExportSpans(ctx, spans); err != nil && l.log != nil {
		l.log.WarnContext(ctx, "traces are lost", "spans", len(spans), "error", err)
	}
	return nil
}

// propagator is W3C's: traceparent and tracestate. Baggage is left out, for
// what comes from strangers is not handed on.
var propagator = propagation.TraceContext{}

const scope = "github.com/killrvideo/killrvideo-go/service"

// New prepares the sending of traces. It connects to nothing yet: a collector
// that is down costs traces, not requests.
func New(ctx context.Context, c Config) (*Tracing, error) {
	exporter := c.exporter
	if c.Endpoint == "" && exporter == nil {
		return &Tracing{}, nil
	}
	if exporter == nil {
		var err error
		if exporter, err = newExporter(ctx, c); err != nil {
			return nil, fmt.Errorf("prepare the sending of traces to OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
	}
	sdk := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(loud{exporter, c.Log}),
		sdktrace.WithSampler(newSampler(c.Ratio)),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", c.Service), attribute.String("service.version", c.Version),
			attribute.String("service.instance.revision", c.Revision),
		)),
	)
	limit := c.ShutdownTimeout
	if limit == 0 {
		limit = 5 * time.Second
	}
	return &Tracing{provider: sdk, sdk: sdk, limit: limit}, nil
}

func newExporter(ctx context.Context, c Config) (sdktrace.SpanExporter, error) {
	client, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return otlptrace.New(ctx, client)
}

// parseHeaders takes name=value pairs; values are percent-encoded.
func parseHeaders(text string) (map[string]string, error) {
	headers := map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			continue
		}
		plain, err := url.PathUnescape(strings.TrimSpace(value))
		if err != nil {
			// The error would quote the value.
			return nil, fmt.Errorf("header %s is not percent-encoded", strings.TrimSpace(name))
		}
		headers[strings.TrimSpace(name)] = plain
	}
	return headers, nil
}

// Close sends what is still to be sent.
func (t *Tracing) Close() error {
	if t.sdk == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.limit)
	defer cancel()
	if err := t.sdk.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

func (t *Tracing) tracer() trace.Tracer {
	if t == nil || t.provider == nil {
		return noop.NewTracerProvider().Tracer(scope)
	}
	return t.provider.Tracer(scope)
}
