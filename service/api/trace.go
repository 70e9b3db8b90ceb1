package api

import (
	"context"
	"net/http"

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
	ctx, end := a.Tracing.Request(c.Request.Context(), c.Request.Header, method(c.Request), requestID(c))
	c.Request = c.Request.WithContext(ctx)
	defer func() { end(route(c), c.Writer.Status()) }()
	c.Next()
}

// background reports whether probes and scrapes call a route.
func background(route string) bool {
	switch route {
	case "/health", Prefix + "/health", "/health/serving", "/health/ready", "/metrics":
		return true
	}
	return false
}

// works are the names of the spans within a request, by route.
func works() map[string]string {
	return map[string]string{
		Prefix + "/search/videos":              "vector.search",
		Prefix + "/videos/id/:videoId/related": "recommend.related_videos",
		Prefix + "/recommendations/foryou":     "recommend.for_you",
	}
}

// traceWork adds the span of works. A search by words has none.
func (a *API) traceWork() gin.HandlerFunc {
	works := works()
	return func(c *gin.Context) {
		name, named := works[c.FullPath()]
		if !named || a.Tracing == nil || c.Query("mode") == "keyword" {
			return
		}
		ctx, end := a.Tracing.Work(c.Request.Context(), name)
		defer end()
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}
