package killrvideo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Attempt is one try of a password. It counts as failed from before the
// password is compared until it is removed, so that many at the same time
// cannot all be compared.
type Attempt struct {
	ID       uuid.UUID
	EmailKey string
	// Client is what clientMark makes of the caller's network address.
	Client string
	At     time.Time
}

// AttemptRepository keeps the tries of passwords, for every instance to see.
// Each is a row of its own, so that of many at the same time none is lost.
type AttemptRepository interface {
	// LockAttempts is mutual exclusion, within this process, for one client's
	// tries of one account's password. It waits until ctx ends.
	LockAttempts(ctx context.Context, emailKey, client string) (unlock func(), err error)
	// AddAttempt stores the attempt and gives it an ID.
	AddAttempt(ctx context.Context, a Attempt) (Attempt, error)
	RemoveAttempt(ctx context.Context, a Attempt) error
	// Attempts gives the latest ones since, in any order.
	Attempts(ctx context.Context, emailKey string, since time.Time) ([]Attempt, error)
}

// Lockout bounds the guessing of passwords, on all instances together and for
// each pair of account and client: after Failures failed logins of a client
// within Window that client is refused this account for as long again, and
// nobody else is. After ClientsPerLockout times as many, from whatever clients,
// every client that has not logged in to the account before is refused it.
//
// Whether the e-mail has an account makes no difference to what is answered.
// Failures of zero never refuse.
type Lockout struct {
	Repository AttemptRepository
	Failures   int
	Window     time.Duration
}

// ClientsPerLockout is how many clients may use up their failures before an
// account is refused to clients that are new to it.
const ClientsPerLockout = 5

const msgLockedOut = "Too many failed logins. Please try again later."

// clientMark names a client among the attempts on one account without telling
// its address: it differs between accounts.
func clientMark(emailKey, client string) string {
	sum := sha256.Sum256([]byte(emailKey + "\x00" + client))
	return hex.EncodeToString(sum[:16])
}

// begin counts an attempt, or refuses it with ERATELIMIT. familiar clients have
// logged in to the account before.
//
// It reads, writes and reads again. The first read keeps what is refused from
// being stored. The second makes the bound exact: of those that may go on,
// whichever read last had all others written before, and saw fewer than
// Failures of them.
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
		l.forget(ctx, a) // an attempt that was not made is no failure
		return a, err
	}
	return a, nil
}

// forgetFor is how long the removal of an attempt may take once the client has
// gone. One that is not removed counts as failed.
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

// until gives the end of the last lockout that so many failures set off, zero
// for none. Failures during a lockout count for nothing, so that an attacker
// who goes on guessing does not prolong it.
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
