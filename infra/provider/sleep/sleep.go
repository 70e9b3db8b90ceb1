// Package sleep pauses until a time has passed or a context ends.
package sleep

import (
	"context"
	"time"
)

// For pauses for d. It returns the context's error if that ends the pause.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
