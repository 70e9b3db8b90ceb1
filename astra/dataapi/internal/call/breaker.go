package call

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// ErrUnavailable is the answer while the breaker is open: Astra failed many
// times in a row and is left in peace for a moment.
var ErrUnavailable = errors.New("the data store is not reachable right now")

// Breaker answers at once while the service is down.
type Breaker struct {
	next    Caller
	breaker *gobreaker.CircuitBreaker[*Response]
}

var _ Caller = (*Breaker)(nil)

// NewBreaker opens after so many failures in a row and tries again after pause.
func NewBreaker(next Caller, failures uint32, pause time.Duration) *Breaker {
	return &Breaker{next: next, breaker: gobreaker.NewCircuitBreaker[*Response](gobreaker.Settings{
		Timeout:      pause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: func(err error) bool { return err == nil || !down(err) },
		// A caller that went away says nothing about the service.
		IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
	})}
}

// Call returns [ErrUnavailable] without asking while the breaker is open.
func (b *Breaker) Call(ctx context.Context, command Command) (*Response, error) {
	response, err := b.breaker.Execute(func() (*Response, error) { return b.next.Call(ctx, command) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nil, fmt.Errorf("%s: %w", command.Name, ErrUnavailable)
	}
	return response, err
}

// down tells failures of the service from refusals of a command; a rate limit
// is no outage either.
func down(err error) bool {
	var status *results.HTTPError
	if errors.As(err, &status) {
		return status.Status >= 500 && status.Status != http.StatusNotImplemented
	}
	return Transient(err)
}
