package provider

import (
	"context"
	"errors"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
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

func TestChangedInputs(t *testing.T) {
	t.Parallel()
	type inputs struct {
		Same     string            `pulumi:"same"`
		List     []string          `pulumi:"list,optional"`
		Map      map[string]string `pulumi:"map,optional"`
		Internal int
	}
	before := inputs{List: nil, Map: map[string]string{"a": "1"}, Internal: 1}
	after := inputs{List: []string{}, Map: map[string]string{"a": "2"}, Internal: 2}
	changes := changedInputs(before, after)
	if _, ok := changes["map"]; !ok || len(changes) != 1 {
		t.Errorf("changes = %v, want map alone", changes)
	}
	if kind := asReplace(changes)["map"].Kind; kind != p.UpdateReplace {
		t.Errorf("kind = %v, want a replacement", kind)
	}
}
