package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const (
	requestIDHeader = "X-Request-Id"
	requestIDKey    = "killrvideo/request-id"
)

// tagRequest gives the request an id: the caller's if it is harmless, else one
// of ours. The id is in the response, in the logs, and goes to the data store.
func (a *API) tagRequest(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !harmless(id) {
		id = uuid.NewString()
	}
	c.Set(requestIDKey, id)
	c.Header(requestIDHeader, id)
	c.Request = c.Request.WithContext(a.WithRequestID(c.Request.Context(), id))
}

func requestID(c *gin.Context) string { return c.GetString(requestIDKey) }

// harmless reports whether a client's id is safe for our logs and headers.
func harmless(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}

// observe measures the request and writes its line in the access log. Probes
// and scrapes are logged at DEBUG: they would drown the rest.
func (a *API) observe(c *gin.Context) {
	start := time.Now()
	c.Next()
	took := time.Since(start)
	a.Metrics.observe(answered{
		route: route(c), method: method(c.Request), status: c.Writer.Status(), took: took,
		requestSize: float64(c.Request.ContentLength), respSize: float64(c.Writer.Size()),
	})
	level := slog.LevelInfo
	if background(route(c)) {
		level = slog.LevelDebug
	}
	a.Log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("request_id", requestID(c)), slog.String("method", method(c.Request)),
		slog.String("route", route(c)), slog.Int("status", c.Writer.Status()),
		slog.Float64("latency_ms", float64(took.Microseconds())/1000))
}

// method bounds the label: a client may send any word as a method.
func method(r *http.Request) string {
	if r.Context().Value(headKey{}) != nil {
		return http.MethodHead
	}
	switch m := r.Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// headKey marks the context of a HEAD request that is served as a GET.
type headKey struct{}

// head serves HEAD by the handlers of GET, as RFC 9110 has it; net/http leaves
// out the body. It comes first, so that all else runs once.
func (a *API) head(r *gin.Engine) gin.HandlerFunc {
	return func(c *gin.Context) {
		original := c.Request
		if original.Method != http.MethodHead {
			return
		}
		// A copy: net/http looks at the method of the original.
		c.Request = original.WithContext(context.WithValue(original.Context(), headKey{}, true))
		c.Request.Method = http.MethodGet
		// Take back what the router has prepared for a method without a route.
		c.Writer.Header().Del("Allow")
		c.Status(http.StatusOK)
		r.HandleContext(c)
		c.Request = original
		c.Abort()
	}
}

// recover turns a panic into a 500, as long as nothing has been sent.
func (a *API) recover(c *gin.Context) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(reason)
		}
		a.Log.ErrorContext(c.Request.Context(), "panic", "request_id", requestID(c), "stack", string(debug.Stack()))
		a.fail(c, fmt.Errorf("panic while serving %s: %v", route(c), reason))
	}()
	c.Next()
}

// secure sets the headers that every response carries. The pages of the
// documentation have their own policy.
func (a *API) secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if c.Request.TLS != nil || endedTLS(c.GetHeader("X-Forwarded-Proto")) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// endedTLS reports whether a proxy has terminated TLS for the client. Any peer is
// trusted: an invented header changes only the answer to its own sender, and
// browsers ignore this policy over plain http.
func endedTLS(forwarded string) bool {
	first, _, _ := strings.Cut(forwarded, ",")
	return strings.EqualFold(strings.TrimSpace(first), "https")
}

// crossOrigin allows the configured origins. Named ones can send credentials,
// which the official front end requests although the API's only credential is a
// header that no browser adds by itself. With "*" the standard forbids it.
func (a *API) crossOrigin() []gin.HandlerFunc {
	if len(a.CORSOrigins) == 0 {
		return nil
	}
	config := cors.Config{
		AllowMethods:  []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowHeaders:  []string{"Authorization", "Content-Type", "If-None-Match", "Cache-Control", requestIDHeader},
		ExposeHeaders: []string{requestIDHeader, "Retry-After", "ETag"},
		MaxAge:        10 * time.Minute,
		// 200 is what the official back end answers to a preflight.
		OptionsResponseStatusCode: http.StatusOK,
	}
	if slices.Contains(a.CORSOrigins, "*") {
		config.AllowAllOrigins = true
		return []gin.HandlerFunc{cors.New(config)}
	}
	config.AllowOrigins, config.AllowCredentials = a.CORSOrigins, true
	allowed := cors.New(config)
	return []gin.HandlerFunc{func(c *gin.Context) {
		// The library answers a foreign origin with a bare 403, even a plain
		// GET. Leaving the headers out is enough: the browser does the rest.
		if slices.Contains(a.CORSOrigins, c.GetHeader("Origin")) {
			allowed(c)
			return
		}
		c.Header("Vary", "Origin")
	}}
}

// limit bounds what one request may cost: the size of its body and the time it
// takes. It marks a request that only reads for the data store's client.
func (a *API) limit(c *gin.Context) {
	if c.Request.ContentLength > maxBody {
		a.refuseBody(c, killrvideo.Wrap(&http.MaxBytesError{Limit: maxBody}, codeTooLarge, msgTooLarge))
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.RequestTimeout)
	defer cancel()
	if c.Request.Method == http.MethodGet {
		ctx = a.ReadOnly(ctx)
	}
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
