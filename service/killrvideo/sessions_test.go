package killrvideo_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// sessions keeps what is known about sessions in memory.
type sessions struct {
	users *users
	used  map[uuid.UUID]int
	swept int
}

func (s *sessions) UseRefreshToken(_ context.Context, session killrvideo.Session) (bool, error) {
	if session.Generation < s.used[session.ID] {
		return false, nil
	}
	s.used[session.ID] = session.Generation + 1
	return true, nil
}

func (s *sessions) EndSession(_ context.Context, session killrvideo.Session, r killrvideo.Revocation) error {
	s.used[session.ID] = 1 << 30
	user := s.users.byID[session.UserID]
	user.Revocations = append(user.Revocations, r)
	s.users.byID[user.ID] = user
	return nil
}

func (s *sessions) ForgetRevocations(_ context.Context, id uuid.UUID, past []killrvideo.Revocation) error {
	user := s.users.byID[id]
	user.Revocations = user.Revocations[len(past):]
	s.users.byID[id] = user
	return nil
}

func (s *sessions) SetSessionEpoch(_ context.Context, id uuid.UUID, epoch int) error {
	user := s.users.byID[id]
	user.SessionEpoch = epoch
	s.users.byID[id] = user
	return nil
}

func (s *sessions) Sweep(context.Context) error {
	s.swept++
	return nil
}

func newSessions(t *testing.T) (*killrvideo.Sessions, *sessions, killrvideo.User) {
	t.Helper()
	accounts, users, _ := newAccounts()
	user, err := accounts.Register(t.Context(), ada())
	if err != nil {
		t.Fatal(err)
	}
	repository := &sessions{users: users, used: map[uuid.UUID]int{}}
	return &killrvideo.Sessions{
		Repository: repository, Accounts: accounts, AccessLifetime: time.Hour, Lifetime: 30 * 24 * time.Hour,
		Now: func() time.Time { return at(0) }, Log: silent(),
	}, repository, user
}

func wantEnded(t *testing.T, s *killrvideo.Sessions, session killrvideo.Session) {
	t.Helper()
	if _, err := s.User(t.Context(), session); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
		t.Errorf("access: %v", err)
	}
	if _, _, err := s.Refresh(t.Context(), session); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
		t.Errorf("refresh: %v", err)
	}
}

func TestRefreshRotatesAndEndsASessionWhoseTokenComesTwice(t *testing.T) {
	t.Parallel()
	s, _, user := newSessions(t)
	first, other := s.Begin(user), s.Begin(user)
	if first.ID == other.ID || !first.ExpiresAt.Equal(at(0).Add(30*24*time.Hour)) {
		t.Errorf("%+v %+v", first, other)
	}
	refreshed, next, err := s.Refresh(t.Context(), first)
	if err != nil || refreshed.ID != user.ID || next.Generation != 1 || next.ID != first.ID || !next.ExpiresAt.Equal(first.ExpiresAt) {
		t.Fatalf("%+v %v", next, err)
	}
	if _, err := s.User(t.Context(), next); err != nil {
		t.Error(err)
	}
	if _, _, err := s.Refresh(t.Context(), first); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
		t.Fatalf("a second use: %v", err)
	}
	wantEnded(t, s, next)
	if _, err := s.User(t.Context(), other); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

func TestEndEndsOneSessionOrAll(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	one, other := s.Begin(user), s.Begin(user)
	if err := s.End(t.Context(), user, one, false); err != nil {
		t.Fatal(err)
	}
	wantEnded(t, s, one)
	if _, err := s.User(t.Context(), other); err != nil {
		t.Errorf("the other session: %v", err)
	}
	foreign := killrvideo.Session{UserID: user.ID}
	if _, err := s.User(t.Context(), foreign); err != nil {
		t.Errorf("a token of another back end: %v", err)
	}
	for _, everywhere := range []killrvideo.Session{other, foreign} {
		current, err := s.User(t.Context(), s.Begin(repository.users.byID[user.ID]))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.End(t.Context(), current, everywhere, true); err != nil {
			t.Fatal(err)
		}
		wantEnded(t, s, everywhere)
	}
}

func TestPastRevocationsAreForgotten(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	now := at(0)
	s.Now = func() time.Time { return now }
	for range 5 {
		current, err := s.User(t.Context(), s.Begin(user))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.End(t.Context(), current, s.Begin(user), false); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Hour)
	}
	if n := len(repository.users.byID[user.ID].Revocations); n > 2 {
		t.Errorf("%d revocations are kept", n)
	}
}

func TestRefreshLooksAtTheAccount(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*sessions, killrvideo.User)
		code  string
	}{
		"suspended": {func(s *sessions, u killrvideo.User) {
			u.AccountStatus = killrvideo.AccountSuspended
			s.users.byID[u.ID] = u
		}, killrvideo.EFORBIDDEN},
		"locked": {func(s *sessions, _ killrvideo.User) {
			c := s.users.byEmail["ada@example.com"]
			c.Locked = true
			s.users.byEmail["ada@example.com"] = c
		}, killrvideo.EFORBIDDEN},
		"credentials gone": {func(s *sessions, _ killrvideo.User) { clear(s.users.byEmail) }, killrvideo.EUNAUTHORIZED},
		"account gone":     {func(s *sessions, _ killrvideo.User) { clear(s.users.byID) }, killrvideo.ENOTFOUND},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, repository, user := newSessions(t)
			test.spoil(repository, user)
			if _, _, err := s.Refresh(t.Context(), s.Begin(user)); killrvideo.ErrorCode(err) != test.code {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSweepingGoesOnUntilTheEnd(t *testing.T) {
	t.Parallel()
	s, repository, _ := newSessions(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { s.Run(ctx); close(done) }()
		time.Sleep(25 * time.Hour) // of the bubble's clock
		cancel()
		<-done
		if repository.swept != 5 {
			t.Errorf("swept %d times", repository.swept)
		}
	})
}
