package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestAttemptsOfAllInstancesCount(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, clock := newStore(db)
	second, _ := newStore(db)
	midnight := time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)
	clock.set(midnight.Add(time.Minute))
	times := []time.Time{midnight.Add(-time.Minute), midnight.Add(time.Second), midnight.Add(2 * time.Second)}
	var group sync.WaitGroup
	for i, at := range times {
		group.Go(func() {
			s := first
			if i > 0 {
				s = second
			}
			if _, err := s.Logins.AddAttempt(t.Context(), attempt("ada@example.com", at)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if _, err := first.Logins.AddAttempt(t.Context(), attempt("bob@example.com", times[0])); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time][]time.Time{times[0]: times, times[1]: times[1:], midnight.Add(time.Hour): nil} {
		attempts, err := first.Logins.Attempts(t.Context(), "ada@example.com", since)
		var got []time.Time
		for _, a := range attempts {
			if got = append(got, a.At); a.Client != "a client" || a.EmailKey != "ada@example.com" {
				t.Errorf("%+v", a)
			}
		}
		slices.SortFunc(got, time.Time.Compare)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("since %v: %v, %v", since, got, err)
		}
	}
}

func attempt(email string, at time.Time) killrvideo.Attempt {
	return killrvideo.Attempt{EmailKey: email, Client: "a client", At: at}
}

func TestARemovedAttemptDoesNotCount(t *testing.T) {
	t.Parallel()
	s, clock := newStore(open(t))
	clock.set(march(3))
	kept, err := s.Logins.AddAttempt(t.Context(), attempt("ada@example.com", march(3)))
	if err != nil {
		t.Fatal(err)
	}
	removed, err := s.Logins.AddAttempt(t.Context(), attempt("ada@example.com", march(3)))
	if err != nil || removed.ID == kept.ID {
		t.Fatal(err)
	}
	if err := s.Logins.RemoveAttempt(t.Context(), removed); err != nil {
		t.Fatal(err)
	}
	got, err := s.Logins.Attempts(t.Context(), "ada@example.com", march(3))
	if diff := cmp.Diff([]killrvideo.Attempt{kept}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestClientsArePartOfTheCredentials(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	if err := s.Accounts.CreateUser(t.Context(), account("ada@example.com"), "hash"); err != nil {
		t.Fatal(err)
	}
	c, err := s.Accounts.Credentials(t.Context(), "ada@example.com")
	if err != nil || len(c.Clients) != 0 {
		t.Fatalf("%+v %v", c, err)
	}
	c.Clients = []killrvideo.KnownClient{{Mark: "one", At: march(1)}, {Mark: "other", At: march(3)}}
	if err := s.Accounts.UpdateClients(t.Context(), c, c.Clients); err != nil {
		t.Fatal(err)
	}
	got, err := s.Accounts.Credentials(t.Context(), "ada@example.com")
	slices.SortFunc(got.Clients, func(a, b killrvideo.KnownClient) int { return a.At.Compare(b.At) })
	if diff := cmp.Diff(c, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// Logins of one client to one account queue. Those of another client do not wait.
func TestLoginsOfAClientQueue(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	unlock, err := s.Logins.LockAttempts(t.Context(), "ada@example.com", "one")
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Logins.LockAttempts(gone, "ada@example.com", "one"); killrvideo.ErrorCode(err) != killrvideo.EBUSY {
		t.Errorf("a second one: %v", err)
	}
	other, err := s.Logins.LockAttempts(t.Context(), "ada@example.com", "other")
	if err != nil {
		t.Fatal(err)
	}
	other()
	unlock()
	again, err := s.Logins.LockAttempts(t.Context(), "ada@example.com", "one")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
