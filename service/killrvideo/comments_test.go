package killrvideo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// shown stores a public video.
func (c *community) shown(t *testing.T, owner killrvideo.User) killrvideo.Video {
	t.Helper()
	video, err := c.Catalogue.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	return video
}

func (c *community) said(t *testing.T, author killrvideo.User, video uuid.UUID, text string) killrvideo.Comment {
	t.Helper()
	comment, err := c.Comments.Add(t.Context(), killrvideo.Authorized(author), video, text)
	if err != nil {
		t.Fatal(err)
	}
	return comment
}

// member stores an account.
func (c *community) member(name string) killrvideo.User {
	user := killrvideo.User{
		ID: uuid.New(), FirstName: name, LastName: "L", AccountStatus: killrvideo.AccountActive,
		Roles: []killrvideo.Role{killrvideo.RoleCreator},
	}
	c.users.byID[user.ID] = user
	return user
}

func moderating() killrvideo.User {
	return killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleModerator}}
}

func TestACommentIsStoredAndRecorded(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada := c.member("Ada")
	video := c.shown(t, creator())
	got := c.said(t, ada, video.ID, "  I love this \n")
	mood := 0.9
	want := killrvideo.Comment{
		ID: got.ID, VideoID: video.ID, UserID: ada.ID, Text: "I love this", Sentiment: &mood, CreatedAt: at(0), FirstName: "Ada", LastName: "L",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	done := killrvideo.Activity{ID: got.ID, UserID: ada.ID, VideoID: video.ID, Type: killrvideo.ActivityComment, At: at(0)}
	if diff := cmp.Diff([]killrvideo.Activity{done}, c.activities.all); diff != "" {
		t.Error(diff)
	}
	for name, list := range map[string]func() (killrvideo.Listing[killrvideo.Comment], error){
		"of the video": func() (killrvideo.Listing[killrvideo.Comment], error) {
			return c.Comments.OfVideo(t.Context(), anonymous, video.ID, killrvideo.Page{})
		},
		"of the user": func() (killrvideo.Listing[killrvideo.Comment], error) {
			return c.Comments.ByUser(t.Context(), anonymous, ada.ID, killrvideo.Page{})
		},
	} {
		listing, err := list()
		if diff := cmp.Diff([]killrvideo.Comment{want}, listing.Items); diff != "" || err != nil {
			t.Error(name, err, diff)
		}
	}
}

func TestACommentIsRefused(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	video, deleted := c.shown(t, creator()), c.shown(t, creator())
	if err := c.Catalogue.Hide(t.Context(), deleted.ID); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		video      uuid.UUID
		text, want string
	}{
		"blank":         {video.ID, " \n\t", killrvideo.EINVALID},
		"too long":      {video.ID, strings.Repeat("é", 1001), killrvideo.EINVALID},
		"long enough":   {video.ID, " " + strings.Repeat("é", 1000) + " ", ""},
		"no such video": {uuid.New(), "text", killrvideo.ENOTFOUND},
		"deleted video": {deleted.ID, "text", killrvideo.ENOTFOUND},
	}
	for name, test := range tests {
		before := len(c.comments.byID)
		_, err := c.Comments.Add(t.Context(), killrvideo.Authorized(creator()), test.video, test.text)
		if killrvideo.ErrorCode(err) != test.want || (err == nil) != (len(c.comments.byID) == before+1) {
			t.Errorf("%s: %v, %d stored", name, err, len(c.comments.byID)-before)
		}
	}
}

func TestACommentThatIsNotStoredIsNotRecorded(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	video := c.shown(t, creator())
	for broken, stored := range map[string]int{"Video": 0, "AddComment": 0, "Record": 1} {
		c.faults.broken = broken
		_, err := c.Comments.Add(t.Context(), killrvideo.Authorized(creator()), video.ID, "a text")
		if (err == nil) != (stored == 1) || len(c.comments.byID) != stored || len(c.activities.all) != 0 {
			t.Errorf("%s is broken: %v, %d comments, %d activities", broken, err, len(c.comments.byID), len(c.activities.all))
		}
		clear(c.comments.byID)
	}
}

func TestAuthorsAreReadOnce(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, gone := c.member("Ada"), creator()
	video := c.shown(t, creator())
	for range 3 {
		c.said(t, ada, video.ID, "a text")
		c.said(t, gone, video.ID, "a text")
	}
	listing, err := c.Comments.OfVideo(t.Context(), anonymous, video.ID, killrvideo.Page{})
	if err != nil || len(listing.Items) != 6 {
		t.Fatalf("%d comments, %v", len(listing.Items), err)
	}
	for _, comment := range listing.Items {
		if want := map[uuid.UUID]string{ada.ID: "Ada"}[comment.UserID]; comment.FirstName != want {
			t.Errorf("%q instead of %q", comment.FirstName, want)
		}
	}
	c.users.fail = errDown
	if _, err := c.Comments.OfVideo(t.Context(), anonymous, video.ID, killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("names cannot be had: %v", err)
	}
	if _, err := c.Comments.OfVideo(t.Context(), anonymous, uuid.New(), killrvideo.Page{}); err != nil {
		t.Errorf("no names are read: %v", err)
	}
	c.faults.broken = "list"
	if _, err := c.Comments.ByUser(t.Context(), anonymous, ada.ID, killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("the list cannot be read: %v", err)
	}
}

func TestCommentsOfAUserOnHiddenVideosAreHidden(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, owner := c.member("Ada"), creator()
	shown, deleted, pending := c.shown(t, owner), c.shown(t, owner), c.shown(t, owner)
	for _, video := range []uuid.UUID{shown.ID, deleted.ID, pending.ID, shown.ID} {
		c.said(t, ada, video, "a text")
	}
	if err := c.Catalogue.Hide(t.Context(), deleted.ID); err != nil {
		t.Fatal(err)
	}
	pending.Status = killrvideo.StatusPending
	if err := c.videos.CreateVideo(t.Context(), pending); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		viewer killrvideo.Viewer
		want   int
	}{
		"anonymous": {anonymous, 2}, "the author": {killrvideo.SignedIn(ada), 2},
		"the uploader": {killrvideo.SignedIn(owner), 3}, "a moderator": {killrvideo.SignedIn(moderating()), 4},
	} {
		asked := 0
		viewer := func() (*killrvideo.User, error) { asked++; return test.viewer() }
		listing, err := c.Comments.ByUser(t.Context(), viewer, ada.ID, killrvideo.Page{})
		if err != nil || len(listing.Items) != test.want || asked != 1 {
			t.Errorf("%s: %d comments, want %d; asked who it is %d times; %v", name, len(listing.Items), test.want, asked, err)
		}
		for _, comment := range listing.Items {
			if comment.FirstName != "Ada" {
				t.Errorf("%s: a comment has no name", name)
			}
		}
	}
	unknown := func() (*killrvideo.User, error) { return nil, errDown }
	if _, err := c.Comments.ByUser(t.Context(), unknown, ada.ID, killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("a viewer that cannot be identified: %v", err)
	}
	c.faults.broken = "VideosByID"
	if _, err := c.Comments.ByUser(t.Context(), anonymous, ada.ID, killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("the videos cannot be read: %v", err)
	}
}

func TestAuthorsAndModeratorsDeleteComments(t *testing.T) {
	t.Parallel()
	author := creator()
	tests := map[string]struct {
		caller  killrvideo.User
		another bool // the path names another video
		want    string
	}{
		"its author": {author, false, ""}, "a moderator": {moderating(), false, ""},
		"another user": {creator(), false, killrvideo.EFORBIDDEN}, "by another video": {author, true, killrvideo.ENOTFOUND},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCommunity()
			video := c.shown(t, creator()).ID
			comment := c.said(t, author, video, "a text")
			if test.another {
				video = uuid.New()
			}
			err := c.Comments.Delete(t.Context(), test.caller, video, comment.ID)
			if killrvideo.ErrorCode(err) != test.want {
				t.Fatal(err)
			}
			if gone := c.comments.byID[comment.ID].Deleted(); gone != (err == nil) || gone != (c.activities.counted[comment.ID] == 0) {
				t.Errorf("deleted %t, counted %v", gone, c.activities.counted)
			}
			if err == nil {
				if err := c.Comments.Delete(t.Context(), test.caller, video, comment.ID); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
					t.Errorf("a second time: %v", err)
				}
			}
		})
	}
	c := newCommunity()
	if err := c.Comments.Delete(t.Context(), author, uuid.New(), uuid.New()); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("an unknown one: %v", err)
	}
}

// Deletions and restorations that failed at any step can be repeated, and the activity
// counts once or not at all.
func TestDeletingAndRestoringCanBeRepeatedAfterAFailure(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"Comment", "Forget", "RemoveComment", "Record", "RestoreComment"} {
		c := newCommunity()
		author, video := creator(), c.shown(t, creator())
		comment := c.said(t, author, video.ID, "a text")
		again := func(act func() error) {
			c.faults.broken = broken
			failed := act()
			c.faults.broken = ""
			if failed != nil {
				if err := act(); err != nil {
					t.Errorf("%s was broken: %v", broken, err)
				}
			}
		}
		again(func() error { return c.Comments.Delete(t.Context(), author, video.ID, comment.ID) })
		if !c.comments.byID[comment.ID].Deleted() || c.activities.counted[comment.ID] != 0 {
			t.Errorf("%s was broken: deleted %t, counted %v", broken, c.comments.byID[comment.ID].Deleted(), c.activities.counted)
		}
		again(func() error { return c.Comments.Restore(t.Context(), comment.ID) })
		if c.comments.byID[comment.ID].Deleted() || c.activities.counted[comment.ID] != 1 {
			t.Errorf("%s was broken: deleted %t, counted %v", broken, c.comments.byID[comment.ID].Deleted(), c.activities.counted)
		}
		if err := c.Comments.Restore(t.Context(), comment.ID); err != nil || c.activities.counted[comment.ID] != 1 {
			t.Errorf("restored again: counted %v, %v", c.activities.counted, err)
		}
	}
}

func TestSentiment(t *testing.T) {
	t.Parallel()
	mood := func(m float64) *float64 { return &m }
	for text, want := range map[string]*float64{
		"short": nil, "   padded     ": nil, "exactly 10": mood(0.1), "a text like any other": mood(0.1),
		"bad": mood(-0.8), "BAD!": mood(-0.8), "what a badge": mood(0.1), "so sad, and yet great": mood(-0.8), ":(": mood(-0.8),
		"love": mood(0.9), "glove": nil, "wow!": mood(0.9), "Awesome.": mood(0.9), "😢😢": mood(-0.8),
	} {
		if diff := cmp.Diff(want, killrvideo.Sentiment(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// The comments of a video that is not visible are not visible either.
func TestCommentsAreVisibleWithTheirVideo(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	owner, moderator := creator(), creator()
	moderator.Roles = []killrvideo.Role{killrvideo.RoleModerator}
	video := c.shown(t, owner)
	c.said(t, creator(), video.ID, "a text")
	seen := func(step string, public, own int) {
		t.Helper()
		for viewer, test := range map[string]struct {
			viewer killrvideo.Viewer
			want   int
		}{
			"anonymous": {anonymous, public}, "another user": {killrvideo.SignedIn(creator()), public},
			"owner": {killrvideo.SignedIn(owner), own}, "moderator": {killrvideo.SignedIn(moderator), 1},
		} {
			listing, err := c.Comments.OfVideo(t.Context(), test.viewer, video.ID, killrvideo.Page{})
			if err != nil || len(listing.Items) != test.want {
				t.Errorf("%s, %s: %d comments, %v, want %d", step, viewer, len(listing.Items), err, test.want)
			}
		}
	}
	seen("published", 1, 1)
	stored := c.videos.byID[video.ID]
	stored.Status = killrvideo.StatusError
	c.videos.byID[video.ID] = stored
	seen("unpublished", 0, 1)
	stored.Status, stored.DeletedAt = killrvideo.StatusReady, at(0)
	c.videos.byID[video.ID] = stored
	seen("deleted", 0, 0)
}
