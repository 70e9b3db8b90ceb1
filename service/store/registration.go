package store

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// How an e-mail goes to one account only, on a store that can neither refuse a
// second row of a key nor write on a condition:
//
//  1. Write a claim: a row of its own in the e-mail's partition.
//  2. Read the partition.
//     - Only our claim is there: we have won. Store the account, confirm the
//     claim.
//     - Another claim is confirmed, or one with a lower user id is there: we
//     have lost. Withdraw our claim.
//     - Otherwise we are the lowest of several: wait for the others to give
//     up or to be confirmed, and read again.
//
// No two win. Say A and B both saw only their own claim when they read. Each
// had written before it read, and reads and writes are at quorum, so whichever
// read began later saw both claims: a contradiction.
//
// One wins. The lowest live claim is withdrawn only for a confirmed one, and
// every other claim gives way to it, or is alone and wins.
//
// A process may die with its claim unconfirmed. Therefore a claim that is not
// confirmed within patience is given up by its owner, and one older than
// lease may be removed by anybody. The clocks of instances may differ by what
// lies between the two.
const (
	patience = 10 * time.Second
	lease    = 30 * time.Second
)

var errTaken = killrvideo.Errorf(killrvideo.ECONFLICT, "Email already registered")

// CreateUser implements killrvideo.UserRepository.
func (s *Store) CreateUser(ctx context.Context, user killrvideo.User, passwordHash string) error {
	return s.createUser(ctx, user, claim{Password: passwordHash})
}

// createUser claims the user's e-mail with what mine holds already.
func (s *Store) createUser(ctx context.Context, user killrvideo.User, mine claim) error {
	mine.Email, mine.UserID = killrvideo.EmailKey(user.Email), user.ID
	mine.ClaimedAt = s.config.Now().UTC().Truncate(time.Millisecond)
	if taken, err := s.taken(ctx, mine.Email); err != nil || taken {
		return orTaken(err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.contend(ctx, mine)
	if err == nil {
		err = s.confirm(ctx, user, mine)
	}
	if err != nil {
		s.withdraw(ctx, mine)
	}
	return err
}

func orTaken(err error) error {
	if err != nil {
		return err
	}
	return errTaken
}

func (s *Store) taken(ctx context.Context, emailKey string) (bool, error) {
	all, err := s.claims(ctx, emailKey)
	for _, c := range all {
		if c.owns() {
			return true, nil
		}
	}
	return false, err
}

// contend gives nil once our claim is alone, errTaken when it has lost.
func (s *Store) contend(ctx context.Context, mine claim) error {
	if _, err := s.table(ctx, schema.UserCredentials).InsertOne(ctx, mine); err != nil {
		return failed(err, "claim an e-mail")
	}
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		all, err := s.claims(ctx, mine.Email)
		if err != nil {
			return err
		}
		switch verdict, stale := judge(mine, all, s.config.Now()); verdict {
		case won:
			return nil
		case lost:
			return errTaken
		case blocked:
			for _, c := range stale {
				s.withdraw(ctx, c)
			}
		}
		if err := pause(ctx, wait); err != nil {
			return killrvideo.Wrap(err, killrvideo.EUNAVAILABLE, errUnavailable)
		}
	}
}

type verdict int

const (
	blocked verdict = iota
	won
	lost
)

// judge decides on what a read of the partition shows. stale are claims that
// are in the way and that nobody will come back for.
func judge(mine claim, all []claim, now time.Time) (v verdict, stale []claim) {
	v = won
	for _, other := range all {
		switch {
		case other.UserID == mine.UserID:
		case other.owns():
			return lost, nil
		case now.Sub(other.ClaimedAt) > lease:
			stale, v = append(stale, other), blocked
		case bytes.Compare(other.UserID[:], mine.UserID[:]) < 0:
			return lost, nil
		default:
			v = blocked
		}
	}
	return v, stale
}

// confirm stores the account, then makes the claim its credentials. In this
// order, whoever can log in has an account.
func (s *Store) confirm(ctx context.Context, user killrvideo.User, mine claim) error {
	stored := parallel(
		func() error { return s.insert(ctx, schema.Users, rowOfUser(user)) },
		func() error { return s.makeFindable(ctx, user) },
	)
	if stored != nil {
		return failed(stored, "store a new account")
	}
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx,
		claimKey(mine.Email, mine.UserID), update.Table().Set("confirmed", true))
	return failed(err, "confirm the e-mail of a new account")
}

// withdraw removes a claim and its account, even if the client has gone. What
// it cannot remove is stale after lease and gives way to the next
// registration.
func (s *Store) withdraw(ctx context.Context, c claim) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := parallel(
		func() error {
			return s.table(ctx, schema.UserCredentials).DeleteOne(ctx, claimKey(c.Email, c.UserID))
		},
		func() error { return s.table(ctx, schema.Users).DeleteOne(ctx, filter.Eq("userid", c.UserID)) },
	)
	if err != nil {
		s.config.Log.WarnContext(ctx, "claim of an e-mail not withdrawn", "user", c.UserID, "error", err)
	}
}

// pause waits, a random while shorter than most, unless ctx ends before.
func pause(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(rand.N(most) + 1) //nolint:gosec // spreads retries, hides nothing
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
