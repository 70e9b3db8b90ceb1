package killrvideo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// attempts keeps failed logins in memory.
type attempts struct {
	users *users
	times map[string][]time.Time
	fail  error
}

func (a *attempts) RecordFailure(_ context.Context, key string, at time.Time) error {
	a.times[key] = append(a.times[key], at)
	return a.fail
}

func (a *attempts) Failures(_ context.Context, key string, since time.Time) ([]time.Time, error) {
	var recent []time.Time
	for _, t := range a.times[key] {
		if !t.Before(since) {
			recent = append(recent, t)
		}
	}
	return recent, nil
}

func (a *attempts) LockUntil(_ context.Context, c killrvideo.Credentials, until time.Time) error {
	c.LockedUntil = until
	a.users.byEmail[c.EmailKey] = c
	return nil
}

// guarded are accounts with Ada's in it, locked out after three failures in a
// quarter of an hour, and the hands of their clock.
func guarded(t *testing.T) (*killrvideo.Accounts, *attempts, *time.Time) {
	t.Helper()
	accounts, repository, _ := newAccounts()
	now := at(0)
	accounts.Now = func() time.Time { return now }
	if _, err := accounts.Register(t.Context(), ada()); err != nil {
		t.Fatal(err)
	}
	failures := &attempts{users: repository, times: map[string][]time.Time{}}
	accounts.Lockout = killrvideo.Lockout{Repository: failures, Failures: 3, Window: 15 * time.Minute}
	return accounts, failures, &now
}

// Whoever has an account and whoever has none see the same answers.
func TestLockoutTellsNobodyWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		t.Run(email, func(t *testing.T) {
			t.Parallel()
			accounts, _, now := guarded(t)
			for i, step := range []struct {
				wait  time.Duration
				code  string
				retry time.Duration
			}{
				{0, killrvideo.EUNAUTHORIZED, 0},
				{time.Minute, killrvideo.EUNAUTHORIZED, 0},
				{time.Minute, killrvideo.EUNAUTHORIZED, 0},
				{time.Minute, killrvideo.ERATELIMIT, 14 * time.Minute},
				{13 * time.Minute, killrvideo.ERATELIMIT, time.Minute}, // guessing on adds nothing
				{time.Minute, killrvideo.EUNAUTHORIZED, 0},
				{16 * time.Minute, killrvideo.EUNAUTHORIZED, 0},
				{time.Minute, killrvideo.EUNAUTHORIZED, 0},
				{time.Minute, killrvideo.EUNAUTHORIZED, 0},
				{time.Minute, killrvideo.ERATELIMIT, 14 * time.Minute},
			} {
				*now = now.Add(step.wait)
				_, err := accounts.Login(t.Context(), email, "wrong")
				if killrvideo.ErrorCode(err) != step.code || killrvideo.ErrorRetryAfter(err) != step.retry {
					t.Errorf("step %d: %v, retry after %v", i, err, killrvideo.ErrorRetryAfter(err))
				}
			}
		})
	}
}

func TestTheRightPasswordIsRefusedWhileLockedOut(t *testing.T) {
	t.Parallel()
	accounts, _, now := guarded(t)
	for range 3 {
		if _, err := accounts.Login(t.Context(), "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Fatal(err)
		}
	}
	*now = now.Add(15*time.Minute - time.Millisecond)
	if _, err := accounts.Login(t.Context(), "ADA@example.com", ada().Password); killrvideo.ErrorCode(err) != killrvideo.ERATELIMIT {
		t.Errorf("locked out: %v", err)
	}
	*now = now.Add(time.Millisecond)
	if _, err := accounts.Login(t.Context(), "ada@example.com", ada().Password); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestFailuresThatLieApartLockNobodyOut(t *testing.T) {
	t.Parallel()
	accounts, _, now := guarded(t)
	for range 20 {
		*now = now.Add(8 * time.Minute)
		if _, err := accounts.Login(t.Context(), "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Fatal(err)
		}
	}
}

func TestLockoutCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	accounts, failures, _ := guarded(t)
	accounts.Lockout.Failures = 0
	for range 20 {
		if _, err := accounts.Login(t.Context(), "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Fatal(err)
		}
	}
	if len(failures.times) != 0 {
		t.Error("failures were recorded")
	}
}

// A guess that cannot be counted is not answered.
func TestAGuessThatCannotBeCountedIsNotAnswered(t *testing.T) {
	t.Parallel()
	accounts, failures, _ := guarded(t)
	failures.fail = killrvideo.Wrap(errors.New("down"), killrvideo.EUNAVAILABLE, "away")
	if _, err := accounts.Login(t.Context(), "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Error(err)
	}
}
