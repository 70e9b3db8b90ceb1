package provider

import (
	"context"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// backoff is a bounded series of attempts with growing pauses.
type backoff struct {
	attempts int
	pause    time.Duration
}

// brief is for what has probably arrived long ago: a mistake should show in
// seconds.
func (b backoff) brief() backoff {
	b.attempts = min(b.attempts, 3)
	return b
}

// retry calls attempt until it is done, the attempts are used up or the
// context ends. It returns the last error of attempt, or the context's if that
// ended a pause.
func (b backoff) retry(ctx context.Context, attempt func() (done bool, err error)) error {
	pause := b.pause
	for n := 1; ; n++ {
		done, err := attempt()
		if done || n >= b.attempts {
			return err
		}
		if ctxErr := sleep.For(ctx, pause); ctxErr != nil {
			return ctxErr
		}
		pause = min(2*pause, 10*b.pause)
	}
}
