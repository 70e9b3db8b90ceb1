package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// failing answers with its errors, one a call, then with success.
type failing struct {
	errs  []error
	calls int
}

func (f *failing) Call(context.Context, Command) (*Response, error) {
	f.calls++
	if f.calls <= len(f.errs) {
		return nil, f.errs[f.calls-1]
	}
	return &Response{}, nil
}

func TestFailuresThatAreRetried(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		calls int
	}{
		"broken connection":   {&url.Error{Op: "Post", Err: errors.New("connection refused")}, 2},
		"answer cut off":      {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), 2},
		"bad gateway":         {&results.HTTPError{Status: 502}, 2},
		"internal error":      {&results.HTTPError{Status: 500}, 1},
		"redirect":            {&results.HTTPError{Status: 302}, 1},
		"limit, short wait":   {&results.HTTPError{Status: 429, RetryAfter: "0"}, 2},
		"limit, no wait":      {&results.HTTPError{Status: 429}, 2},
		"limit, endless wait": {&results.HTTPError{Status: 429, RetryAfter: "3600"}, 1},
		"refusal":             {results.DataAPIErrors{{ErrorCode: "UNKNOWN_TABLE_COLUMNS"}}, 1},
		"caller gone":         {context.Canceled, 1},
		"breaker open":        {ErrUnavailable, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := &failing{errs: []error{test.err}}
			_, err := Retry{Next: next, Tries: 3, First: time.Millisecond}.Call(t.Context(), Command{Idempotent: true})
			if next.calls != test.calls || (test.calls == 1) != (err != nil) {
				t.Errorf("%d calls, %v", next.calls, err)
			}
		})
	}
}

func TestRetriesEndWithLastFailure(t *testing.T) {
	t.Parallel()
	last := &results.HTTPError{Status: 504}
	next := &failing{errs: []error{&results.HTTPError{Status: 502}, &results.HTTPError{Status: 503}, last}}
	_, err := Retry{Next: next, Tries: 3, First: time.Millisecond}.Call(t.Context(), Command{Idempotent: true})
	if next.calls != 3 || !errors.Is(err, last) {
		t.Errorf("%d calls, %v", next.calls, err)
	}
}

func TestRetryEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	next := &failing{errs: []error{&results.HTTPError{Status: 429, RetryAfter: "20"}}}
	began := time.Now()
	_, err := Retry{Next: next, Tries: 3, First: time.Millisecond}.Call(ctx, Command{Idempotent: true})
	if err == nil || next.calls != 1 || time.Since(began) > 5*time.Second {
		t.Errorf("%d calls in %s, %v", next.calls, time.Since(began), err)
	}
}
