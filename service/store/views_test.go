package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

func TestViewsOfSeveralProcessesAreCountedExactly(t *testing.T) {
	t.Parallel()
	db := open(t)
	processes := make([]*store.Store, 3)
	for i := range processes {
		processes[i], _ = newStore(db)
	}
	v := film(uuid.New(), march(10), "Cats")
	create(t, processes[0], v)
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			if err := processes[i%3].Views.CountView(t.Context(), v.ID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := processes[1].Videos.VideoDetail(t.Context(), v.ID)
	if err != nil || got.Views != 1000 {
		t.Errorf("%d views of 1000, %v", got.Views, err)
	}
}

func view(t *testing.T, s *store.Store, v killrvideo.Video, times int) {
	t.Helper()
	for range times {
		if err := s.Views.CountView(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTrendsAreCountedByWindow(t *testing.T) {
	t.Parallel()
	db := open(t)
	a, clockA := newStore(db)
	b, clockB := newStore(db)
	old, hot, gone := film(uuid.New(), march(1), "Old"), film(uuid.New(), march(1), "Hot"), film(uuid.New(), march(1), "Gone")
	create(t, a, old, hot, gone)
	clockA.set(march(1))
	view(t, a, old, 5)
	a.Tidy(t.Context())
	clockA.set(march(20))
	clockB.set(march(20))
	view(t, a, hot, 2)
	view(t, b, hot, 1)
	view(t, b, old, 1)
	view(t, b, gone, 9)
	b.Tidy(t.Context())
	gone.DeletedAt = march(20)
	if err := a.Videos.RemoveVideo(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int][]int64{1: {3, 1}, 30: {6, 3}} {
		videos, err := a.Views.Trending(t.Context(), days, 10)
		if err != nil || len(videos) != 2 || videos[0].Views != want[0] || videos[1].Views != want[1] {
			t.Errorf("%d days: %+v %v", days, videos, err)
		}
	}
}

// The views of a day are deleted after the longest window.
func TestOldTrendsAreDeleted(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	v := film(uuid.New(), march(10), "Cats")
	create(t, s, v)
	view(t, s, v, 1)
	s.Tidy(t.Context())
	for _, step := range []struct{ days, want int }{{39, 1}, {45, 0}} {
		clock.set(march(20).AddDate(0, 0, step.days))
		if err := s.Retention.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := countRows(t, db, schema.VideoActivity, filter.Eq("day", "2026-03-20")); n != step.want {
			t.Errorf("%d rows after %d days", n, step.days)
		}
	}
}

func TestRatingAgainCountsOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	v, user := film(uuid.New(), march(10), "Cats"), uuid.New()
	create(t, s, v)
	rate(t, s, v.ID, user, 4)
	again := rate(t, s, v.ID, user, 2)
	if again.CreatedAt.Equal(again.UpdatedAt) {
		t.Error("the time of the first rating is lost")
	}
	rate(t, s, v.ID, uuid.New(), 5)
	got, err := s.Videos.VideoDetail(t.Context(), v.ID)
	if err != nil || got.RatingCount != 2 || *got.AverageRating() != 3.5 {
		t.Errorf("%+v %v", got.Summary, err)
	}
	own, err := s.Ratings.Rating(t.Context(), v.ID, user)
	if err != nil || own.Stars != 2 {
		t.Errorf("%+v %v", own, err)
	}
	if none, err := s.Ratings.Rating(t.Context(), v.ID, uuid.New()); err != nil || none.Stars != 0 {
		t.Errorf("%+v %v", none, err)
	}
}

var ratedAt = march(11)

// allowed authorizes every rating.
func allowed() error { return nil }

func rate(t *testing.T, s *store.Store, video, user uuid.UUID, stars int) killrvideo.Rating {
	t.Helper()
	at := ratedAt.Add(time.Duration(stars) * time.Second)
	got, err := s.Ratings.Rate(t.Context(), killrvideo.Rating{VideoID: video, UserID: user, Stars: stars, UpdatedAt: at}, allowed)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A user who rates a video repeatedly does not cause recounts.
func TestRatingAgainIsCheap(t *testing.T) {
	t.Parallel()
	var reads atomic.Int32
	s, _ := newStore(observed(t, func(_ context.Context, e options.CommandEvent) {
		if e.Command == "find" && e.Table == schema.VideoStats {
			reads.Add(1)
		}
	}))
	video, user := uuid.New(), uuid.New()
	for stars := range 5 {
		rate(t, s, video, user, stars+1)
	}
	before := reads.Load()
	s.Tidy(t.Context())
	if n := reads.Load() - before; n != 1 { // for the copies of the video's numbers
		t.Errorf("%d reads", n)
	}
}

// A user rates a video in several processes at once. Each may count its rating as the
// first one; Tidy corrects the total.
func TestOneUserInSeveralProcessesCountsOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	v, user := film(uuid.New(), march(10), "Cats"), uuid.New()
	processes := make([]*store.Store, 4)
	for i := range processes {
		processes[i], _ = newStore(db)
	}
	create(t, processes[0], v)
	var all sync.WaitGroup
	for i, s := range processes {
		all.Go(func() { rate(t, s, v.ID, user, i+1) })
	}
	all.Wait()
	for _, s := range processes {
		s.Tidy(t.Context())
	}
	got, err := processes[0].Videos.VideoDetail(t.Context(), v.ID)
	own, err2 := processes[0].Ratings.Rating(t.Context(), v.ID, user)
	if err != nil || err2 != nil || got.RatingCount != 1 || got.RatingTotal != int64(own.Stars) {
		t.Errorf("%+v, own %d stars, %v %v", got.Summary, own.Stars, err, err2)
	}
}

func TestTagsAndDeletionAndRestoration(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	v := film(uuid.New(), march(10), "Cats")
	v.Tags = []string{"cats", "fun"}
	create(t, s, v)
	page := killrvideo.Page{Number: 1, Size: 10}
	check := func(when, tag string, want int) {
		t.Helper()
		if got, err := s.Videos.VideosByTag(t.Context(), tag, page); err != nil || got.Total != want || len(got.Items) != want {
			t.Errorf("%s: tag %s has %+v %v", when, tag, got, err)
		}
	}
	check("at first", "fun", 1)
	after := v
	after.Tags, after.UpdatedAt = []string{"cats", "pets"}, march(11)
	if err := s.Videos.UpdateVideo(t.Context(), v, after); err != nil {
		t.Fatal(err)
	}
	check("after the change", "fun", 0)
	check("after the change", "pets", 1)
	after.DeletedAt = march(12)
	for range 2 {
		if err := s.Videos.RemoveVideo(t.Context(), after); err != nil {
			t.Fatal(err)
		}
	}
	check("deleted", "pets", 0)
	for range 2 {
		if err := s.Videos.RestoreVideo(t.Context(), after); err != nil {
			t.Fatal(err)
		}
	}
	check("restored", "cats", 1)
	for name, list := range lists(t, s, v.UserID, page) {
		if list.Total != 1 || len(list.Items) != 1 {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

func TestCursorsGoThroughLists(t *testing.T) {
	t.Parallel()
	s, clock := newStore(open(t))
	uploader := uuid.New()
	const n = 23
	for i := range n {
		create(t, s, film(uploader, march(20).AddDate(0, 0, -3*(i/2)), "Cats")) // pairs of one instant, over months
	}
	clock.set(march(20))
	for name, read := range map[string]func(killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error){
		"latest": func(p killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error) {
			return s.Videos.LatestVideos(t.Context(), p)
		},
		"by uploader": func(p killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error) {
			return s.Videos.VideosByUser(t.Context(), uploader, p, nil)
		},
	} {
		seen := map[uuid.UUID]bool{}
		page := killrvideo.Page{Number: 1, Size: 4}
		for {
			list, err := read(page)
			if err != nil || list.Total != n {
				t.Fatal(name, list.Total, err)
			}
			for _, v := range list.Items {
				seen[v.ID] = true
			}
			if page.After = list.Next; list.Next == "" {
				break
			}
		}
		if len(seen) != n {
			t.Errorf("%s: %d of %d", name, len(seen), n)
		}
	}
}
