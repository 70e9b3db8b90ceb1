package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// many is more than one answer of the Data API holds, so that the end of a
// list is not seen with its first page.
const many = 60

// remarks are comments on a video, oldest first.
func remarks(t *testing.T, s *store.Store, video uuid.UUID, n int) (last killrvideo.Comment) {
	t.Helper()
	for i := range n {
		at := march(10).Add(time.Duration(i) * time.Second)
		last = killrvideo.Comment{ID: store.NewItemID(at), VideoID: video, UserID: uuid.New(), Text: "text", CreatedAt: at}
		if err := s.AddComment(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// lose takes a comment away and leaves it counted, as a process does that dies
// in the middle.
func lose(t *testing.T, db *dataapi.Db, video uuid.UUID, c killrvideo.Comment) {
	t.Helper()
	if err := db.Table(schema.Comments).DeleteOne(t.Context(), filter.F{"list": "video:" + video.String(), "id": c.ID}); err != nil {
		t.Fatal(err)
	}
}

func commentsOf(t *testing.T, s *store.Store, video uuid.UUID) int {
	t.Helper()
	got, err := s.CommentsOfVideo(t.Context(), video, killrvideo.Page{Number: 1, Size: 5})
	if err != nil {
		t.Fatal(err)
	}
	return got.Total
}

// The total of a long list that has drifted comes right by itself, though not
// before the drift has lasted for longer than a write takes; however many
// processes look after it.
func TestADriftOfALongListHeals(t *testing.T) {
	t.Parallel()
	db := open(t)
	video := uuid.New()
	s, _ := newStore(db)
	lose(t, db, video, remarks(t, s, video, many))
	if got := commentsOf(t, s, video); got != many {
		t.Fatalf("nothing has drifted: %d", got)
	}
	processes := make([]*store.Store, 3)
	clocks := make([]*clock, 3)
	for i := range processes {
		processes[i], clocks[i] = newStore(db)
	}
	for _, step := range []struct{ minute, want int }{{0, many}, {1, many}, {3, many - 1}, {6, many - 1}} {
		var all sync.WaitGroup
		for i, p := range processes {
			clocks[i].set(march(20).Add(time.Duration(step.minute) * time.Minute))
			commentsOf(t, p, video)
			all.Go(func() { p.Verify(t.Context()) })
		}
		all.Wait()
		if got := commentsOf(t, s, video); got != step.want {
			t.Errorf("after %d minutes: %d, want %d", step.minute, got, step.want)
		}
	}
}

// What looks like a drift and is a write in its middle is left alone.
func TestAWriteInItsMiddleIsNoDrift(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	video := uuid.New()
	last := remarks(t, s, video, many)
	lose(t, db, video, last)
	commentsOf(t, s, video)
	s.Verify(t.Context())
	clock.set(march(20).Add(3 * time.Minute))
	if err := s.AddComment(t.Context(), last); err != nil { // the item and a tally come after all
		t.Fatal(err)
	}
	lose(t, db, video, last)
	s.Verify(t.Context()) // another drift than before
	if got := commentsOf(t, s, video); got != many+1 {
		t.Errorf("corrected too early: %d", got)
	}
	clock.set(march(20).Add(6 * time.Minute))
	s.Verify(t.Context())
	if got := commentsOf(t, s, video); got != many-1 {
		t.Errorf("never corrected: %d", got)
	}
}

// A lock is taken for dead after a while, so whoever counts a long list with it
// has to be done by then.
func TestACorrectionEndsBeforeItsLockDoes(t *testing.T) {
	t.Parallel()
	locked, counted := false, 0
	db := observed(t, func(ctx context.Context, e options.CommandEvent) {
		if e.Table == schema.PendingWork {
			locked = e.Command == "insertOne" || locked && e.Command == "find"
		}
		if locked && e.Table == schema.Comments {
			counted++
			if _, inTime := ctx.Deadline(); !inTime {
				t.Errorf("%s has no end", e.Command)
			}
		}
	})
	video := uuid.New()
	s, clock := newStore(db)
	lose(t, db, video, remarks(t, s, video, many))
	commentsOf(t, s, video)
	s.Verify(t.Context())
	clock.set(march(20).Add(3 * time.Minute))
	s.Verify(t.Context())
	if got := commentsOf(t, s, video); got != many-1 || counted == 0 {
		t.Errorf("%d comments, corrected with %d calls", got, counted)
	}
}

// Of a list that fits on a page it is seen whether it is right: it costs nothing
// more, and neither do lists that are not there, which anybody may ask for.
func TestShortListsAreVerifiedByTheirPages(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s, _ := newStore(observed(t, func(context.Context, options.CommandEvent) { calls.Add(1) }))
	v := film(uuid.New(), march(10), "Cats")
	create(t, s, v)
	for _, user := range []uuid.UUID{v.UserID, uuid.New()} {
		if _, err := s.VideosByUser(t.Context(), user, killrvideo.Page{Number: 1, Size: 10}, nil); err != nil {
			t.Fatal(err)
		}
	}
	madeUp := killrvideo.Page{Number: 1, Size: 10, After: "g5." + uuid.NewString()} // of 1970
	_, err := s.VideosByUser(t.Context(), uuid.New(), madeUp, nil)
	if _, latest := s.LatestVideos(t.Context(), madeUp); err != nil || latest != nil {
		t.Fatal(err, latest)
	}
	before := calls.Load()
	s.Verify(t.Context())
	if n := calls.Load() - before; n != 0 {
		t.Errorf("verified with %d calls", n)
	}
}

// A list is not counted each time that it is shown.
func TestAListIsVerifiedOnceADay(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	video := uuid.New()
	last := remarks(t, s, video, many)
	commentsOf(t, s, video)
	s.Verify(t.Context()) // it is right
	lose(t, db, video, last)
	verified := func(hours int) int {
		for _, minutes := range []int{0, 3} {
			clock.set(march(20).Add(time.Duration(60*hours+minutes) * time.Minute))
			commentsOf(t, s, video)
			s.Verify(t.Context())
		}
		return commentsOf(t, s, video)
	}
	if got := verified(1); got != many {
		t.Errorf("counted again within the hour: %d", got)
	}
	if got := verified(24); got != many-1 {
		t.Errorf("not counted on the next day: %d", got)
	}
}

// Lists of every kind are verified: short ones whose end disagrees as well.
func TestEveryKindOfListHeals(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	user, uploader := uuid.New(), uuid.New()
	v := film(uploader, march(10), "Cats")
	create(t, s, v)
	for i := range 3 {
		did(t, s, user, killrvideo.ActivityView, march(i+1))
		did(t, s, user, killrvideo.ActivityRate, march(i+1))
		did(t, s, user, killrvideo.ActivityView, march(i+1).AddDate(0, -4, 0))
	}
	index(t, s, v, nil)
	flag := killrvideo.Flag{ID: store.NewItemID(march(5)), ContentType: killrvideo.ContentVideo, ContentID: v.ID, Status: killrvideo.FlagOpen, CreatedAt: march(5), UpdatedAt: march(5)}
	if err := s.AddFlag(t.Context(), flag); err != nil {
		t.Fatal(err)
	}
	tallied := map[string][]string{
		schema.UserActivity: {user.String(), user.String() + ":view"}, schema.ContentModeration: {"all", "status:open"}, schema.VideoWords: {"cats"},
		schema.VideoStats: {"user:" + user.String(), "uploader:" + uploader.String(), "tag:a", "latest"},
	}
	want := map[string]int64{}
	for table, lists := range tallied {
		for _, list := range lists {
			want[table+list] = store.Counted(t.Context(), s, table, list)
			store.Miscount(t.Context(), s, table, list, 7)
		}
	}
	for _, minutes := range []int{0, 3} {
		clock.set(march(20).Add(time.Duration(minutes) * time.Minute))
		page := killrvideo.Page{Number: 1, Size: 10}
		activity(t, s, user, "", page)
		activity(t, s, user, killrvideo.ActivityView, page)
		lists(t, s, uploader, page)
		_, tags := s.VideosByTag(t.Context(), "a", page)
		_, words := s.FindWords(t.Context(), []string{"cats"}, page)
		_, all := s.Flags(t.Context(), "", page)
		_, open := s.Flags(t.Context(), killrvideo.FlagOpen, page)
		for _, err := range []error{tags, words, all, open} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			s.Verify(t.Context())
		}
	}
	for table, lists := range tallied {
		for _, list := range lists {
			if got := store.Counted(t.Context(), s, table, list); got != want[table+list] || got == 0 {
				t.Errorf("%s, %s: %d, want %d", table, fmt.Sprintf("%.12s", list), got, want[table+list])
			}
		}
	}
}
