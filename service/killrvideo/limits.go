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

// locked refuses an account whose lock is known. It looks at the failures all
// the same, so that it takes as long as for an e-mail without an account.
func (l Lockout) locked(ctx context.Context, c Credentials, now time.Time) error {
	if _, err := l.end(ctx, c, now); err != nil {
		return err
	}
	return l.refuse(c.LockedUntil, now)
}

// failed records a failed login and gives the answer to it. It writes before
// it counts: of many at once, none is missed by all others.
func (l Lockout) failed(ctx context.Context, c Credentials, known bool, now time.Time) error {
	if l.Failures == 0 {
		return errLogin
	}
	// Failures during a lock are not even stored.
	until, err := l.end(ctx, c, now)
	if err != nil {
		return err
	}
	if until.After(now) {
		return l.refuse(until, now)
	}
	if err := l.Repository.RecordFailure(ctx, c.EmailKey, now); err != nil {
		return err
	}
	if until, err = l.end(ctx, c, now); err != nil {
		return err
	}
	if known && until.After(now) {
		if err := l.Repository.LockUntil(ctx, c, until); err != nil {
			return err
		}
	}
	if began := until.Add(-l.Window); now.After(began) && until.After(now) {
		return l.refuse(until, now)
	}
	return errLogin // one of those that one may have
}

func (l Lockout) end(ctx context.Context, c Credentials, now time.Time) (time.Time, error) {
	times, err := l.Repository.Failures(ctx, c.EmailKey, now.Add(-2*l.Window))
	if err != nil {
		return time.Time{}, err
	}
	return l.until(times), nil
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
