package provider

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestRetry(t *testing.T) {
	t.Parallel()
	failure := errors.New("not yet")
	for name, test := range map[string]struct {
		doneAt, want int
		err          error
	}{
		"at once":                    {1, 1, nil},
		"the third time":             {3, 3, nil},
		"never within five attempts": {9, 5, failure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			err := backoff{attempts: 5, pause: time.Microsecond}.retry(t.Context(), func() (bool, error) {
				calls++
				if calls == test.doneAt {
					return true, nil
				}
				return false, failure
			})
			if calls != test.want || !errors.Is(err, test.err) {
				t.Errorf("calls = %d, err = %v, want %d and %v", calls, err, test.want, test.err)
			}
		})
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	err := backoff{attempts: 5, pause: time.Hour}.retry(ctx, func() (bool, error) {
		cancel()
		return false, errors.New("not yet")
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want the context's", err)
	}
}
