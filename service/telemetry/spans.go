package telemetry

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Request begins the span of a request that came with these headers. End it
// with the route's template and the status.
func (t *Tracing) Request(ctx context.Context, header http.Header, method, id string) (context.Context, func(route string, status int)) {
	ctx = propagator.Extract(ctx, propagation.HeaderCarrier(header))
	ctx, span := t.tracer().Start(ctx, method, trace.WithSpanKind(trace.SpanKindServer))
	if !span.IsRecording() {
		return ctx, func(string, int) {}
	}
	span.SetAttributes(attribute.String("http.request.method", method), attribute.String("killrvideo.request_id", id))
	return ctx, func(route string, status int) {
		span.SetName(method + " " + route)
		span.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, http.StatusText(status))
		}
		span.End()
	}
}

// Work begins the span of some work within a request, by one of the official
// back end's names.
func (t *Tracing) Work(ctx context.Context, name string) (context.Context, func()) {
	ctx, span := t.tracer().Start(ctx, name)
	return ctx, func() { span.End() }
}

// lists are the tables that hold lists of videos.
var lists = map[string]bool{"latest_videos": true, "videos_by_user": true, "videos_by_tag": true}

// commands are the spans of the Data API's commands.
var commands = map[string]string{
	"insertOne": "astra.insert", "insertMany": "astra.insert", "updateOne": "astra.update",
	"find": "astra.find", "findOne": "astra.find", "deleteOne": "astra.delete", "deleteMany": "astra.delete",
}

// Command records a command of the Data API that has just ended.
func (t *Tracing) Command(ctx context.Context, command, table string, took time.Duration, err error) {
	if of := trace.SpanContextFromContext(ctx); of.IsValid() && !of.IsSampled() {
		return // as the sampler would decide, which follows the request
	}
	name, known := commands[command]
	if !known {
		name = "astra.other"
	}
	if name == "astra.find" && lists[table] {
		name = "astra.list_videos"
	}
	end := time.Now()
	_, span := t.tracer().Start(ctx, name, trace.WithTimestamp(end.Add(-took)), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.operation.name", command), attribute.String("db.collection.name", table)))
	if err != nil {
		// The error's text may quote data.
		span.SetStatus(codes.Error, "the command failed")
	}
	span.End(trace.WithTimestamp(end))
}

// Transport lets the requests that go out carry the span they belong to, if it
// is recorded.
func Transport(next http.RoundTripper) http.RoundTripper { return carrying{next} }

type carrying struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c carrying) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace.SpanContextFromContext(r.Context()).IsSampled() {
		r = r.Clone(r.Context())
		propagator.Inject(r.Context(), propagation.HeaderCarrier(r.Header))
	}
	return c.next.RoundTrip(r)
}

// YouTube gives a source whose questions are spans; withKey tells which of
// YouTube's two ways it asks.
func (t *Tracing) YouTube(source killrvideo.MetadataSource, withKey bool) killrvideo.MetadataSource {
	name := "youtube.fetch_oembed"
	if withKey {
		name = "youtube.fetch_v3_api"
	}
	return tracedSource{source, t, name}
}

type tracedSource struct {
	killrvideo.MetadataSource
	tracing *Tracing
	name    string
}

// Metadata implements killrvideo.MetadataSource.
func (s tracedSource) Metadata(ctx context.Context, id string) (killrvideo.Metadata, error) {
	ctx, end := s.tracing.Work(ctx, s.name)
	defer end()
	return s.MetadataSource.Metadata(ctx, id)
}
