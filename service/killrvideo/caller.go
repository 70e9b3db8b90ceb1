package killrvideo

import (
	"context"
	"errors"
	"log/slog"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// Caller is the account that a verified token names. Account reads the account's
// row and reports why the caller is not authorized. Operations call it in
// parallel with their other reads; they write nothing, and return nothing, before
// it has succeeded.
type Caller struct {
	ID      uuid.UUID
	Account func() (User, error)
}

// Authorized is a caller whose account has been read.
func Authorized(user User) Caller {
	return Caller{user.ID, func() (User, error) { return user, nil }}
}

// viewer is the caller as a viewer who is not anonymous.
func (c Caller) viewer() (*User, error) {
	user, err := c.Account()
	return &user, err
}

// recording does something and records the activity in parallel. If it fails, the
// record is removed. A failure to record is logged alone: the caller would repeat
// what has been done.
func recording(ctx context.Context, to ActivityRepository, log *slog.Logger, a Activity, do func() error) error {
	var unrecorded error
	err := parallel.Do(do, func() error { unrecorded = to.Record(ctx, a); return nil })
	if err != nil {
		unrecorded = errors.Join(unrecorded, to.Forget(context.WithoutCancel(ctx), a))
	}
	if unrecorded != nil {
		log.WarnContext(ctx, "an activity is not recorded as it should be", "user", a.UserID, "type", a.Type, "error", unrecorded)
	}
	return err
}
