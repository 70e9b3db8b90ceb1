package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

func sessionOf(user uuid.UUID) killrvideo.Session {
	return killrvideo.Session{
		ID: uuid.New(), UserID: user, BeganAt: march(1), ExpiresAt: march(31), Secret: uuid.New(), Ticket: uuid.New(),
	}
}

func begun(t *testing.T, s *store.Store, user uuid.UUID) killrvideo.Session {
	t.Helper()
	session := sessionOf(user)
	if err := s.Sessions.BeginSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	return session
}

// use refreshes once, and returns the next generation.
func use(t *testing.T, s *store.Store, session killrvideo.Session) (next killrvideo.Session, fresh bool) {
	t.Helper()
	next = session.Next()
	fresh, err := s.Sessions.UseRefreshToken(t.Context(), session, next)
	if err != nil {
		t.Fatal(err)
	}
	return next, fresh
}

func TestARefreshTokenIsValidOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, _ := newStore(db)
	second, _ := newStore(db) // another instance
	session := begun(t, first, uuid.New())
	used := []killrvideo.Session{session}
	for generation := range 3 {
		next, fresh := use(t, first, used[generation])
		if !fresh {
			t.Fatalf("the first use of generation %d is refused", generation)
		}
		used = append(used, next)
	}
	rows := filter.F{"bucket": store.Bucket(march(31), session.ID[:]), "session": session.ID}
	if n := countRows(t, db, schema.RefreshTokens, rows); n != 2 {
		t.Errorf("%d rows of one session are kept", n)
	}
	for generation := range 3 {
		if _, fresh := use(t, second, used[generation]); fresh {
			t.Errorf("generation %d serves twice", generation)
		}
	}
	if _, fresh := use(t, second, begun(t, first, session.UserID)); !fresh {
		t.Error("another session of the user suffers")
	}
}

// All fields of a session without its secrets neither continue nor end it, and leave no
// row. An old token cannot be used to forge the next one.
func TestForgedRefreshTokensAreRefused(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	session := begun(t, s, uuid.New())
	rows := filter.F{"bucket": store.Bucket(march(31), session.ID[:]), "session": session.ID}
	for name, change := range map[string]func(*killrvideo.Session){
		"no secrets":      func(f *killrvideo.Session) { f.Secret, f.Ticket = uuid.Nil, uuid.Nil },
		"another secret":  func(f *killrvideo.Session) { f.Secret = uuid.New() },
		"another user":    func(f *killrvideo.Session) { f.UserID = uuid.New() },
		"a later epoch":   func(f *killrvideo.Session) { f.Epoch = 7 },
		"another session": func(f *killrvideo.Session) { f.ID = uuid.New() },
		"a longer life":   func(f *killrvideo.Session) { f.ExpiresAt = march(31).AddDate(1, 0, 0) },
	} {
		forged := session
		change(&forged)
		if _, err := s.Sessions.UseRefreshToken(t.Context(), forged, forged.Next()); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := countRows(t, db, schema.RefreshTokens, rows); n != 2 {
		t.Errorf("%d rows of the session are there, want its beginning and its first ticket", n)
	}
	next, fresh := use(t, s, session)
	ahead := session
	ahead.Generation++
	if _, made := use(t, s, ahead); !fresh || made {
		t.Errorf("fresh: %v; an old ticket made the next generation: %v", fresh, made)
	}
	if _, fresh := use(t, s, next); !fresh {
		t.Error("the genuine next one is refused")
	}
}

// Of concurrent uses of one token, through several instances, at most one succeeds.
func TestConcurrentUsesOfAToken(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, _ := newStore(db)
	second, _ := newStore(db)
	for range 5 {
		session := begun(t, first, uuid.New())
		var fresh atomic.Int32
		var group sync.WaitGroup
		for i := range 8 {
			s := []*store.Store{first, second}[i%2]
			group.Go(func() {
				if _, first := use(t, s, session); first {
					fresh.Add(1)
				}
			})
		}
		group.Wait()
		if fresh.Load() > 1 {
			t.Errorf("the token served %d times", fresh.Load())
		}
	}
}

func TestEndedSessionsAreKnownToTheAccount(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := account("ada@example.com")
	if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
		t.Fatal(err)
	}
	one, other := begun(t, s, user.ID), begun(t, s, user.ID)
	user.Revocations = []killrvideo.Revocation{{Session: one.ID, Until: march(2)}, {Session: other.ID, Until: march(3)}}
	for i, session := range []killrvideo.Session{one, other, one} { // a second time changes nothing
		if err := s.Sessions.EndSession(t.Context(), session, user.Revocations[i%2]); err != nil {
			t.Fatal(err)
		}
		if _, fresh := use(t, s, session); fresh {
			t.Error("a session that has ended can be refreshed")
		}
	}
	wantUser(t, s, user)
	if err := s.Sessions.ForgetRevocations(t.Context(), user.ID, user.Revocations[:1]); err != nil {
		t.Fatal(err)
	}
	if err := s.Sessions.SetSessionEpoch(t.Context(), user.ID, 3); err != nil {
		t.Fatal(err)
	}
	user.Revocations, user.SessionEpoch = user.Revocations[1:], 3
	wantUser(t, s, user)
}

func wantUser(t *testing.T, s *store.Store, want killrvideo.User) {
	t.Helper()
	got, err := s.Accounts.User(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestSweepDeletesExpiredRows(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	session := begun(t, s, uuid.New())
	clock.set(march(31))
	for range 2 {
		if _, err := s.Logins.AddAttempt(t.Context(), attempt("ada@example.com", march(31))); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		at   time.Time
		rows int
	}{{march(31).AddDate(0, 0, 1), 2}, {march(31).AddDate(0, 0, 2), 0}} {
		clock.set(step.at)
		if err := s.Retention.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, id := range map[string][]byte{schema.RefreshTokens: session.ID[:], schema.LoginAttempts: store.Account("ada@example.com")} {
			if n := countRows(t, db, name, filter.Eq("bucket", store.Bucket(march(31), id))); n != step.rows {
				t.Errorf("%v: %d rows in %s, want %d", step.at, n, name, step.rows)
			}
		}
	}
}
