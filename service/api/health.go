package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const (
	// readyFor is how long an answer about the data store is reused: probes of
	// many balancers cost it one call a second.
	readyFor = time.Second
	// readyTimeout bounds the question; a probe gives up soon after.
	readyTimeout = 2 * time.Second
)

func (a *API) root(c *gin.Context) {
	c.JSON(http.StatusOK, gin.H{"message": "Welcome to the KillrVideo API. Its documentation is at /docs."})
}

// health reports that the process answers. It never asks the data store: a
// restart would not help.
func (a *API) health(c *gin.Context) {
	c.JSON(http.StatusOK, gin.H{"status": "ok", "timestamp": a.Now().UTC().Format(time.RFC3339Nano)})
}

func (a *API) version(c *gin.Context) {
	c.JSON(http.StatusOK, gin.H{"version": a.Version, "commit": a.Commit, "revision": a.Revision})
}

// ready reports whether this revision can serve now: it asks the data store. It is
// for people and for the gate of a deployment.
func (a *API) ready(store *readiness) gin.HandlerFunc {
	return func(c *gin.Context) {
		if a.Draining() {
			a.notReady(c, "shutting down")
			return
		}
		if err := store.check(c.Request.Context()); err != nil {
			a.Log.WarnContext(c.Request.Context(), "not ready", "request_id", requestID(c), slog.Any("error", err))
			a.notReady(c, reason(err))
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready", "database": "connected", "revision": a.Revision})
	}
}

// serving reports whether this instance accepts requests: not before the data
// store has answered once, and not while it shuts down. It is for load balancers
// and probes of platforms. It ignores later outages of the data store, which
// would make the platform replace all instances and hide our errors behind its
// own.
func (a *API) serving(store *readiness) gin.HandlerFunc {
	return func(c *gin.Context) {
		if a.Draining() {
			a.notReady(c, "shutting down")
			return
		}
		if err := store.once(c.Request.Context()); err != nil {
			a.Log.WarnContext(c.Request.Context(), "not serving yet", "request_id", requestID(c), slog.Any("error", err))
			a.notReady(c, reason(err))
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "serving", "revision": a.Revision})
	}
}

func (a *API) notReady(c *gin.Context, why string) {
	c.Header("Retry-After", "1")
	c.JSON(http.StatusServiceUnavailable, gin.H{"status": "not ready", "reason": why, "revision": a.Revision})
}

// reason names the kind of failure without internals.
func reason(err error) string {
	switch killrvideo.ErrorCode(err) {
	case killrvideo.EUNAUTHORIZED, killrvideo.EFORBIDDEN:
		return "data store refuses the credentials"
	case killrvideo.ENOTFOUND:
		return "keyspace or tables not found"
	}
	return "data store unavailable"
}

// readiness caches the last answer for a moment. One caller asks while the others
// wait for its answer.
type readiness struct {
	ask func(context.Context) error
	now func() time.Time

	mu      sync.Mutex
	askedAt time.Time
	asked   bool
	err     error

	reached atomic.Bool // it answered once
}

// once asks until the data store has answered once, and never again.
func (r *readiness) once(ctx context.Context) error {
	if r.reached.Load() {
		return nil
	}
	return r.check(ctx)
}

// check asks in its own context, so that a probe that disconnects fails only
// itself.
func (r *readiness) check(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked && r.now().Sub(r.askedAt) < readyFor {
		return r.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	r.err = r.ask(ctx)
	r.askedAt, r.asked = r.now(), true
	if r.err == nil {
		r.reached.Store(true)
	}
	return r.err
}
