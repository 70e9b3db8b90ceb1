package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// A video's lock goes to one at a time as an e-mail does (see CreateUser):
// whoever wants it writes a claim of its own and reads then. Only who reads no
// other live claim has it; of two, whoever reads later sees both. The lowest of
// several that wait keeps its claim, the others come back.
//
// Those of one process take turns before: each process has one claim at most,
// and only that one asks Astra again and again.
//
// A process may die with a lock. Nobody changes a video for longer than a
// request and what it undoes may take, so a claim older than that is dead.
const lockLease = 2 * time.Minute

// claimRow is a claim of a lock. It is no work: its kind is its own.
type claimRow struct {
	Kind string    `json:"kind"`
	ID   uuid.UUID `json:"videoid"`
	At   time.Time `json:"due"`
}

func lockOf(video uuid.UUID) string { return "lock:" + video.String() }

// Lock implements killrvideo.WorkRepository and killrvideo.Locker with two calls, and one to unlock.
func (s *Store) Lock(ctx context.Context, video uuid.UUID) (unlock func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var mine claimRow
	giveBack, err := s.changing.take(waiting, video)
	if err == nil {
		if mine, err = s.claim(waiting, lockOf(video)); err != nil {
			giveBack()
		}
	}
	if err != nil {
		return nil, killrvideo.Wrap(fmt.Errorf("lock %s: %w", video, err), killrvideo.EUNAVAILABLE, errUnavailable)
	}
	return func() { s.unlock(ctx, mine); giveBack() }, nil
}

// claim makes claims of a lock until one has it.
func (s *Store) claim(ctx context.Context, lock string) (claimRow, error) {
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		mine := claimRow{lock, uuid.New(), s.config.Now().UTC().Truncate(time.Millisecond)}
		has, err := s.contendFor(ctx, mine)
		if has && err == nil {
			return mine, nil
		}
		s.unlock(ctx, mine)
		if err == nil {
			err = pause(ctx, wait)
		}
		if err != nil {
			return mine, err
		}
	}
}

// contendFor writes a claim and waits until it is alone, or gives way to a
// lower one.
func (s *Store) contendFor(ctx context.Context, mine claimRow) (bool, error) {
	if err := s.insert(ctx, schema.PendingWork, mine); err != nil {
		return false, err
	}
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		var all []claimRow
		if err := s.table(ctx, schema.PendingWork).Find(filter.Eq("kind", mine.Kind)).DecodeAll(ctx, &all); err != nil {
			return false, err
		}
		alone := true
		for _, other := range all {
			switch {
			case other.ID == mine.ID:
			case s.config.Now().Sub(other.At) > lockLease:
				s.unlock(ctx, other)
			case bytes.Compare(other.ID[:], mine.ID[:]) < 0:
				return false, nil
			default:
				alone = false
			}
		}
		if alone {
			return true, nil
		}
		if err := pause(ctx, wait); err != nil {
			return false, err
		}
	}
}

// unlock removes a claim, even if the client has gone. What it cannot remove
// is dead after lockLease.
func (s *Store) unlock(ctx context.Context, c claimRow) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.table(ctx, schema.PendingWork).DeleteOne(ctx, filter.F{"kind": c.Kind, "videoid": c.ID}); err != nil {
		s.config.Log.WarnContext(ctx, "a lock is not given back", "lock", c.Kind, "error", err)
	}
}
