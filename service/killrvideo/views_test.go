package killrvideo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestAViewIsCountedAndRecorded(t *testing.T) {
	t.Parallel()
	ada := creator()
	tests := map[string]struct {
		caller     *killrvideo.User
		broken     string
		counted    int
		remembered int
		want       string
	}{
		"of a user":                  {&ada, "", 1, 1, ""},
		"anonymous":                  {nil, "", 1, 0, ""},
		"that cannot be counted":     {&ada, "CountView", 0, 0, killrvideo.EUNAVAILABLE},
		"that cannot be remembered":  {&ada, "Record", 1, 0, ""},
		"while videos are not known": {&ada, "Video", 0, 0, killrvideo.EUNAVAILABLE},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCommunity()
			video := c.shown(t, creator())
			c.faults.broken = test.broken
			err := c.Catalogue.View(t.Context(), func() (*killrvideo.User, error) { return test.caller, nil }, video.ID)
			if killrvideo.ErrorCode(err) != test.want || c.views.counted[video.ID] != test.counted || len(c.activities.all) != test.remembered {
				t.Errorf("%v, counted %d, remembered %d", err, c.views.counted[video.ID], len(c.activities.all))
			}
			for _, a := range c.activities.all {
				want := killrvideo.Activity{ID: a.ID, UserID: ada.ID, VideoID: video.ID, Type: killrvideo.ActivityView, At: at(0)}
				if diff := cmp.Diff(want, a); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// Unknown and deleted videos cannot be viewed, watched or rated.
func TestUnknownVideos(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, deleted := creator(), c.shown(t, creator())
	if err := c.Catalogue.Hide(t.Context(), deleted.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{uuid.New(), deleted.ID} {
		_, rated := c.Catalogue.Rate(t.Context(), killrvideo.Authorized(ada), id, 3)
		_, _, ratings := c.Catalogue.RatingsOf(t.Context(), killrvideo.SignedIn(ada), ada.ID, id)
		_, detail := c.Catalogue.Detail(t.Context(), anonymous, id)
		for name, err := range map[string]error{
			"view":   c.Catalogue.View(t.Context(), killrvideo.SignedIn(ada), id),
			"watch":  c.Catalogue.Watched(t.Context(), killrvideo.Authorized(ada), id, 3),
			"delete": c.Catalogue.Delete(t.Context(), moderating(), id), "rate": rated, "ratings": ratings, "detail": detail,
		} {
			if killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if len(c.views.counted)+len(c.views.watched)+len(c.activities.all) != 0 {
		t.Errorf("counted %v, watched %v", c.views.counted, c.views.watched)
	}
}

func TestWatched(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, video := creator(), c.shown(t, creator())
	if err := c.Catalogue.Watched(t.Context(), killrvideo.Authorized(ada), video.ID, 42); err != nil {
		t.Fatal(err)
	}
	want := []killrvideo.WatchTime{{VideoID: video.ID, UserID: ada.ID, Seconds: 42, At: at(0)}}
	if diff := cmp.Diff(want, c.views.watched); diff != "" {
		t.Error(diff)
	}
}

func TestRatings(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, video := creator(), c.shown(t, creator())
	for stars, want := range map[int]string{-1: killrvideo.EINVALID, 0: killrvideo.EINVALID, 1: "", 5: "", 6: killrvideo.EINVALID} {
		got, err := c.Catalogue.Rate(t.Context(), killrvideo.Authorized(ada), video.ID, stars)
		if killrvideo.ErrorCode(err) != want || err == nil && got.Stars != stars {
			t.Errorf("%d stars: %+v %v", stars, got, err)
		}
	}
	if _, err := c.Catalogue.Rate(t.Context(), killrvideo.Authorized(ada), video.ID, 2); err != nil {
		t.Fatal(err)
	}
	if _, own, err := c.Catalogue.RatingsOf(t.Context(), killrvideo.SignedIn(ada), ada.ID, video.ID); err != nil || own.Stars != 2 {
		t.Errorf("%+v %v", own, err)
	}
	c.faults.broken = "Rating"
	if _, own, err := c.Catalogue.RatingsOf(t.Context(), anonymous, uuid.Nil, video.ID); err != nil || own.Stars != 0 {
		t.Errorf("anonymous: %+v %v", own, err)
	}
	if _, _, err := c.Catalogue.RatingsOf(t.Context(), killrvideo.SignedIn(ada), ada.ID, video.ID); !errors.Is(err, errDown) {
		t.Errorf("down: %v", err)
	}
}

func TestTrendsAreCachedForAMinute(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	now := at(0)
	c.Catalogue.Now = func() time.Time { return now }
	c.views.trending = []killrvideo.Summary{{Title: "a", Views: 1}, {Title: "b", Views: 3}, {Title: "c", Views: 2}}
	ask := func(days, limit int) []killrvideo.Summary {
		t.Helper()
		got, err := c.Catalogue.Trending(t.Context(), days, limit)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask(1, 2); len(got) != 2 || got[0].Title != "b" || got[1].Title != "c" {
		t.Errorf("%+v", got)
	}
	if got := ask(1, 10); len(got) != 3 || c.views.asked != 1 {
		t.Errorf("%+v after asking %d times", got, c.views.asked)
	}
	if ask(7, 1); c.views.asked != 2 {
		t.Error("another window was taken for the same")
	}
	now = now.Add(time.Minute)
	if ask(1, 1); c.views.asked != 3 {
		t.Error("it is remembered for longer")
	}
	video := c.shown(t, creator())
	if err := c.Catalogue.Hide(t.Context(), video.ID); err != nil {
		t.Fatal(err)
	}
	if ask(1, 1); c.views.asked != 4 {
		t.Error("a deleted video may still trend")
	}
	c.faults.broken = "Trending"
	if _, err := c.Catalogue.Trending(t.Context(), 30, 1); !errors.Is(err, errDown) {
		t.Errorf("down: %v", err)
	}
	c.faults.broken = ""
	if got := ask(30, 1); len(got) != 1 {
		t.Error("a failure was remembered")
	}
}
