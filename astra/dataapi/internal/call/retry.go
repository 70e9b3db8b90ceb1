package call

import (
	"context"
	"errors"
	"io"
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
	response, last := r.Next.Call(ctx, command)
	if last == nil {
		return response, nil
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = r.First, 2*time.Second
	again := false
	response, err := backoff.Retry(ctx, func() (*Response, error) {
		if again {
			response, last = r.Next.Call(ctx, command)
		}
		again = true
		return response, advice(ctx, last)
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
		return afterLimit(status.RetryAfter, err)
	}
	if ctx.Err() != nil || !Transient(err) {
		return backoff.Permanent(err)
	}
	return err
}

// longestWait is the longest Retry-After worth waiting for.
const longestWait = 30

// afterLimit obeys a Retry-After in seconds; asking earlier would only prolong
// the limit, so one that is too long ends the tries.
func afterLimit(retryAfter string, err error) error {
	seconds, parseErr := strconv.Atoi(retryAfter)
	switch {
	case parseErr != nil || seconds < 0:
		return err
	case seconds > longestWait:
		return backoff.Permanent(err)
	default:
		return backoff.RetryAfter(seconds)
	}
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
	return errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}
