package store

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// One of several contenders wins an e-mail address, the lock of a video, or the
// use of a refresh token. Tables of the Data API neither refuse a second row
// with the same key nor write conditionally, so every contender
//
//  1. writes a claim: a row of its own in the partition of the contested thing;
//  2. reads the partition.
//     - Only its own claim is there: it has won.
//     - Another claim is final, or is live and has a lower id: it has lost.
//     - Only higher live claims are there: it waits for them to be removed or
//     to become final, and reads again.
//
// Mutual exclusion: suppose A and B both read only their own claim. Each wrote
// before it read, and reads and writes are at quorum, so the later of the two
// reads returned both claims: a contradiction.
//
// Progress: the lowest live claim loses to a final one only, and every other
// claim loses to the lowest one or wins.
//
// A process that is killed leaves its claim behind. A claim that is older than
// its lease and not final is expired: any contender removes it. The winner must
// be done, or have made its claim final, well within the lease; the rest of the
// lease is for clocks that differ.
type contest struct {
	mine claim
	// lease is how long a claim that is not final lives.
	lease time.Duration
	// write stores mine.
	write func(context.Context) error
	// read returns all claims, mine included.
	read func(context.Context) ([]claim, error)
	// remove deletes a claim that has expired.
	remove func(context.Context, claim)
}

// claim is a contender's row. One that is final has won for good.
type claim struct {
	id    uuid.UUID
	at    time.Time
	final bool
}

// opTimeout bounds the wait for a contested thing, a clean-up after a failure,
// and a write of tallies.
const opTimeout = 10 * time.Second

// contend writes a claim and reports whether it has won. Its caller removes a
// claim that has lost or whose outcome is unknown because of an error.
func (d *db) contend(ctx context.Context, c contest) (won bool, err error) {
	if err := c.write(ctx); err != nil {
		return false, err
	}
	for wait := minPause; ; wait = min(2*wait, maxPause) {
		all, err := c.read(ctx)
		if err != nil {
			return false, err
		}
		outcome, expired := c.judge(all, d.now())
		if outcome != undecided {
			return outcome == hasWon, nil
		}
		for _, other := range expired {
			c.remove(ctx, other)
		}
		if err := pause(ctx, wait); err != nil {
			return false, killrvideo.Wrap(err, killrvideo.EUNAVAILABLE, errUnavailable)
		}
	}
}

type outcome int

const (
	undecided outcome = iota
	hasWon
	hasLost
)

// judge decides by all claims of the partition. expired are those to remove.
func (c contest) judge(all []claim, now time.Time) (result outcome, expired []claim) {
	result = hasWon
	for _, other := range all {
		switch {
		case other.id == c.mine.id:
		case other.final:
			return hasLost, nil
		case now.Sub(other.at) > c.lease:
			result, expired = undecided, append(expired, other)
		case bytes.Compare(other.id[:], c.mine.id[:]) < 0:
			return hasLost, nil
		default:
			result = undecided
		}
	}
	return result, expired
}

// Pauses between two reads, or two claims, of one contender.
const (
	minPause = 5 * time.Millisecond
	maxPause = 200 * time.Millisecond
)

// pause waits for a random time of at most limit, or until ctx ends.
func pause(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(rand.N(limit) + 1) //nolint:gosec // spreads retries, no security depends on it
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
