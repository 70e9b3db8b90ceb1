package daemon

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// killWait is how long a killed process may take to go.
const killWait = 10 * time.Second

// Stop ends a process: SIGTERM, up to grace for it to finish, then SIGKILL. A
// process that is gone, or whose pid has another owner now, is left alone.
func Stop(ctx context.Context, id Identity, grace time.Duration) error {
	// Found before it is identified: on Linux this holds the process itself,
	// so the signal cannot reach a later owner of its pid.
	process, err := os.FindProcess(id.PID)
	if err != nil || !id.Alive() {
		return nil
	}
	defer func() { _ = process.Release() }()
	if err := process.Signal(syscall.SIGTERM); err != nil && id.Alive() {
		return fmt.Errorf("ask process %d to stop: %w", id.PID, err)
	}
	if gone(ctx, id, grace) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for process %d to stop: %w", id.PID, err)
	}
	if err := killSession(id.PID); err != nil && id.Alive() {
		return fmt.Errorf("kill process %d: %w", id.PID, err)
	}
	if !gone(ctx, id, killWait) {
		return fmt.Errorf("process %d is still there %s after it was killed", id.PID, killWait)
	}
	return nil
}

// gone waits until the process has ended.
func gone(ctx context.Context, id Identity, limit time.Duration) bool {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for id.Alive() {
		if sleep.For(limited, pollInterval) != nil {
			return !id.Alive()
		}
	}
	return true
}
