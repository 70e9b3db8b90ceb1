// Package logging writes log lines as Google Cloud Logging reads them. What is
// logged, and what must not be, is decided where it is logged.
package logging

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// Google gives a handler whose lines Google Cloud Logging reads. A request's
// trace is part of the project; without one no line names its trace.
func Google(w io.Writer, level slog.Leveler, project string) slog.Handler {
	return traced{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: forGoogle}), project}
}

// forGoogle names the built-in fields as Cloud Logging reads them: without
// severity every line is shown as DEFAULT, and no alert sees an error.
// https://cloud.google.com/logging/docs/structured-logging
func forGoogle(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.LevelKey:
		level, _ := a.Value.Any().(slog.Level)
		return slog.String("severity", severity(level))
	case slog.MessageKey:
		a.Key = "message"
	}
	return a
}

func severity(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "DEBUG"
	case level < slog.LevelWarn:
		return "INFO"
	case level < slog.LevelError:
		return "WARNING"
	}
	return "ERROR"
}

type traceKey struct{}

// WithTrace puts the trace that a request belongs to into its context, from the
// headers that Google's proxy sets.
func WithTrace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := traceOf(r.Header); id != "" {
			r = r.WithContext(context.WithValue(r.Context(), traceKey{}, id))
		}
		next.ServeHTTP(w, r)
	})
}

// Both are compiled when they are needed first: only Google's proxy needs them.
var (
	traceID     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{32}$`) })
	traceparent = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$`)
	})
)

func traceOf(header http.Header) string {
	if found := traceparent().FindStringSubmatch(header.Get("Traceparent")); found != nil {
		return found[1]
	}
	id, _, _ := strings.Cut(header.Get("X-Cloud-Trace-Context"), "/")
	if traceID().MatchString(id) {
		return id
	}
	return ""
}

// traced adds a request's trace to every line that is logged for it, so that
// Cloud Logging shows the lines below the request.
type traced struct {
	slog.Handler
	project string
}

func (t traced) Handle(ctx context.Context, record slog.Record) error {
	if id, _ := ctx.Value(traceKey{}).(string); id != "" && t.project != "" {
		record.AddAttrs(slog.String("logging.googleapis.com/trace", "projects/"+t.project+"/traces/"+id))
	}
	return t.Handler.Handle(ctx, record)
}

func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler {
	return traced{t.Handler.WithAttrs(attrs), t.project}
}

func (t traced) WithGroup(name string) slog.Handler {
	return traced{t.Handler.WithGroup(name), t.project}
}
