package killrvideo

import (
	"context"
	"slices"
	"time"
)

// AttemptRepository keeps failed logins, for every instance to see. Each is a
// row of its own, so that of many at the same time none is lost.
type AttemptRepository interface {
	// RecordFailure notes a failed login.
	RecordFailure(ctx context.Context, emailKey string, at time.Time) error
	// Failures gives the times of the latest failures since, in any order.
	Failures(ctx context.Context, emailKey string, since time.Time) ([]time.Time, error)
	// LockUntil refuses logins until then without another look at failures.
	LockUntil(ctx context.Context, c Credentials, until time.Time) error
}

// Lockout refuses logins to an e-mail after Failures failed ones within
// Window, for as long as Window again. Whether the e-mail has an account makes
// no difference to what is answered. Failures of zero never refuse.
type Lockout struct {
	Repository AttemptRepository
	Failures   int
	Window     time.Duration
}

const msgLockedOut = "Too many failed logins. Please try again later."

// refuse gives the answer while logins are refused until then.
func (Lockout) refuse(until, now time.Time) error { return TooMany(msgLockedOut, until.Sub(now)) }

// failed records a failed login and gives the answer to it. It writes before
// it reads: of many at once, each sees those that were answered before.
func (l Lockout) failed(ctx context.Context, c Credentials, known bool, now time.Time) error {
	if l.Failures == 0 {
		return errLogin
	}
	if err := l.Repository.RecordFailure(ctx, c.EmailKey, now); err != nil {
		return err
	}
	times, err := l.Repository.Failures(ctx, c.EmailKey, now.Add(-2*l.Window))
	if err != nil {
		return err
	}
	until := l.until(times)
	if !until.After(now) {
		return errLogin
	}
	if known && c.LockedUntil.Before(until) {
		if err := l.Repository.LockUntil(ctx, c, until); err != nil {
			return err
		}
	}
	if began := until.Add(-l.Window); !now.After(began) {
		return errLogin // one of those that one may have
	}
	return l.refuse(until, now)
}

// until gives the end of the last lock that these failures set off, zero for
// none. Failures during a lock count for nothing, so that whoever goes on
// guessing does not keep the owner out for ever.
func (l Lockout) until(times []time.Time) (end time.Time) {
	slices.SortFunc(times, time.Time.Compare)
	var counted []time.Time
	for _, t := range times {
		if t.Before(end) {
			continue
		}
		counted = slices.DeleteFunc(append(counted, t), func(old time.Time) bool { return t.Sub(old) >= l.Window })
		if len(counted) >= l.Failures {
			end, counted = t.Add(l.Window), nil
		}
	}
	return end
}
