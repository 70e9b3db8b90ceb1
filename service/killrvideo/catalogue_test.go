package killrvideo_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

var (
	down    = answer{err: killrvideo.Errorf(killrvideo.EUPSTREAM, "down")}
	unknown = answer{err: killrvideo.Errorf(killrvideo.ENOTFOUND, "unknown")}
	cats    = answer{metadata: killrvideo.Metadata{Title: "Cats", Description: "Many.", Tags: []string{"Pets"}, ThumbnailURL: "https://host.example/big.jpg"}}
)

func newCatalogue(answers ...answer) (*killrvideo.Catalogue, *videos, *host) {
	repository, h := newVideos(), &host{answers: answers}
	now := func() time.Time { return at(0) }
	found := newIndex()
	return &killrvideo.Catalogue{Repository: repository, Audits: &audits{}, Host: h, Metadata: h, Now: now, Completer: &killrvideo.Completer{
		Work: found, Videos: repository, Source: h, Search: found, Embed: &embedding{}, Now: now, Log: silent(),
		Backoff: killrvideo.Backoff{First: time.Minute, Longest: time.Hour, Every: time.Second, Attempts: 5},
	}}, repository, h
}

func creator() killrvideo.User {
	return killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleCreator}}
}

func TestSubmitTakesWhatTheCreatorLeftOpenFromTheHost(t *testing.T) {
	t.Parallel()
	catalogue, repository, _ := newCatalogue(cats)
	uploader, title := creator(), "My cats"
	video, err := catalogue.Submit(t.Context(), uploader, killrvideo.Submission{URL: "https://host.example/abc", Title: &title})
	if err != nil {
		t.Fatal(err)
	}
	want := killrvideo.Video{
		Summary: killrvideo.Summary{
			ID: video.ID, UserID: uploader.ID, SubmittedAt: at(0), Title: "My cats", Description: "Many.",
			Tags: []string{"pets"}, ThumbnailURL: "https://host.example/big.jpg", Status: killrvideo.StatusReady,
		},
		Location: "https://host.example/abc", YouTubeID: "abc",
	}
	if diff := cmp.Diff(want, video); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(video, repository.byID[video.ID]); diff != "" {
		t.Error(diff)
	}
}

func TestSubmitKeepsTheVideoWhenTheHostIsDown(t *testing.T) {
	t.Parallel()
	for _, a := range []answer{down, unknown, {err: errors.New("odd")}} {
		catalogue, _, _ := newCatalogue(a)
		video, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"})
		if err != nil || video.Status != killrvideo.StatusPending || video.Title != killrvideo.UntitledVideo || video.ThumbnailURL == "" {
			t.Errorf("%v: %+v %v", a.err, video, err)
		}
	}
}

func TestSubmitWithoutMetadataIsReadyAtOnce(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue()
	catalogue.Metadata = nil
	video, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil || video.Status != killrvideo.StatusReady || video.Title != killrvideo.UntitledVideo {
		t.Errorf("%+v %v", video, err)
	}
}

func TestSubmitFitsForeignTextsIntoOurLimits(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"": killrvideo.UntitledVideo, "AI": "Video: AI", strings.Repeat("é", 140): strings.Repeat("é", 100),
	} {
		m := killrvideo.Metadata{Title: title, Description: strings.Repeat("x", 5000), Tags: []string{strings.Repeat("t", 80)}}
		catalogue, _, _ := newCatalogue(answer{metadata: m})
		video, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"})
		if err != nil || video.Title != want || len(video.Description) != 2000 || len(video.Tags[0]) != 50 {
			t.Errorf("%q: %+v %v", title, video, err)
		}
	}
}

func TestSubmitRefuses(t *testing.T) {
	t.Parallel()
	short, long := "ab", strings.Repeat("x", 2001)
	tests := map[string]struct {
		submission killrvideo.Submission
		code       string
	}{
		"foreign URL":      {killrvideo.Submission{URL: "https://example.com/x"}, killrvideo.EREFUSED},
		"short title":      {killrvideo.Submission{URL: "https://host.example/abc", Title: &short}, killrvideo.EINVALID},
		"long description": {killrvideo.Submission{URL: "https://host.example/abc", Description: &long}, killrvideo.EINVALID},
		"long tag":         {killrvideo.Submission{URL: "https://host.example/abc", Tags: []string{long}}, killrvideo.EINVALID},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalogue, repository, _ := newCatalogue(cats)
			_, err := catalogue.Submit(t.Context(), creator(), test.submission)
			if killrvideo.ErrorCode(err) != test.code || len(repository.byID) != 0 {
				t.Errorf("%v, %d stored", err, len(repository.byID))
			}
		})
	}
}

func TestWhoMayDoWhatWithAVideo(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue(cats)
	owner, other := creator(), creator()
	moderator := killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleModerator}}
	video, err := catalogue.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	title := "Better cats"
	for _, test := range []struct {
		who  killrvideo.User
		id   uuid.UUID
		want string
	}{{owner, video.ID, ""}, {moderator, video.ID, ""}, {other, video.ID, killrvideo.EFORBIDDEN}, {owner, uuid.New(), killrvideo.ENOTFOUND}} {
		_, err := catalogue.Update(t.Context(), test.who, test.id, killrvideo.VideoChange{Title: &title})
		if killrvideo.ErrorCode(err) != test.want {
			t.Errorf("update by %v: %v", test.who.Roles, err)
		}
		if _, err = catalogue.Status(t.Context(), test.who, test.id); killrvideo.ErrorCode(err) != test.want {
			t.Errorf("status for %v: %v", test.who.Roles, err)
		}
	}
}

func TestUpdateChangesOnlyWhatIsGiven(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue(cats)
	owner := creator()
	before, err := catalogue.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	same, err := catalogue.Update(t.Context(), owner, before.ID, killrvideo.VideoChange{})
	if diff := cmp.Diff(before, same); diff != "" || err != nil {
		t.Error(err, diff)
	}
	tags := []string{"B", "a", " b "}
	after, err := catalogue.Update(t.Context(), owner, before.ID, killrvideo.VideoChange{ClearDescription: true, Tags: &tags})
	want := before
	want.Description, want.Tags, want.UpdatedAt = "", []string{"a", "b"}, at(0)
	if diff := cmp.Diff(want, after); diff != "" || err != nil {
		t.Error(err, diff)
	}
	short := "ab"
	if _, err := catalogue.Update(t.Context(), owner, before.ID, killrvideo.VideoChange{Title: &short}); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("short title: %v", err)
	}
}

func TestAVideoThatIsDeletedJustBeforeAnEditStaysAsItIs(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	repository, owner, title := c.Repository.(*videos), creator(), "Dogs"
	video, err := c.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	c.Completer.Work = another{found, func(*index, uuid.UUID) {
		gone := video
		gone.DeletedAt = at(1)
		repository.byID[video.ID] = gone
	}}
	_, err = c.Update(t.Context(), owner, video.ID, killrvideo.VideoChange{Title: &title})
	if killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND || repository.byID[video.ID].Title == title || len(found.work)+len(found.locked) != 0 {
		t.Errorf("%v: %q, work %+v", err, repository.byID[video.ID].Title, found.work)
	}
}

func TestDeletedVideosAreNotFound(t *testing.T) {
	t.Parallel()
	catalogue, repository, _ := newCatalogue(cats)
	gone := killrvideo.Video{Summary: killrvideo.Summary{ID: uuid.New()}, DeletedAt: at(1)}
	repository.byID[gone.ID] = gone
	if _, err := catalogue.Video(t.Context(), gone.ID); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Error(err)
	}
}

// A tag that no video can have is not asked for: as a key it may be longer than
// Astra takes.
func TestATagThatNoVideoCanHaveIsNotLookedFor(t *testing.T) {
	t.Parallel()
	c, _, _ := newCatalogue(cats)
	c.Repository = nil // whoever asks it panics
	for _, tag := range []string{" ", strings.Repeat("a", 51), strings.Repeat("a", 1<<17)} {
		if got, err := c.ByTag(t.Context(), tag, killrvideo.Page{Number: 1, Size: 10}); err != nil || got.Total != 0 || len(got.Items) != 0 {
			t.Errorf("%d letters: %+v %v", len(tag), got, err)
		}
	}
}

// observed embeds like the other and calls seen first.
type observed struct {
	killrvideo.Embedder
	seen func()
}

func (o observed) Embed(ctx context.Context, text string, query bool) (killrvideo.Embedding, error) {
	o.seen()
	return o.Embedder.Embed(ctx, text, query)
}

// An edit in the middle of a submission would have its words overwritten.
func TestNobodyElseChangesAVideoThatIsBeingSubmitted(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue(cats)
	found := catalogue.Completer.Work.(*index)
	held := 0
	catalogue.Completer.Embed = observed{catalogue.Completer.Embed, func() { held = len(found.locked) }}
	if _, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"}); err != nil {
		t.Fatal(err)
	}
	if held != 1 || len(found.locked) != 0 {
		t.Errorf("%d locks while it is indexed, %d afterwards", held, len(found.locked))
	}
}
