package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestFailuresOfAllInstancesCount(t *testing.T) {
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
			if err := s.RecordFailure(t.Context(), "ada@example.com", at); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := first.RecordFailure(t.Context(), "bob@example.com", times[0]); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time][]time.Time{times[0]: times, times[1]: times[1:], midnight.Add(time.Hour): nil} {
		got, err := first.Failures(t.Context(), "ada@example.com", since)
		slices.SortFunc(got, time.Time.Compare)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("since %v: %v, %v", since, got, err)
		}
	}
}

func TestALockIsPartOfTheCredentials(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	if err := s.CreateUser(t.Context(), account("ada@example.com"), "hash"); err != nil {
		t.Fatal(err)
	}
	c, err := s.Credentials(t.Context(), "ada@example.com")
	if err != nil || !c.LockedUntil.IsZero() {
		t.Fatalf("%+v %v", c, err)
	}
	c.LockedUntil = march(3)
	if err := s.LockUntil(t.Context(), c, march(3)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Credentials(t.Context(), "ada@example.com")
	if want := (killrvideo.Credentials{EmailKey: "ada@example.com", UserID: c.UserID, PasswordHash: "hash", LockedUntil: march(3)}); got != want || err != nil {
		t.Errorf("%+v %v", got, err)
	}
}
