package call

import (
	"context"
	"time"
)

// Deadline bounds a command with all that is inside it.
type Deadline struct {
	Next    Caller
	Timeout time.Duration
}

var _ Caller = Deadline{}

// Call gives up with context.DeadlineExceeded.
func (d Deadline) Call(ctx context.Context, command Command) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	return d.Next.Call(ctx, command)
}
