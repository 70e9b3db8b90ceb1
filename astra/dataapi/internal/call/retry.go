package call

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Retry sends an idempotent command again when the failure may pass: a broken
// connection, 429, 502, 503 or 504. Pauses grow and are jittered, so that many
// clients do not come back together.
type Retry struct {
	Next Caller
	// Tries at most, the first included.
	Tries uint
	// First is the first pause.
	First time.Duration
}

var _ Caller = Retry{}

// Call returns the last failure when the tries or the context's time are used
// up.
func (r Retry) Call(ctx context.Context, command Command) (*Response, error) {
	if !command.Idempotent {
		return r.Next.Call(ctx, command)
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = r.First, 2*time.Second
	var last error
	response, err := backoff.Retry(ctx, func() (*Response, error) {
		response, err := r.Next.Call(ctx, command)
		last = err
		return response, advice(ctx, err)
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(r.Tries))
	if err != nil && last != nil {
		return response, last
	}
	return response, err
}

// advice tells the backoff what to do about a failure.
func advice(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var status *results.HTTPError
	if errors.As(err, &status) && status.Status == http.StatusTooManyRequests {
		if seconds, parseErr := strconv.Atoi(status.RetryAfter); parseErr == nil && seconds >= 0 && seconds <= 30 {
			return backoff.RetryAfter(seconds)
		}
		return err
	}
	if ctx.Err() != nil || !Transient(err) {
		return backoff.Permanent(err)
	}
	return err
}

// Transient tells whether a failure says something about the service's state
// and nothing about the command.
func Transient(err error) bool {
	var status *results.HTTPError
	if errors.As(err, &status) {
		switch status.Status {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	var known results.DataAPIErrors
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return false
	}
	var network interface{ Timeout() bool }
	return errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded)
}
