package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Tracing makes the spans of requests. Those of the data store's commands are
// made where its client is.
type Tracing interface {
	// Request begins the span of a request, as part of the trace that its
	// headers name; end it with the route's template and the status.
	Request(ctx context.Context, header http.Header, method, id string) (context.Context, func(route string, status int))
	// Work begins the span of some work within a request.
	Work(ctx context.Context, name string) (context.Context, func())
}

// trace puts the request in a span. Probes and scrapes have none.
func (a *API) trace(c *gin.Context) {
	if a.Tracing == nil || background(route(c)) {
		return
	}
	ctx, end := a.Tracing.Request(c.Request.Context(), c.Request.Header, method(c.Request.Method), requestID(c))
	c.Request = c.Request.WithContext(ctx)
	defer func() { end(route(c), c.Writer.Status()) }()
	c.Next()
}

// background reports whether a route is asked by machines all the time.
func background(route string) bool {
	switch route {
	case "/health", Prefix + "/health", "/health/ready", "/metrics":
		return true
	}
	return false
}

// works are the routes whose work has a span and a histogram of its own.
func (a *API) works() map[string]work {
	recommend := a.Metrics.ObserveRecommendation
	return map[string]work{
		Prefix + "/search/videos":              {"vector.search", a.Metrics.ObserveVectorSearch, semantic},
		Prefix + "/videos/id/:videoId/related": {"recommend.related_videos", recommend, always},
		Prefix + "/recommendations/foryou":     {"recommend.for_you", recommend, always},
	}
}

type work struct {
	span    string
	observe func(time.Duration)
	applies func(*gin.Context) bool
}

func always(*gin.Context) bool { return true }

func semantic(c *gin.Context) bool { return c.Query("mode") != "keyword" }

// measureWork measures what has a name of its own in traces and metrics.
func (a *API) measureWork() gin.HandlerFunc {
	works := a.works()
	return func(c *gin.Context) {
		w, named := works[c.FullPath()]
		if !named || !w.applies(c) {
			return
		}
		if a.Tracing != nil {
			ctx, end := a.Tracing.Work(c.Request.Context(), w.span)
			c.Request = c.Request.WithContext(ctx)
			defer end()
		}
		start := time.Now()
		c.Next()
		if c.Writer.Status() < http.StatusBadRequest {
			w.observe(time.Since(start))
		}
	}
}
