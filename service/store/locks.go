package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// lockLease is longer than the holder of a lock needs: a request and what it
// rolls back. The lock of a killed process is free after it.
const lockLease = 2 * time.Minute

// Locks are mutual exclusion by id, across processes. A lock is a contest in a
// partition of pending_work, see [contest]. Contenders in one process queue for
// a local lock first, so at most one claim of each process is in the table.
type Locks struct {
	*db
	local keyedMutex[uuid.UUID]
}

var _ killrvideo.Locker = (*Locks)(nil)

// lockRow is a claim of a lock, in a partition that no queue reads.
type lockRow struct {
	Kind string    `json:"kind"`
	ID   uuid.UUID `json:"videoid"`
	At   time.Time `json:"due"`
}

// Lock implements killrvideo.Locker with two calls, and one to unlock.
func (s *Locks) Lock(ctx context.Context, id uuid.UUID) (unlock func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	var mine lockRow
	unlockLocal, err := s.local.lock(waiting, id)
	if err == nil {
		if mine, err = s.acquire(waiting, "lock:"+id.String()); err != nil {
			unlockLocal()
		}
	}
	if err != nil {
		return nil, killrvideo.Wrap(fmt.Errorf("lock %s: %w", id, err), killrvideo.EUNAVAILABLE, errUnavailable)
	}
	return func() { s.release(ctx, mine); unlockLocal() }, nil
}

// acquire makes new claims until one wins.
func (s *Locks) acquire(ctx context.Context, kind string) (lockRow, error) {
	for wait := minPause; ; wait = min(2*wait, maxPause) {
		mine := lockRow{kind, uuid.New(), s.now().UTC().Truncate(time.Millisecond)}
		won, err := s.contend(ctx, s.contest(mine))
		if won {
			return mine, nil
		}
		s.release(ctx, mine)
		if err == nil {
			err = pause(ctx, wait)
		}
		if err != nil {
			return mine, err
		}
	}
}

func (s *Locks) contest(mine lockRow) contest {
	return contest{
		mine: claim{id: mine.ID}, lease: lockLease,
		write: func(ctx context.Context) error { return s.insert(ctx, schema.PendingWork, mine) },
		read: func(ctx context.Context) ([]claim, error) {
			var rows []lockRow
			err := s.table(ctx, schema.PendingWork).Find(filter.Eq("kind", mine.Kind)).DecodeAll(ctx, &rows)
			claims := make([]claim, len(rows))
			for i, row := range rows {
				claims[i] = claim{id: row.ID, at: row.At}
			}
			return claims, err
		},
		remove: func(ctx context.Context, c claim) { s.release(ctx, lockRow{Kind: mine.Kind, ID: c.id}) },
	}
}

// release deletes a claim, even if the client is gone. A claim that cannot be
// deleted expires after lockLease.
func (s *Locks) release(ctx context.Context, c lockRow) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), opTimeout)
	defer cancel()
	if err := s.table(ctx, schema.PendingWork).DeleteOne(ctx, filter.F{"kind": c.Kind, "videoid": c.ID}); err != nil {
		s.log.WarnContext(ctx, "a lock is not released; it expires", "lock", c.Kind, "lease", lockLease, "error", err)
	}
}
