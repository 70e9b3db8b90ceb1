package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/gin-gonic/gin"
)

// recorder keeps the names of spans, in the order in which they end.
type recorder struct{ ended []string }

func (r *recorder) Request(ctx context.Context, _ http.Header, method, _ string) (context.Context, func(string, int)) {
	return ctx, func(route string, status int) {
		r.ended = append(r.ended, method+" "+route+" "+http.StatusText(status))
	}
}

func (r *recorder) Work(ctx context.Context, name string) (context.Context, func()) {
	return ctx, func() { r.ended = append(r.ended, name) }
}

func TestRequestsAreTracedExceptProbes(t *testing.T) {
	t.Parallel()
	spans := &recorder{}
	h := NewHandler(Dependencies{Tracing: spans})
	for _, path := range []string{"/health", "/health/serving", "/health/ready", "/metrics", "/version", "/nothing"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if want := []string{"GET /version OK", "GET none Not Found"}; !slices.Equal(spans.ended, want) {
		t.Errorf("got %q", spans.ended)
	}
}

func TestWorkHasItsOwnSpan(t *testing.T) {
	t.Parallel()
	spans := &recorder{}
	a := &API{Dependencies: Dependencies{Tracing: spans}.withDefaults()}
	r := gin.New()
	r.Use(a.traceWork())
	for path := range works() {
		r.GET(path, func(c *gin.Context) { c.Status(http.StatusOK) })
	}
	for _, path := range []string{
		"/search/videos?mode=semantic", "/search/videos?mode=keyword", "/videos/id/1/related", "/recommendations/foryou",
	} {
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, Prefix+path, nil))
	}
	if want := []string{"vector.search", "recommend.related_videos", "recommend.for_you"}; !slices.Equal(spans.ended, want) {
		t.Errorf("got %q", spans.ended)
	}
}

// A route that is renamed must not lose its span.
func TestEveryWorkIsOfARoute(t *testing.T) {
	t.Parallel()
	var routes []string
	for _, r := range NewHandler(Dependencies{}).(*gin.Engine).Routes() {
		routes = append(routes, r.Path)
	}
	for route := range works() {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is no route", route)
		}
	}
}
