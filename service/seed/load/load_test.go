package load_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

func repository(t *testing.T) *store.Store {
	t.Helper()
	embedded, err := astratest.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := embedded.CreateKeyspace(t.Context(), "seeded"); err != nil {
		t.Fatal(err)
	}
	return store.New(store.Config{Database: embedded.Database(embedded.Admin, "seeded")})
}

// TestLoadingTwiceLoadsOnce loads a small set, looks at it as the service
// would, and loads it again.
func TestLoadingTwiceLoadsOnce(t *testing.T) {
	t.Parallel()
	to, set := repository(t), seed.New(seed.Size{Name: "tiny", Users: 12, Videos: 40}, time.Now())
	var steps atomic.Int32
	loaded, err := load.All(t.Context(), to, set, "no hash of anything", func() { steps.Add(1) })
	if err != nil || loaded != (load.Loaded{Users: 12, Videos: 40}) || steps.Load() != 52 {
		t.Fatalf("loaded %+v in %d steps: %v", loaded, steps.Load(), err)
	}
	page := killrvideo.Page{Number: 1, Size: 10}
	latest, err := to.LatestVideos(t.Context(), page)
	if err != nil || latest.Total != 40 || latest.Items[0].ID != set.Clip(39).ID {
		t.Errorf("the newest of %d is %+v: %v", latest.Total, latest.Items, err)
	}
	checkNumbers(t, to, set)
	again, err := load.All(t.Context(), to, set, "no hash of anything", func() {})
	if err != nil || again != (load.Loaded{}) {
		t.Errorf("the second time %+v: %v", again, err)
	}
}

// checkNumbers holds what the store counts to what the set says.
func checkNumbers(t *testing.T, to *store.Store, set *seed.Set) {
	t.Helper()
	for clip := range set.Clips() {
		views := clip.Earlier
		for _, n := range clip.Views {
			views += n
		}
		said, err := to.CommentsOfVideo(t.Context(), clip.ID, killrvideo.Page{Number: 1, Size: 1})
		if err != nil || said.Total != len(clip.Comments) {
			t.Fatalf("%d comments became %d: %v", len(clip.Comments), said.Total, err)
		}
		got, err := to.VideoDetail(t.Context(), clip.ID)
		if err != nil || got.Views != int64(views) || got.RatingCount != int64(len(clip.Ratings)) {
			t.Fatalf("%d views and %d ratings became %d and %d: %v", views, len(clip.Ratings), got.Views, got.RatingCount, err)
		}
	}
	if hot, err := to.Trending(t.Context(), 30, 10); err != nil || len(hot) != 10 || hot[0].Views < hot[9].Views {
		t.Errorf("what trends: %d videos, %v", len(hot), err)
	}
}

// full is a repository that takes no more users.
type full struct{ load.Repository }

var errFull = errors.New("full")

func (full) CreateUser(context.Context, killrvideo.User, string) error { return errFull }

func TestAFailureEndsTheLoading(t *testing.T) {
	t.Parallel()
	set := seed.New(seed.Size{Name: "tiny", Users: 100, Videos: 1}, time.Now())
	loaded, err := load.All(t.Context(), full{}, set, "", func() {})
	if !errors.Is(err, errFull) || loaded.Users != 0 {
		t.Errorf("loaded %+v: %v", loaded, err)
	}
}
