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
	return killrvideo.Session{ID: uuid.New(), UserID: user, ExpiresAt: march(31)}
}

func use(t *testing.T, s *store.Store, session killrvideo.Session, generation int) bool {
	t.Helper()
	session.Generation = generation
	fresh, err := s.UseRefreshToken(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestARefreshTokenServesOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, _ := newStore(db)
	second, _ := newStore(db) // another instance
	session := sessionOf(uuid.New())
	for generation := range 3 {
		if !use(t, first, session, generation) {
			t.Fatalf("the first use of generation %d is refused", generation)
		}
	}
	if n := countRows(t, db, schema.RefreshTokens, filter.F{"bucket": store.Bucket(march(31), session.ID[:]), "session": session.ID}); n != 1 {
		t.Errorf("%d rows of one session are kept", n)
	}
	for generation := range 3 {
		if use(t, second, session, generation) {
			t.Errorf("generation %d serves twice", generation)
		}
	}
	if !use(t, second, sessionOf(session.UserID), 0) {
		t.Error("another session of the user suffers")
	}
}

// Of many that use one token at the same time, through several instances, at
// most one gets the next.
func TestOneTokenUsedByManyAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, _ := newStore(db)
	second, _ := newStore(db)
	for range 5 {
		session := sessionOf(uuid.New())
		var fresh atomic.Int32
		var group sync.WaitGroup
		for i := range 8 {
			s := []*store.Store{first, second}[i%2]
			group.Go(func() {
				if use(t, s, session, 0) {
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
	if err := s.CreateUser(t.Context(), user, "hash"); err != nil {
		t.Fatal(err)
	}
	one, other := sessionOf(user.ID), sessionOf(user.ID)
	user.Revocations = []killrvideo.Revocation{{Session: one.ID, Until: march(2)}, {Session: other.ID, Until: march(3)}}
	for i, session := range []killrvideo.Session{one, other, one} { // a second time changes nothing
		if err := s.EndSession(t.Context(), session, user.Revocations[i%2]); err != nil {
			t.Fatal(err)
		}
		if use(t, s, session, 7) {
			t.Error("a session that has ended can be refreshed")
		}
	}
	wantUser(t, s, user)
	if err := s.ForgetRevocations(t.Context(), user.ID, user.Revocations[:1]); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSessionEpoch(t.Context(), user.ID, 3); err != nil {
		t.Fatal(err)
	}
	user.Revocations, user.SessionEpoch = user.Revocations[1:], 3
	wantUser(t, s, user)
}

func wantUser(t *testing.T, s *store.Store, want killrvideo.User) {
	t.Helper()
	got, err := s.User(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestSweepRemovesWhatIsPast(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	session := sessionOf(uuid.New())
	use(t, s, session, 0)
	clock.set(march(31))
	if err := s.RecordFailure(t.Context(), "ada@example.com", march(31)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Time
		rows int
	}{{march(31).AddDate(0, 0, 1), 1}, {march(31).AddDate(0, 0, 2), 0}} {
		clock.set(step.at)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, id := range map[string][]byte{schema.RefreshTokens: session.ID[:], schema.LoginAttempts: store.Account("ada@example.com")} {
			if n := countRows(t, db, name, filter.Eq("bucket", store.Bucket(march(31), id))); n != step.rows {
				t.Errorf("%v: %d rows in %s, want %d", step.at, n, name, step.rows)
			}
		}
	}
}
