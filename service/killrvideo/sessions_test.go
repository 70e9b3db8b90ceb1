package killrvideo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// sessions stores sessions in memory.
type sessions struct {
	users *users
	used  map[uuid.UUID]int
}

func (s *sessions) BeginSession(context.Context, killrvideo.Session) error { return nil }

func (s *sessions) UseRefreshToken(_ context.Context, session, _ killrvideo.Session) (bool, error) {
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
	user.Revocations = slices.DeleteFunc(
		slices.Clone(user.Revocations), func(r killrvideo.Revocation) bool { return slices.Contains(past, r) },
	)
	s.users.byID[id] = user
	return nil
}

func (s *sessions) SetSessionEpoch(_ context.Context, id uuid.UUID, epoch int) error {
	user := s.users.byID[id]
	user.SessionEpoch = epoch
	s.users.byID[id] = user
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
		Repository: repository, Accounts: accounts, Lifetime: 30 * 24 * time.Hour,
		Now: func() time.Time { return at(0) }, Log: silent(),
	}, repository, user
}

func begin(t *testing.T, s *killrvideo.Sessions, user killrvideo.User) killrvideo.Session {
	t.Helper()
	session, err := s.Begin(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return session
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

func TestASecondUseOfARefreshTokenEndsTheSession(t *testing.T) {
	t.Parallel()
	s, _, user := newSessions(t)
	first, other := begin(t, s, user), begin(t, s, user)
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
	one, other := begin(t, s, user), begin(t, s, user)
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
		current, err := s.User(t.Context(), begin(t, s, repository.users.byID[user.ID]))
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
		current, err := s.User(t.Context(), begin(t, s, user))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.End(t.Context(), current, begin(t, s, user), false); err != nil {
			t.Fatal(err)
		}
		now = now.Add(25 * time.Hour)
	}
	if n := len(repository.users.byID[user.ID].Revocations); n > 2 {
		t.Errorf("%d revocations are kept", n)
	}
}

// Tokens may have been issued with the longest lifetime.
func TestARevocationOutlivesEveryAccessToken(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	now := at(0)
	s.Now = func() time.Time { return now }
	first := begin(t, s, user)
	for _, after := range []time.Duration{0, time.Hour, killrvideo.MaxAccessLifetime - time.Hour} {
		now = now.Add(after)
		ended := first
		if after > 0 {
			ended = begin(t, s, user)
		}
		if err := s.End(t.Context(), repository.users.byID[user.ID], ended, false); err != nil {
			t.Fatal(err)
		}
		wantEnded(t, s, first)
	}
}

// More log-outs than an account's row may have revocations end all of its sessions.
func TestRevocationsAreBounded(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	other, first := begin(t, s, user), begin(t, s, user)
	for i := range 3 * killrvideo.MaxRevocations {
		current := repository.users.byID[user.ID]
		ended := first
		if i > 0 {
			ended = begin(t, s, current)
		}
		if err := s.End(t.Context(), current, ended, false); err != nil {
			t.Fatal(err)
		}
		wantEnded(t, s, ended)
		wantEnded(t, s, first)
		if n := len(repository.users.byID[user.ID].Revocations); n > killrvideo.MaxRevocations {
			t.Fatalf("%d revocations are kept", n)
		}
	}
	wantEnded(t, s, other)
	if _, err := s.User(t.Context(), begin(t, s, repository.users.byID[user.ID])); err != nil {
		t.Errorf("a new session: %v", err)
	}
}

// After a leak of the signing key, all earlier sessions have ended.
func TestSessionsThatBeganTooEarlyHaveEnded(t *testing.T) {
	t.Parallel()
	s, _, user := newSessions(t)
	before := begin(t, s, user)
	s.ValidAfter = at(0).Add(time.Second)
	if _, _, err := s.Refresh(t.Context(), before); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
		t.Errorf("got %v", err)
	}
	s.ValidAfter = at(0)
	if _, _, err := s.Refresh(t.Context(), before); err != nil {
		t.Error(err)
	}
}

func TestHashesOfASessionCoverEverything(t *testing.T) {
	t.Parallel()
	s, _, user := newSessions(t)
	session := begin(t, s, user)
	for name, change := range map[string]func(*killrvideo.Session){
		"user":   func(s *killrvideo.Session) { s.UserID = uuid.New() },
		"epoch":  func(s *killrvideo.Session) { s.Epoch++ },
		"began":  func(s *killrvideo.Session) { s.BeganAt = s.BeganAt.Add(time.Second) },
		"end":    func(s *killrvideo.Session) { s.ExpiresAt = s.ExpiresAt.Add(time.Second) },
		"secret": func(s *killrvideo.Session) { s.Secret = uuid.New() },
		"id":     func(s *killrvideo.Session) { s.ID = uuid.New() },
	} {
		other := session
		change(&other)
		if other.SecretHash() == session.SecretHash() {
			t.Errorf("another %s has the same hash", name)
		}
	}
	next := session.Next()
	if next.TicketHash() == session.TicketHash() || next.SecretHash() != session.SecretHash() || session.SecretHash() == session.TicketHash() {
		t.Error("the next generation has the same ticket, or another session's secret")
	}
}

func TestRefreshChecksTheAccount(t *testing.T) {
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
			if _, _, err := s.Refresh(t.Context(), begin(t, s, user)); killrvideo.ErrorCode(err) != test.code {
				t.Errorf("got %v", err)
			}
		})
	}
}
