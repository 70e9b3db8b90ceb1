package api

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// sweepTime bounds one sweep. It is less than a request may take; the next sweep
// continues where this one has ended.
const sweepTime = 15 * time.Second

// sweepHeader has the token where Authorization has the scheduler's identity for
// the platform in front.
const sweepHeader = "X-Sweep-Token"

// sweepView is the answer to a sweep: complete if nothing is left to do.
type sweepView struct {
	Complete bool `json:"complete"`
}

// sweep runs the background jobs once, for a scheduler: where a platform gives
// an instance no processor time between requests, or no instance at all, they
// would not run. Anyone with the token can do no more than run them; all are
// idempotent.
func (a *API) sweep(c *gin.Context) (any, error) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), sweepTime)
	defer cancel()
	err := a.Sweep(ctx)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		a.Log.InfoContext(ctx, "a sweep continues with the next one", "error", err)
		return sweepView{}, nil
	}
	return sweepView{Complete: err == nil}, err
}

// sweeper refuses requests without the token of a scheduler. Without such a
// token the path does not exist.
func (a *API) sweeper(c *gin.Context) {
	if a.SweepToken == "" || a.Sweep == nil {
		a.fail(c, killrvideo.Errorf(killrvideo.ENOTFOUND, "Not Found"))
		return
	}
	if token := c.GetHeader(sweepHeader); token != "" {
		a.compareSecret(c, token, a.SweepToken)
		return
	}
	a.requireSecret(c, a.SweepToken)
}

// requireSecret refuses requests without a bearer token of the operator.
func (a *API) requireSecret(c *gin.Context, want string) {
	token, ok := auth.Bearer(c.GetHeader("Authorization"))
	if !ok {
		token = ""
	}
	a.compareSecret(c, token, want)
}

// compareSecret refuses a request without the secret, which is never empty.
func (a *API) compareSecret(c *gin.Context, given, want string) {
	if given == "" || subtle.ConstantTimeCompare([]byte(given), []byte(want)) != 1 {
		a.fail(c, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Not authenticated"))
	}
}
