package call

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

func TestFailuresThatOpenBreaker(t *testing.T) {
	t.Parallel()
	outage := &results.HTTPError{Status: 503}
	for name, test := range map[string]struct {
		errs []error
		open bool
	}{
		"outages":                  {[]error{outage, outage, outage}, true},
		"too slow":                 {slices.Repeat([]error{context.DeadlineExceeded}, 3), true},
		"refusals":                 {slices.Repeat([]error{results.DataAPIErrors{{ErrorCode: "X"}}}, 5), false},
		"unauthorised":             {slices.Repeat([]error{&results.HTTPError{Status: 401}}, 5), false},
		"rate limits":              {slices.Repeat([]error{&results.HTTPError{Status: 429}}, 5), false},
		"callers gone":             {slices.Repeat([]error{context.Canceled}, 5), false},
		"an answer between":        {[]error{outage, outage, nil, outage}, false},
		"a caller gone in between": {[]error{outage, outage, context.Canceled, outage}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			breaker := Breaker{&failing{errs: test.errs}, NewCircuit(3, time.Minute)}
			for range test.errs {
				_, _ = breaker.Call(t.Context(), Command{Name: "find"})
			}
			if _, err := breaker.Call(t.Context(), Command{Name: "find"}); errors.Is(err, ErrUnavailable) != test.open {
				t.Errorf("open is not %v: %v", test.open, err)
			}
		})
	}
}

func TestBreakerClosesAfterSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		next := &failing{errs: slices.Repeat([]error{error(&results.HTTPError{Status: 503})}, 2)}
		breaker := Breaker{next, NewCircuit(2, time.Minute)}
		for range 5 {
			_, _ = breaker.Call(t.Context(), Command{Name: "find"})
		}
		if next.calls != 2 {
			t.Fatalf("%d calls reached a service that is down", next.calls)
		}
		time.Sleep(61 * time.Second) // of the bubble's clock
		for range 3 {
			if _, err := breaker.Call(t.Context(), Command{Name: "find"}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
