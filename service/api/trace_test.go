package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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

func TestRequestsAreTracedButProbes(t *testing.T) {
	t.Parallel()
	spans := &recorder{}
	h := NewHandler(Dependencies{Tracing: spans})
	for _, path := range []string{"/health", "/health/ready", "/metrics", "/version", "/nothing"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if want := []string{"GET /version OK", "GET none Not Found"}; !slices.Equal(spans.ended, want) {
		t.Errorf("got %q", spans.ended)
	}
}

func TestWorkIsMeasured(t *testing.T) {
	t.Parallel()
	spans := &recorder{}
	a := &API{Dependencies{Tracing: spans}.withDefaults()}
	r := gin.New()
	r.Use(a.measureWork())
	for path := range a.works() {
		r.GET(path, func(c *gin.Context) {
			if c.Query("bad") != "" {
				c.Status(http.StatusUnprocessableEntity)
			}
		})
	}
	r.GET("/metrics", gin.WrapH(a.Metrics.Handler()))
	var metrics *httptest.ResponseRecorder
	for _, path := range []string{
		Prefix + "/search/videos?mode=semantic", Prefix + "/search/videos?mode=keyword", Prefix + "/search/videos?bad=1",
		Prefix + "/videos/id/1/related", Prefix + "/recommendations/foryou", "/metrics",
	} {
		metrics = httptest.NewRecorder()
		r.ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, path, nil))
	}
	if want := []string{"vector.search", "vector.search", "recommend.related_videos", "recommend.for_you"}; !slices.Equal(spans.ended, want) {
		t.Errorf("got %q", spans.ended)
	}
	for _, want := range []string{"vector_search_duration_seconds_count 1\n", "recommendation_generation_duration_seconds_count 2\n"} {
		if !strings.Contains(metrics.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}
