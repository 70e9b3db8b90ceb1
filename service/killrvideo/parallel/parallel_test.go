package parallel_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

func TestDoReturnsAllErrorsInOrder(t *testing.T) {
	t.Parallel()
	one, two := errors.New("one"), errors.New("two")
	err := parallel.Do(func() error { return one }, func() error { return nil }, func() error { return two })
	if !errors.Is(err, one) || !errors.Is(err, two) || err.Error() != "one\ntwo" {
		t.Error(err)
	}
	if err := parallel.Do(); err != nil {
		t.Error(err)
	}
}

// Every function waits until so many run. With a bound below that, Do would not return.
func TestDoRunsFunctionsConcurrently(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 16} {
		var running atomic.Int32
		all := make(chan struct{})
		functions := make([]func() error, n)
		for i := range functions {
			functions[i] = func() error {
				if running.Add(1) == int32(n) {
					close(all)
				}
				<-all
				return nil
			}
		}
		if err := parallel.Do(functions...); err != nil {
			t.Error(err)
		}
	}
}

func TestDoBoundsWhatRunsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var running atomic.Int32
		release := make(chan struct{})
		functions := make([]func() error, 200)
		for i := range functions {
			functions[i] = func() error { running.Add(1); <-release; return nil }
		}
		done := make(chan error)
		go func() { done <- parallel.Do(functions...) }()
		synctest.Wait()
		if n := running.Load(); n != 15 { // one more is for the caller's goroutine
			t.Errorf("%d run at once", n)
		}
		close(release)
		if err := <-done; err != nil || running.Load() != 200 {
			t.Errorf("%d have run, %v", running.Load(), err)
		}
	})
}
