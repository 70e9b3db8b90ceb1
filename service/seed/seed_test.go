package seed

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

var day = time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)

func small(t *testing.T) *Set {
	t.Helper()
	size, err := SizeNamed("small")
	if err != nil {
		t.Fatal(err)
	}
	return New(size, day)
}

func TestTheSameDayGivesTheSameData(t *testing.T) {
	t.Parallel()
	one, two := small(t), New(small(t).Size(), day.Add(5*time.Hour))
	if diff := cmp.Diff(slices.Collect(one.Clips()), slices.Collect(two.Clips())); diff != "" {
		t.Errorf("the videos differ: %s", diff)
	}
	if diff := cmp.Diff(slices.Collect(one.People()), slices.Collect(two.People())); diff != "" {
		t.Errorf("the people differ: %s", diff)
	}
}

func TestPeopleAreOfEveryRole(t *testing.T) {
	t.Parallel()
	set, emails := small(t), map[string]bool{}
	for user := range set.People() {
		if emails[user.Email] {
			t.Errorf("%s is there twice", user.Email)
		}
		emails[user.Email] = true
	}
	for i, email := range Known() {
		if !emails[email] || set.Person(i).Email != email {
			t.Errorf("%s is not account %d", email, i)
		}
	}
	if !set.Person(2).Can(killrvideo.RoleModerator) || set.Person(0).Can(killrvideo.RoleCreator) {
		t.Error("the known accounts have other roles than their names say")
	}
	if set.Person(3).Active() == nil {
		t.Error("the suspended account is active")
	}
}

func TestEveryVideoIsOneTheDomainAccepts(t *testing.T) {
	t.Parallel()
	set, ids := small(t), map[uuid.UUID]bool{}
	people := map[uuid.UUID]killrvideo.User{}
	for user := range set.People() {
		people[user.ID] = user
	}
	last := time.Time{}
	for clip := range set.Clips() {
		if ids[clip.ID] || !people[clip.UserID].Can(killrvideo.RoleCreator) {
			t.Errorf("%s is there twice or has no creator", clip.ID)
		}
		ids[clip.ID] = true
		if n := len(clip.Title); n < 3 || n > 100 || len(clip.Tags) == 0 || len(clip.YouTubeID) != 11 {
			t.Errorf("title %q, tags %v, id %q", clip.Title, clip.Tags, clip.YouTubeID)
		}
		if !slices.Equal(clip.Tags, killrvideo.NormalizeTags(clip.Tags)) {
			t.Errorf("the tags %v are not in their normal form", clip.Tags)
		}
		if clip.SubmittedAt.Before(last) || clip.SubmittedAt.After(day) {
			t.Errorf("submitted at %s, after %s", clip.SubmittedAt, last)
		}
		last = clip.SubmittedAt
	}
	if len(ids) != set.Size().Videos {
		t.Errorf("%d videos", len(ids))
	}
}

// TestTheNewestVideosAreOnYouTube under their own titles, and some of them trend
// today.
func TestTheNewestVideosAreOnYouTube(t *testing.T) {
	t.Parallel()
	set := small(t)
	clips, ids := slices.Collect(set.Clips()), map[string]bool{}
	for i, of := range published {
		clip := clips[len(clips)-1-i]
		if len(of.id) != 11 || ids[of.id] || clip.YouTubeID != of.id || clip.Title != of.title || len(clip.Description) < 20 {
			t.Errorf("%+v became %+v", of, clip.Video)
		}
		ids[of.id] = true
	}
	for _, clip := range clips {
		if !ids[clip.YouTubeID] || clip.Location != "https://www.youtube.com/embed/"+clip.YouTubeID ||
			!strings.Contains(clip.ThumbnailURL, "/"+clip.YouTubeID+"/") {
			t.Errorf("%q is at %s, with the picture %s", clip.Title, clip.Location, clip.ThumbnailURL)
		}
	}
	slices.SortFunc(clips, func(a, b Clip) int { return b.Views[0] - a.Views[0] })
	var titles []string
	for _, of := range published[:trending] {
		titles = append(titles, of.title)
	}
	for _, clip := range clips[:trending-1] { // the dice may be against one
		if !slices.Contains(titles, clip.Title) {
			t.Errorf("%q has %d views today", clip.Title, clip.Views[0])
		}
	}
}

func TestActivityIsPlausible(t *testing.T) {
	t.Parallel()
	var comments, ratings, flags, views int
	for clip := range small(t).Clips() {
		rated := map[uuid.UUID]bool{}
		for _, rating := range clip.Ratings {
			if rating.Value < 1 || rating.Value > 5 || rated[rating.User.ID] || rating.At.Before(clip.SubmittedAt) {
				t.Errorf("rating %+v of %s", rating, clip.ID)
			}
			rated[rating.User.ID] = true
		}
		for _, c := range clip.Comments {
			if c.ID.Version() != 7 || c.At.Before(clip.SubmittedAt) || c.At.After(day) || c.User.Active() != nil {
				t.Errorf("comment %+v of %s", c, clip.ID)
			}
		}
		comments, ratings, views = comments+len(clip.Comments), ratings+len(clip.Ratings), views+clip.Views[0]
		if clip.Flag != nil {
			flags++
		}
	}
	if comments < 200 || ratings < 200 || flags == 0 || views < 200 {
		t.Errorf("%d comments, %d ratings, %d flags, %d views today: too few to look at", comments, ratings, flags, views)
	}
}

func TestAnUnknownSizeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := SizeNamed("huge"); err == nil {
		t.Error("huge is a size")
	}
}
