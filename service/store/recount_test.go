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

// many is more than a call returns, so that the first page does not reach the end of the
// list.
const many = 60

// remarks are comments on a video, oldest first.
func remarks(t *testing.T, s *store.Store, video uuid.UUID, n int) (last killrvideo.Comment) {
	t.Helper()
	for i := range n {
		at := march(10).Add(time.Duration(i) * time.Second)
		last = killrvideo.Comment{ID: store.NewItemID(at), VideoID: video, UserID: uuid.New(), Text: "text", CreatedAt: at}
		if err := s.Comments.AddComment(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// lose deletes a comment and leaves it counted, as a process does that is killed in
// between.
func lose(t *testing.T, db *dataapi.Db, video uuid.UUID, c killrvideo.Comment) {
	t.Helper()
	if err := db.Table(schema.Comments).DeleteOne(t.Context(), filter.F{"list": "video:" + video.String(), "id": c.ID}); err != nil {
		t.Fatal(err)
	}
}

func commentsOf(t *testing.T, s *store.Store, video uuid.UUID) int {
	t.Helper()
	got, err := s.Comments.CommentsOfVideo(t.Context(), video, killrvideo.Page{Number: 1, Size: 5})
	if err != nil {
		t.Fatal(err)
	}
	return got.Total
}

// readLastPage reads the last page: at the end of a list a drift is noticed.
func readLastPage(t *testing.T, s *store.Store, video uuid.UUID) {
	t.Helper()
	const size = 5
	if _, err := s.Comments.CommentsOfVideo(t.Context(), video, killrvideo.Page{Number: many / size, Size: size}); err != nil {
		t.Fatal(err)
	}
}

// The total of a long list that has drifted is corrected after a reader has met
// the end of the list, but not before the drift has lasted for longer than a
// write takes, and once, however many processes recount it.
func TestADriftOfALongListIsCorrected(t *testing.T) {
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
			readLastPage(t, p, video)
			all.Go(func() { p.Recount(t.Context()) })
		}
		all.Wait()
		if got := commentsOf(t, s, video); got != step.want {
			t.Errorf("after %d minutes: %d, want %d", step.minute, got, step.want)
		}
	}
}

// A write in progress looks like a drift and is not corrected.
func TestAWriteInProgressIsNoDrift(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	video := uuid.New()
	last := remarks(t, s, video, many)
	lose(t, db, video, last)
	readLastPage(t, s, video)
	s.Recount(t.Context())
	clock.set(march(20).Add(3 * time.Minute))
	if err := s.Comments.AddComment(t.Context(), last); err != nil { // the item and a tally come after all
		t.Fatal(err)
	}
	lose(t, db, video, last)
	s.Recount(t.Context()) // another drift than before
	if got := commentsOf(t, s, video); got != many+1 {
		t.Errorf("corrected too early: %d", got)
	}
	clock.set(march(20).Add(6 * time.Minute))
	s.Recount(t.Context())
	if got := commentsOf(t, s, video); got != many-1 {
		t.Errorf("never corrected: %d", got)
	}
}

// A lock expires, so a recount that holds it has a deadline.
func TestACorrectionEndsBeforeItsLockExpires(t *testing.T) {
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
	readLastPage(t, s, video)
	s.Recount(t.Context())
	clock.set(march(20).Add(3 * time.Minute))
	s.Recount(t.Context())
	if got := commentsOf(t, s, video); got != many-1 || counted == 0 {
		t.Errorf("%d comments, corrected with %d calls", got, counted)
	}
}

// Without evidence of a drift nothing is recounted: not a list that fits on a page
// and agrees with its total, not one of which the end is not read, and none that
// does not exist.
func TestNothingIsRecountedWithoutEvidence(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s, _ := newStore(observed(t, func(context.Context, options.CommandEvent) { calls.Add(1) }))
	v := film(uuid.New(), march(10), "Cats")
	create(t, s, v)
	for _, user := range []uuid.UUID{v.UserID, uuid.New()} {
		if _, err := s.Videos.VideosByUser(t.Context(), user, killrvideo.Page{Number: 1, Size: 10}, nil); err != nil {
			t.Fatal(err)
		}
	}
	madeUp := killrvideo.Page{Number: 1, Size: 10, After: "g5." + uuid.NewString()} // of 1970
	_, err := s.Videos.VideosByUser(t.Context(), uuid.New(), madeUp, nil)
	if _, latest := s.Videos.LatestVideos(t.Context(), madeUp); err != nil || latest != nil {
		t.Fatal(err, latest)
	}
	remarks(t, s, v.ID, many)
	commentsOf(t, s, v.ID)
	before := calls.Load()
	s.Recount(t.Context())
	if n := calls.Load() - before; n != 0 {
		t.Errorf("recounted with %d calls", n)
	}
}

// Lists of every kind are corrected.
func TestEveryKindOfListIsCorrected(t *testing.T) {
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
	index(t, s.Search, v, nil)
	flag := killrvideo.Flag{
		ID: store.NewItemID(march(5)), ContentType: killrvideo.ContentVideo, ContentID: v.ID,
		Status: killrvideo.FlagOpen, CreatedAt: march(5), UpdatedAt: march(5),
	}
	if err := s.Flags.AddFlag(t.Context(), flag); err != nil {
		t.Fatal(err)
	}
	tallied := map[string][]string{
		schema.UserActivity:      {user.String(), user.String() + ":view"},
		schema.ContentModeration: {"all", "status:open"}, schema.VideoWords: {"cats"},
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
		_, tags := s.Videos.VideosByTag(t.Context(), "a", page)
		_, words := s.Search.FindWords(t.Context(), []string{"cats"}, page)
		_, all := s.Flags.List(t.Context(), "", page)
		_, open := s.Flags.List(t.Context(), killrvideo.FlagOpen, page)
		for _, err := range []error{tags, words, all, open} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			s.Recount(t.Context())
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
