package killrvideo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// attempts stores login attempts in memory, as several processes see them: it has no
// locks.
type attempts struct {
	mu   sync.Mutex
	all  []killrvideo.Attempt
	fail error
}

func (*attempts) LockAttempts(context.Context, string, string) (func(), error) {
	return func() {}, nil
}

func (a *attempts) AddAttempt(_ context.Context, one killrvideo.Attempt) (killrvideo.Attempt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	one.ID = uuid.New()
	a.all = append(a.all, one)
	return one, a.fail
}

func (a *attempts) RemoveAttempt(_ context.Context, one killrvideo.Attempt) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = slices.DeleteFunc(a.all, func(other killrvideo.Attempt) bool { return other.ID == one.ID })
	return nil
}

func (a *attempts) Attempts(_ context.Context, key string, since time.Time) ([]killrvideo.Attempt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var recent []killrvideo.Attempt
	for _, one := range a.all {
		if one.EmailKey == key && !one.At.Before(since) {
			recent = append(recent, one)
		}
	}
	return recent, nil
}

// guarded are accounts with Ada's, with a lockout after three failures in a quarter of an
// hour, and their clock.
func guarded(t *testing.T) (*killrvideo.Accounts, *attempts, *time.Time) {
	t.Helper()
	accounts, _, _ := newAccounts()
	now := at(0)
	accounts.Now = func() time.Time { return now }
	if _, err := accounts.Register(t.Context(), ada()); err != nil {
		t.Fatal(err)
	}
	failures := &attempts{}
	accounts.Lockout = killrvideo.Lockout{Repository: failures, Failures: 3, Window: 15 * time.Minute}
	return accounts, failures, &now
}

// The answers are the same with and without an account.
func TestLockoutDoesNotRevealAccounts(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"ada@example.com", "unknown@example.com"} {
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
				_, err := login(t, accounts, email, "wrong")
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
		if _, err := login(t, accounts, "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Fatal(err)
		}
	}
	*now = now.Add(15*time.Minute - time.Millisecond)
	if _, err := login(t, accounts, "ADA@example.com", ada().Password); killrvideo.ErrorCode(err) != killrvideo.ERATELIMIT {
		t.Errorf("locked out: %v", err)
	}
	*now = now.Add(time.Millisecond)
	if _, err := login(t, accounts, "ada@example.com", ada().Password); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestFailuresFarApartDoNotLockOut(t *testing.T) {
	t.Parallel()
	accounts, _, now := guarded(t)
	for range 20 {
		*now = now.Add(8 * time.Minute)
		if _, err := login(t, accounts, "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Fatal(err)
		}
	}
}

func TestLockoutCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	accounts, failures, _ := guarded(t)
	accounts.Lockout.Failures = 0
	for range 20 {
		if _, err := login(t, accounts, "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Fatal(err)
		}
	}
	if len(failures.all) != 0 {
		t.Error("failures were recorded")
	}
}

// An attempt that cannot be stored is refused.
func TestAnAttemptThatCannotBeStoredIsRefused(t *testing.T) {
	t.Parallel()
	accounts, failures, _ := guarded(t)
	failures.fail = killrvideo.Wrap(errors.New("down"), killrvideo.EUNAVAILABLE, "away")
	if _, err := login(t, accounts, "ada@example.com", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Error(err)
	}
}

// from logs in from a client.
func from(t *testing.T, a *killrvideo.Accounts, client, password string) error {
	t.Helper()
	_, err := a.Login(t.Context(), killrvideo.Password{Email: "ada@example.com", Password: password, Client: client})
	return err
}

func TestALockoutAffectsItsClientAlone(t *testing.T) {
	t.Parallel()
	accounts, _, _ := guarded(t)
	for range 4 {
		_ = from(t, accounts, "203.0.113.9", "wrong")
	}
	if err := from(t, accounts, "203.0.113.9", ada().Password); killrvideo.ErrorCode(err) != killrvideo.ERATELIMIT {
		t.Errorf("the client that guessed: %v", err)
	}
	if err := from(t, accounts, "192.0.2.1", ada().Password); err != nil {
		t.Errorf("another client: %v", err)
	}
}

// Failures from many addresses lock out new addresses, and not those that the owner uses.
func TestFailuresOfManyClientsLockOutNewClients(t *testing.T) {
	t.Parallel()
	accounts, _, now := guarded(t)
	if err := from(t, accounts, "192.0.2.1", ada().Password); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i := range 100 {
		if err := from(t, accounts, fmt.Sprintf("203.0.113.%d", i), "wrong"); killrvideo.ErrorCode(err) == killrvideo.EUNAUTHORIZED {
			compared++
		}
	}
	if want := killrvideo.ClientsPerLockout * accounts.Lockout.Failures; compared != want {
		t.Errorf("%d guesses were compared, want %d", compared, want)
	}
	if err := from(t, accounts, "198.51.100.7", ada().Password); killrvideo.ErrorCode(err) != killrvideo.ERATELIMIT {
		t.Errorf("a new client: %v", err)
	}
	if err := from(t, accounts, "192.0.2.1", ada().Password); err != nil {
		t.Errorf("the owner's client: %v", err)
	}
	*now = now.Add(accounts.Lockout.Window)
	if err := from(t, accounts, "198.51.100.7", ada().Password); err != nil {
		t.Errorf("a new client, afterwards: %v", err)
	}
}

// slow verifies no password before it is released.
type slow struct {
	killrvideo.Passwords
	compared atomic.Int32
	allowed  int
	wait     <-chan struct{}
	letGo    func()
}

func (s *slow) Verify(context.Context, string, string) (bool, bool, error) {
	if int(s.compared.Add(1)) > s.allowed {
		s.letGo()
	}
	<-s.wait
	return false, false, nil
}

// together stores no attempt before all logins have read that there is none.
type together struct {
	*attempts
	seen sync.WaitGroup
}

func (r *together) AddAttempt(ctx context.Context, one killrvideo.Attempt) (killrvideo.Attempt, error) {
	r.seen.Done()
	r.seen.Wait()
	return r.attempts.AddAttempt(ctx, one)
}

// In any number of processes at once, no more passwords of a client are compared than
// Failures.
func TestAttemptsAreStoredBeforeTheyAreCompared(t *testing.T) {
	t.Parallel()
	accounts, failures, _ := guarded(t)
	const guesses = 60
	repository := &together{attempts: failures}
	repository.seen.Add(guesses)
	accounts.Lockout.Repository = repository
	wait := make(chan struct{})
	passwords := &slow{
		Passwords: accounts.Passwords, allowed: accounts.Lockout.Failures, wait: wait, letGo: sync.OnceFunc(func() { close(wait) }),
	}
	accounts.Passwords = passwords
	var refused atomic.Int32
	var group sync.WaitGroup
	for range guesses {
		group.Go(func() {
			err := from(t, accounts, "203.0.113.9", "wrong")
			if killrvideo.ErrorCode(err) == killrvideo.ERATELIMIT && int(refused.Add(1)) == guesses-accounts.Lockout.Failures {
				passwords.letGo()
			}
		})
	}
	group.Wait()
	if n := passwords.compared.Load(); int(n) > accounts.Lockout.Failures {
		t.Errorf("%d guesses were compared", n)
	}
}

// busy has no capacity to verify.
type busy struct{ killrvideo.Passwords }

func (busy) Verify(context.Context, string, string) (bool, bool, error) {
	return false, false, killrvideo.Busy(nil, "full", time.Second)
}

func TestALoginThatWasNotComparedIsNoFailure(t *testing.T) {
	t.Parallel()
	accounts, failures, _ := guarded(t)
	passwords := accounts.Passwords
	accounts.Passwords = busy{passwords}
	for range 10 {
		if err := from(t, accounts, "192.0.2.1", "wrong"); killrvideo.ErrorCode(err) != killrvideo.EBUSY {
			t.Fatal(err)
		}
	}
	accounts.Passwords = passwords
	if err := from(t, accounts, "192.0.2.1", ada().Password); err != nil || len(failures.all) != 0 {
		t.Errorf("%v, %d attempts are left", err, len(failures.all))
	}
}

// changing calls a function while a password waits to be verified.
type changing struct {
	killrvideo.Passwords
	meanwhile func()
}

func (c changing) Verify(ctx context.Context, password, hash string) (bool, bool, error) {
	c.meanwhile()
	return c.Passwords.Verify(ctx, password, hash)
}

// The credentials are read again after the password was verified.
func TestCredentialsChangedMeanwhileAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*killrvideo.Credentials){
		"another password": func(c *killrvideo.Credentials) { c.PasswordHash = "new:another" },
		"locked":           func(c *killrvideo.Credentials) { c.Locked = true },
	} {
		accounts, repository, _ := newAccounts()
		if _, err := accounts.Register(t.Context(), ada()); err != nil {
			t.Fatal(err)
		}
		accounts.Passwords = changing{accounts.Passwords, func() {
			c := repository.byEmail["ada@example.com"]
			change(&c)
			repository.byEmail["ada@example.com"] = c
		}}
		if _, err := login(t, accounts, "ada@example.com", ada().Password); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClientsOfAnAccountAreBounded(t *testing.T) {
	t.Parallel()
	accounts, repository, _ := newAccounts()
	now := at(0)
	accounts.Now = func() time.Time { return now }
	if _, err := accounts.Register(t.Context(), ada()); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		now = now.Add(time.Minute)
		if err := from(t, accounts, fmt.Sprint("192.0.2.", i), ada().Password); err != nil {
			t.Fatal(err)
		}
	}
	before := repository.byEmail["ada@example.com"].Clients
	if len(before) != 8 || before[0].At != now {
		t.Errorf("%v", before)
	}
	now = now.Add(time.Hour)
	if err := from(t, accounts, "192.0.2.19", ada().Password); err != nil || repository.byEmail["ada@example.com"].Clients[0] != before[0] {
		t.Errorf("stored again within the day: %v", err)
	}
	now = now.Add(24 * time.Hour)
	if err := from(t, accounts, "192.0.2.19", ada().Password); err != nil || repository.byEmail["ada@example.com"].Clients[0].At != now {
		t.Errorf("not renewed after a day: %v", err)
	}
}
