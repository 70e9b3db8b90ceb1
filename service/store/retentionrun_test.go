package store

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestSweepsAreRepeatedUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done, swept := make(chan struct{}), 0
		go func() { repeat(ctx, firstSweep, sweepEvery, func() { swept++ }); close(done) }()
		time.Sleep(25 * time.Hour) // of the bubble's clock
		cancel()
		<-done
		if swept != 5 {
			t.Errorf("swept %d times", swept)
		}
	})
}
