package killrvideo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Attempt is a login attempt. It is stored as failed before the password is compared,
// and removed if the password matches, so that concurrent attempts are limited too.
type Attempt struct {
	ID       uuid.UUID
	EmailKey string
	// Client is the clientMark of the caller's network address.
	Client string
	At     time.Time
}

// AttemptRepository stores login attempts for all instances. Each is a row of its own,
// so concurrent attempts do not overwrite each other.
type AttemptRepository interface {
	// LockAttempts is mutual exclusion, within this process, of one client's attempts
	// on one account. It waits until ctx ends.
	LockAttempts(ctx context.Context, emailKey, client string) (unlock func(), err error)
	// AddAttempt stores the attempt and sets its ID.
	AddAttempt(ctx context.Context, a Attempt) (Attempt, error)
	RemoveAttempt(ctx context.Context, a Attempt) error
	// Attempts returns the latest ones since a time, in any order.
	Attempts(ctx context.Context, emailKey string, since time.Time) ([]Attempt, error)
}

// Lockout limits password guessing, across all instances, by account and client. After
// Failures failed logins to an account within Window, the client is refused for another
// Window; other clients are not. After ClientsPerLockout times as many failures, of any
// clients, every client is refused that has not logged in to the account before.
//
// The answer does not depend on whether the e-mail is registered. With zero Failures no
// client is refused.
type Lockout struct {
	Repository AttemptRepository
	Failures   int
	Window     time.Duration
}

// ClientsPerLockout is how many clients can use up their failures before an account
// refuses new clients.
const ClientsPerLockout = 5

const msgLockedOut = "Too many failed logins. Please try again later."

// clientMark is a hash of a client's address. It differs between accounts.
func clientMark(emailKey, client string) string {
	sum := sha256.Sum256([]byte(emailKey + "\x00" + client))
	return hex.EncodeToString(sum[:16])
}

// begin stores an attempt, or refuses it with ERATELIMIT. Familiar clients have logged
// in to the account before.
//
// It reads, writes and reads again. The first read avoids storing attempts that are
// refused. The second makes the limit exact: of the attempts that are let through, the
// one that read last read all others, and there were fewer than Failures.
func (l Lockout) begin(ctx context.Context, a Attempt, familiar bool) (Attempt, error) {
	if l.Failures == 0 {
		return a, nil
	}
	if err := l.check(ctx, a, familiar); err != nil {
		return a, err
	}
	a, err := l.Repository.AddAttempt(ctx, a)
	if err != nil {
		return a, err
	}
	if err := l.check(ctx, a, familiar); err != nil {
		l.forget(ctx, a) // the password was not compared
		return a, err
	}
	return a, nil
}

// forgetFor bounds the removal of an attempt. One that is not removed counts as failed.
const forgetFor = 5 * time.Second

// forget removes an attempt that did not fail.
func (l Lockout) forget(ctx context.Context, a Attempt) {
	if l.Failures == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetFor)
	defer cancel()
	_ = l.Repository.RemoveAttempt(ctx, a) // it then counts until it is old
}

func (l Lockout) check(ctx context.Context, a Attempt, familiar bool) error {
	all, err := l.Repository.Attempts(ctx, a.EmailKey, a.At.Add(-2*l.Window))
	if err != nil {
		return err
	}
	var ofClient, ofAll []time.Time
	for _, other := range all {
		if other.ID == a.ID {
			continue
		}
		if other.Client == a.Client {
			ofClient = append(ofClient, other.At)
		}
		ofAll = append(ofAll, other.At)
	}
	until := l.until(ofClient, l.Failures)
	if end := l.until(ofAll, ClientsPerLockout*l.Failures); !familiar && end.After(until) {
		until = end
	}
	if until.After(a.At) {
		return TooMany(msgLockedOut, until.Sub(a.At))
	}
	return nil
}

// until returns the end of the last lockout caused by so many failures, zero for none.
// Failures during a lockout do not count, so that an attacker cannot prolong it.
func (l Lockout) until(times []time.Time, failures int) (end time.Time) {
	slices.SortFunc(times, time.Time.Compare)
	var counted []time.Time
	for _, t := range times {
		if t.Before(end) {
			continue
		}
		counted = slices.DeleteFunc(append(counted, t), func(old time.Time) bool { return t.Sub(old) >= l.Window })
		if len(counted) >= failures {
			end, counted = t.Add(l.Window), nil
		}
	}
	return end
}
