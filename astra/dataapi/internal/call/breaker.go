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

// ErrUnavailable is returned while the breaker is open: the Data API failed
// many times in a row and gets no requests for a moment.
var ErrUnavailable = errors.New("the data store is not reachable right now")

// Circuit is the state of a breaker.
type Circuit = gobreaker.CircuitBreaker[*Response]

// Breaker fails at once while the service is down.
type Breaker struct {
	Next    Caller
	Circuit *Circuit
}

var _ Caller = Breaker{}

// NewCircuit opens after so many failures in a row and tries again after pause.
func NewCircuit(failures uint32, pause time.Duration) *Circuit {
	return gobreaker.NewCircuitBreaker[*Response](gobreaker.Settings{
		Timeout:      pause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: func(err error) bool { return err == nil || !down(err) },
		// A caller that went away says nothing about the service.
		IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
	})
}

// Call returns [ErrUnavailable] without a request while the breaker is open.
func (b Breaker) Call(ctx context.Context, command Command) (*Response, error) {
	response, err := b.Circuit.Execute(func() (*Response, error) { return b.Next.Call(ctx, command) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nil, fmt.Errorf("%s: %w", command.Name, ErrUnavailable)
	}
	return response, err
}

// down reports a failure of the service, in contrast to a refusal of the command
// and to a rate limit.
func down(err error) bool {
	var status *results.HTTPError
	if errors.As(err, &status) {
		return status.Status >= 500 && status.Status != http.StatusNotImplemented
	}
	return Transient(err)
}
