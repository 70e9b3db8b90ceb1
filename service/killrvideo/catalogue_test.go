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
	cats    = answer{
		metadata: killrvideo.Metadata{Title: "Cats", Description: "Many.", Tags: []string{"Pets"}, ThumbnailURL: "https://host.example/big.jpg"},
	}
)

func newCatalogue(answers ...answer) (*killrvideo.Catalogue, *videos, *host) {
	repository, h := newVideos(), &host{answers: answers}
	now := func() time.Time { return at(0) }
	found := newIndex()
	return &killrvideo.Catalogue{Repository: repository, Audits: &audits{}, Host: h, Metadata: h, Now: now, Index: &killrvideo.IndexQueue{
		Work: found, Locks: found, Videos: repository, Source: h, Search: found, Embed: &embedding{}, Now: now, Log: silent(),
		Backoff: killrvideo.Backoff{First: time.Minute, Longest: time.Hour, Every: time.Second, Attempts: 5},
	}}, repository, h
}

// anonymous is a viewer who is not signed in.
func anonymous() (*killrvideo.User, error) { return nil, nil }

func creator() killrvideo.User {
	return killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleCreator}}
}

func TestSubmitCompletesMissingTextsByTheHost(t *testing.T) {
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

func TestSubmitDuringAnOutageOfTheHost(t *testing.T) {
	t.Parallel()
	title := "My cats"
	for name, test := range map[string]struct {
		title     *string
		status    killrvideo.VideoStatus
		want      string
		published bool
	}{
		"without a title": {nil, killrvideo.StatusPending, killrvideo.UntitledVideo, false},
		"with a title":    {&title, killrvideo.StatusReady, title, true},
	} {
		for _, a := range []answer{down, {err: errors.New("odd")}} {
			catalogue, repository, _ := newCatalogue(a)
			video, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc", Title: test.title})
			if err != nil || video.Status != test.status || video.Title != test.want || video.ThumbnailURL == "" {
				t.Errorf("%s, %v: %+v %v", name, a.err, video, err)
			}
			found := catalogue.Index.Search.(*index)
			if stored := repository.byID[video.ID]; stored.Published() != test.published || found.vectors[video.ID] != test.published {
				t.Errorf("%s: published %v, indexed %v", name, stored.Published(), found.vectors[video.ID])
			}
		}
	}
}

func TestSubmitRefusesVideosUnknownToTheHost(t *testing.T) {
	t.Parallel()
	title := "My cats"
	for _, given := range []*string{nil, &title} {
		catalogue, repository, _ := newCatalogue(unknown)
		_, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc", Title: given})
		if killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND || len(repository.byID) != 0 {
			t.Errorf("%v, %d videos stored", err, len(repository.byID))
		}
	}
}

func TestATitleFromItsUploaderPublishesAPendingVideo(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue(down)
	uploader, title := creator(), "My cats"
	video, err := catalogue.Submit(t.Context(), uploader, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := catalogue.Update(t.Context(), uploader, video.ID, killrvideo.VideoChange{Title: &title})
	if err != nil || changed.Status != killrvideo.StatusReady || !catalogue.Index.Search.(*index).vectors[video.ID] {
		t.Errorf("%+v %v", changed, err)
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

func TestSubmitCutsTextsOfTheHost(t *testing.T) {
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

func TestUploadersAndModeratorsChangeVideos(t *testing.T) {
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

func TestUpdateChangesOnlyFieldsThatAreSet(t *testing.T) {
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
	_, err = catalogue.Update(t.Context(), owner, before.ID, killrvideo.VideoChange{Title: &short})
	if killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("short title: %v", err)
	}
}

func TestAnEditOfAVideoThatIsDeletedMeanwhileIsRefused(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	repository, owner, title := c.Repository.(*videos), creator(), "Dogs"
	video, err := c.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	c.Index.Locks = another{found, func(*index, uuid.UUID) {
		gone := video
		gone.DeletedAt = at(1)
		repository.byID[video.ID] = gone
	}}
	_, err = c.Update(t.Context(), owner, video.ID, killrvideo.VideoChange{Title: &title})
	now := repository.byID[video.ID].Title
	if killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND || now == title || len(found.work)+len(found.locked) != 0 {
		t.Errorf("%v: %q, work %+v", err, now, found.work)
	}
}

func TestVisibilityOfVideos(t *testing.T) {
	t.Parallel()
	owner, moderator := creator(), killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleModerator}}
	callers := []struct {
		name   string
		viewer killrvideo.Viewer
	}{
		{"anonymous", anonymous}, {"another user", killrvideo.SignedIn(creator())},
		{"owner", killrvideo.SignedIn(owner)}, {"moderator", killrvideo.SignedIn(moderator)},
	}
	const ok, missing, conflict = "", killrvideo.ENOTFOUND, killrvideo.ECONFLICT
	for name, test := range map[string]struct {
		status           killrvideo.VideoStatus
		deleted          bool
		detail, use, act [4]string
	}{
		"ready":  {killrvideo.StatusReady, false, [4]string{}, [4]string{}, [4]string{}},
		"loaded": {killrvideo.StatusProcessing, false, [4]string{}, [4]string{}, [4]string{}},
		"pending": {
			killrvideo.StatusPending, false, [4]string{missing, missing, ok, ok},
			[4]string{missing, missing, ok, ok}, [4]string{missing, missing, conflict, conflict},
		},
		"failed": {
			killrvideo.StatusError, false, [4]string{missing, missing, ok, ok},
			[4]string{missing, missing, ok, ok}, [4]string{missing, missing, conflict, conflict},
		},
		"deleted": {
			killrvideo.StatusReady, true, [4]string{missing, missing, missing, ok},
			[4]string{missing, missing, missing, missing}, [4]string{missing, missing, missing, missing},
		},
	} {
		for i, caller := range callers {
			community := newCommunity()
			catalogue := community.Catalogue
			video := killrvideo.Video{Summary: killrvideo.Summary{ID: uuid.New(), UserID: owner.ID, Status: test.status}}
			if test.deleted {
				video.DeletedAt = at(1)
			}
			if err := catalogue.Repository.CreateVideo(t.Context(), video); err != nil {
				t.Fatal(err)
			}
			_, detail := catalogue.Detail(t.Context(), caller.viewer, video.ID)
			_, use := catalogue.Video(t.Context(), caller.viewer, video.ID)
			for what, got := range map[string][2]string{
				"Detail": {killrvideo.ErrorCode(detail), test.detail[i]}, "Video": {killrvideo.ErrorCode(use), test.use[i]},
			} {
				if got[0] != got[1] {
					t.Errorf("%s video, %s, %s: %q, want %q", name, caller.name, what, got[0], got[1])
				}
			}
			user, _ := caller.viewer()
			if user == nil {
				continue
			}
			_, rate := catalogue.Rate(t.Context(), killrvideo.Authorized(*user), video.ID, 5)
			view := catalogue.View(t.Context(), killrvideo.SignedIn(*user), video.ID)
			watch := catalogue.Watched(t.Context(), killrvideo.Authorized(*user), video.ID, 5)
			_, comment := community.Comments.Add(t.Context(), killrvideo.Authorized(*user), video.ID, "Nice")
			for what, err := range map[string]error{"Rate": rate, "View": view, "Watched": watch, "comment": comment} {
				if killrvideo.ErrorCode(err) != test.act[i] {
					t.Errorf("%s video, %s, %s: %v, want %q", name, caller.name, what, err, test.act[i])
				}
			}
		}
	}
}

// A tag that no video can have is not queried: as a key it may be too long.
func TestAnInvalidTagIsNotQueried(t *testing.T) {
	t.Parallel()
	c, _, _ := newCatalogue(cats)
	c.Repository = nil // a call panics
	for _, tag := range []string{" ", strings.Repeat("a", 51), strings.Repeat("a", 1<<17)} {
		if got, err := c.ByTag(t.Context(), tag, killrvideo.Page{Number: 1, Size: 10}); err != nil || got.Total != 0 || len(got.Items) != 0 {
			t.Errorf("%d letters: %+v %v", len(tag), got, err)
		}
	}
}

// observed calls seen before it embeds.
type observed struct {
	killrvideo.Embedder
	seen func()
}

func (o observed) Embed(ctx context.Context, text string, query bool) (killrvideo.Embedding, error) {
	o.seen()
	return o.Embedder.Embed(ctx, text, query)
}

// Without the lock, the words of a concurrent edit would be overwritten.
func TestASubmissionHoldsTheLockOfItsVideo(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue(cats)
	found := catalogue.Index.Work.(*index)
	held := 0
	catalogue.Index.Embed = observed{catalogue.Index.Embed, func() { held = len(found.locked) }}
	if _, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"}); err != nil {
		t.Fatal(err)
	}
	if held != 1 || len(found.locked) != 0 {
		t.Errorf("%d locks while it is indexed, %d afterwards", held, len(found.locked))
	}
}
