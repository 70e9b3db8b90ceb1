package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// sweep sweeps on the day of the clock.
func sweep(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Retention.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The first retained time, seen from March, and the last expired one.
var (
	keptFrom = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	tooOld   = keptFrom.Add(-time.Millisecond)
)

func TestActivityIsRetainedForFourQuarters(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	user := uuid.New()
	for _, at := range []time.Time{tooOld, keptFrom, march(1)} {
		clock.set(at)
		for _, what := range killrvideo.ActivityTypes() {
			did(t, s, user, what, at)
		}
	}
	clock.set(march(20))
	for range 3 { // before, and after a first and a second sweep
		for of, want := range map[killrvideo.ActivityType]int{
			"": 6, killrvideo.ActivityView: 2, killrvideo.ActivityComment: 2, killrvideo.ActivityRate: 2,
		} {
			for _, a := range everything(t, s, user, of, 1) {
				want--
				if a.At.Before(keptFrom) {
					t.Errorf("%q: %+v is shown", of, a)
				}
			}
			if want != 0 {
				t.Errorf("%q: %d are missing", of, want)
			}
		}
		sweep(t, s)
	}
	for _, months := range []int{4, 15} {
		clock.set(march(20).AddDate(0, months, 0))
		sweep(t, s)
	}
	if all := everything(t, s, user, "", 10); len(all) != 0 {
		t.Errorf("later: %+v", all)
	}
	if n := leftOf(t, db, user); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// leftOf counts the rows of a user's lists, tallies included, and the notes
// that the user was active.
func leftOf(t *testing.T, db *dataapi.Db, user uuid.UUID) (n int) {
	t.Helper()
	for _, list := range []string{user.String(), user.String() + ":view", user.String() + ":comment"} {
		n += countRows(t, db, schema.UserActivity, filter.Eq("list", list))
	}
	n += countRows(t, db, schema.VideoStats, filter.Eq("list", "user:"+user.String()))
	for _, quarter := range []string{"2024Q4", "2025Q1", "2026Q1"} {
		n += countRows(t, db, schema.UserActivity, filter.Eq("list", store.ActiveList(quarter, user)))
		n += countRows(t, db, schema.VideoStats, filter.Eq("list", store.ActiveList(quarter, user)))
	}
	return n
}

// Whether a sweep has run or not, the activity that is shown and counted is that since
// the first day of the fourth quarter before.
func TestSweepingChangesNoTotalOfActivity(t *testing.T) {
	t.Parallel()
	db := open(t)
	rapid.Check(t, func(r *rapid.T) {
		s, clock := newStore(db)
		user, now := uuid.New(), march(20)
		var done []time.Time
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			clock.set(now)
			did(t, s, user, rapid.SampledFrom(killrvideo.ActivityTypes()).Draw(r, "what"), now)
			done = append(done, now)
			now = now.AddDate(0, rapid.IntRange(0, 7).Draw(r, "months"), rapid.IntRange(0, 40).Draw(r, "days"))
			clock.set(now)
			first := time.Date(now.Year()-1, now.Month()-(now.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
			want := 0
			for _, at := range done {
				if !at.Before(first) {
					want++
				}
			}
			if all := everything(t, s, user, "", 2); len(all) != want {
				r.Fatalf("on %s: %d are shown, %d were done since %s", now, len(all), want, first)
			}
			if rapid.IntRange(0, 3).Draw(r, "sweep") == 0 {
				sweepUser(t, s, user)
			}
		}
	})
}

func sweepUser(t *testing.T, s *store.Store, user uuid.UUID) {
	t.Helper()
	if err := s.TrimActivity(t.Context(), user); err != nil {
		t.Fatal(err)
	}
}

// The next sweep completes an interrupted one.
func TestAFailedSweepIsRepeated(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"deleteOne user_activity", "deleteMany user_activity", "deleteOne video_stats", "find video_stats"} {
		proxy := newBreakable(t)
		db := openAt(t, proxy.url)
		s, clock := newStore(db)
		user := uuid.New()
		clock.set(tooOld)
		did(t, s, user, killrvideo.ActivityView, tooOld)
		did(t, s, user, killrvideo.ActivityRate, tooOld)
		clock.set(march(20))
		proxy.broken.Store(broken)
		if err := s.Retention.Sweep(t.Context()); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Errorf("%s is broken, and yet %v", broken, err)
		}
		proxy.broken.Store("")
		if all := everything(t, s, user, "", 10); len(all) != 0 {
			t.Errorf("%s was broken: %+v", broken, all)
		}
		sweep(t, s)
		if n := leftOf(t, db, user); n != 0 {
			t.Errorf("%s was broken: %d rows are left", broken, n)
		}
	}
}

// attempts counts the rows of failed logins of a day.
func attempts(t *testing.T, db *dataapi.Db, day time.Time) (n int) {
	t.Helper()
	return countRows(t, db, schema.LoginAttempts, filter.In("bucket", store.Buckets(day)))
}

// A service that scales to zero sweeps seldom. However long ago the last sweep was,
// nothing is left, and an interrupted sweep misses no day.
func TestSweepContinuesWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	db := openAt(t, proxy.url)
	s, clock := newStore(db)
	first := march(20)
	fail := func(days ...int) {
		for _, after := range days {
			clock.set(first.AddDate(0, 0, after))
			for _, email := range []string{"ada@example.com", "grace@example.com"} {
				a := killrvideo.Attempt{EmailKey: email, Client: "one", At: clock.time()}
				if _, err := s.Logins.AddAttempt(t.Context(), a); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	left := func(want map[int]int) {
		t.Helper()
		for after, rows := range want {
			if n := attempts(t, db, first.AddDate(0, 0, after)); n != rows {
				t.Errorf("day %d has %d rows, want %d", after, n, rows)
			}
		}
	}
	fail(-300, -15, 0, 1, 50, 99, 100)
	sweep(t, s)
	left(map[int]int{-300: 0, -15: 0, 0: 0, 1: 0, 50: 0, 99: 2, 100: 2})
	fail(130, 135, 190)
	clock.set(first.AddDate(0, 0, 200))
	proxy.broken.Store("deleteMany login_attempts")
	if err := s.Retention.Sweep(t.Context()); err == nil {
		t.Error("deletions fail, and the sweep does not")
	}
	left(map[int]int{130: 2, 190: 2})
	proxy.broken.Store("")
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { sweep(t, s) })
	}
	both.Wait()
	left(map[int]int{99: 0, 100: 0, 130: 0, 135: 0, 190: 0})
}

func TestASecondSweepOfADayIsOneRead(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, clock := newStore(openAt(t, proxy.url))
	sweep(t, s)
	for days, most := range map[int]int64{0: 1, 1: 5} {
		clock.set(march(20).AddDate(0, 0, days))
		proxy.left.Store(most)
		if err := s.Retention.Sweep(t.Context()); err != nil {
			t.Errorf("after %d days %d commands do not suffice: %v", days, most, err)
		}
		proxy.left.Store(-1)
	}
}

func TestExpiredActivityIsNotStored(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	old := killrvideo.Activity{ID: uuid.New(), UserID: uuid.New(), VideoID: uuid.New(), Type: killrvideo.ActivityComment, At: tooOld}
	if err := errors.Join(s.Activities.Record(t.Context(), old), s.Activities.Forget(t.Context(), old)); err != nil {
		t.Fatal(err)
	}
	if n := leftOf(t, db, old.UserID); n != 0 {
		t.Errorf("%d rows", n)
	}
	h := store.History{Video: uuid.New(), Ratings: []killrvideo.Rating{
		{VideoID: old.VideoID, UserID: old.UserID, Stars: 5, UpdatedAt: tooOld},
	},
		Comments: []killrvideo.Comment{{ID: store.NewItemID(tooOld), VideoID: old.VideoID, UserID: old.UserID, Text: "old", CreatedAt: tooOld}}}
	if err := s.LoadHistory(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if n := leftOf(t, db, old.UserID); n != 0 {
		t.Errorf("%d rows of a history", n)
	}
	if got, err := s.Comments.CommentsOfUser(t.Context(), old.UserID, killrvideo.Page{Number: 1, Size: 5}); err != nil || got.Total != 1 {
		t.Errorf("the comment itself: %+v %v", got, err)
	}
}

func TestWatchTimesAreRetainedAsLong(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	video := uuid.New()
	for _, at := range []time.Time{tooOld, tooOld, keptFrom, march(1)} {
		clock.set(at)
		if err := s.Views.AddWatchTime(t.Context(), killrvideo.WatchTime{VideoID: video, UserID: uuid.New(), Seconds: 3, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	left := func() int { return countRows(t, db, schema.WatchTime, filter.Eq("videoid", video)) }
	clock.set(march(20))
	for _, want := range []int{2, 2} {
		sweep(t, s)
		if left() != want {
			t.Errorf("%d are left, want %d", left(), want)
		}
	}
	clock.set(march(20).AddDate(2, 0, 0))
	sweep(t, s)
	if left() != 0 {
		t.Errorf("%d are left after two years", left())
	}
	if work, err := s.Work.PendingWork(t.Context()); err != nil || len(work) != 0 {
		t.Errorf("notes are taken for work: %+v %v", work, err)
	}
}
