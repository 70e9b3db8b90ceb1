package killrvideo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// shown is a video that can be commented on.
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
	comment, err := c.Comments.Add(t.Context(), author, video, text)
	if err != nil {
		t.Fatal(err)
	}
	return comment
}

// member is an account that is stored.
func (c *community) member(name string) killrvideo.User {
	user := killrvideo.User{ID: uuid.New(), FirstName: name, LastName: "L", AccountStatus: killrvideo.AccountActive, Roles: []killrvideo.Role{killrvideo.RoleCreator}}
	c.users.byID[user.ID] = user
	return user
}

func moderating() killrvideo.User {
	return killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleModerator}}
}

func TestACommentIsStoredAndRemembered(t *testing.T) {
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
			return c.Comments.ByUser(t.Context(), ada.ID, killrvideo.Page{})
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
		_, err := c.Comments.Add(t.Context(), creator(), test.video, test.text)
		if killrvideo.ErrorCode(err) != test.want || (err == nil) != (len(c.comments.byID) == before+1) {
			t.Errorf("%s: %v, %d stored", name, err, len(c.comments.byID)-before)
		}
	}
}

func TestACommentThatIsNotStoredIsNotRemembered(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	video := c.shown(t, creator())
	for broken, stored := range map[string]int{"Video": 0, "AddComment": 0, "Record": 1} {
		c.faults.broken = broken
		_, err := c.Comments.Add(t.Context(), creator(), video.ID, "a text")
		if (err == nil) != (stored == 1) || len(c.comments.byID) != stored || len(c.activities.all) != 0 {
			t.Errorf("%s is broken: %v, %d comments, %d activities", broken, err, len(c.comments.byID), len(c.activities.all))
		}
		clear(c.comments.byID)
	}
}

func TestAuthorsAreAskedForOnce(t *testing.T) {
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
		t.Errorf("nobody has to be asked: %v", err)
	}
	c.faults.broken = "list"
	if _, err := c.Comments.ByUser(t.Context(), ada.ID, killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("the list cannot be read: %v", err)
	}
}

func TestWhoMayDeleteAComment(t *testing.T) {
	t.Parallel()
	author := creator()
	tests := map[string]struct {
		caller  killrvideo.User
		another bool // the path names another video
		want    string
	}{
		"its author": {author, false, ""}, "a moderator": {moderating(), false, ""},
		"somebody else": {creator(), false, killrvideo.EFORBIDDEN}, "by another video": {author, true, killrvideo.ENOTFOUND},
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

// Whatever fails in the middle of deleting and restoring: doing it again
// finishes it, and the activity counts once or not at all.
func TestDeletingAndRestoringAgainMendsWhatFailed(t *testing.T) {
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

// TestCommentsAreSeenByThoseWhoSeeTheVideo: a video that is hidden takes its
// comments with it.
func TestCommentsAreSeenByThoseWhoSeeTheVideo(t *testing.T) {
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
