package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
)

func remark(at time.Time) killrvideo.Comment {
	mood := 0.5
	return killrvideo.Comment{
		ID: store.NewItemID(at), VideoID: uuid.New(), UserID: uuid.New(), Text: "a text", Sentiment: &mood, CreatedAt: at,
	}
}

// listings are the lists of a comment.
func listings(t *testing.T, s *store.Store, c killrvideo.Comment) map[string]killrvideo.Listing[killrvideo.Comment] {
	t.Helper()
	page := killrvideo.Page{Number: 1, Size: 5}
	ofVideo, err := s.Comments.CommentsOfVideo(t.Context(), c.VideoID, page)
	if err != nil {
		t.Fatal(err)
	}
	ofUser, err := s.Comments.CommentsOfUser(t.Context(), c.UserID, page)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]killrvideo.Listing[killrvideo.Comment]{"of the video": ofVideo, "of the user": ofUser}
}

func wantListed(t *testing.T, s *store.Store, when string, c killrvideo.Comment, listed bool) {
	t.Helper()
	want := killrvideo.Listing[killrvideo.Comment]{}
	if listed {
		c.DeletedAt = time.Time{}
		want = killrvideo.Listing[killrvideo.Comment]{Items: []killrvideo.Comment{c}, Total: 1}
	}
	for name, got := range listings(t, s, c) {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s: %s", when, name, diff)
		}
	}
}

func TestACommentIsRemovedAndRestored(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	c := remark(march(10))
	if err := s.Comments.AddComment(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wantListed(t, s, "added", c, true)
	got, err := s.Comments.Comment(t.Context(), c.ID)
	if diff := cmp.Diff(c, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	c.DeletedAt = march(11)
	for range 2 {
		if err := s.Comments.RemoveComment(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	wantListed(t, s, "removed", c, false)
	if got, err := s.Comments.Comment(t.Context(), c.ID); err != nil || !got.DeletedAt.Equal(march(11)) {
		t.Errorf("removed: %+v %v", got, err)
	}
	for range 2 {
		if err := s.Comments.RestoreComment(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	wantListed(t, s, "restored", c, true)
	if got, err := s.Comments.Comment(t.Context(), c.ID); err != nil || got.Deleted() {
		t.Errorf("restored: %+v %v", got, err)
	}
	if _, err := s.Comments.Comment(t.Context(), uuid.New()); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("an unknown one: %v", err)
	}
}

// A change that failed at any step can be repeated, and counts once.
func TestACommentThatFailsHalfwayCanBeRepeated(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	acts := []struct {
		name   string
		do     func(killrvideo.Comment) error
		broken []string
		listed bool
	}{
		{"added", func(c killrvideo.Comment) error { return s.Comments.AddComment(t.Context(), c) }, []string{"insertMany comments"}, true},
		{"removed", func(c killrvideo.Comment) error {
			c.DeletedAt = march(11)
			return s.Comments.RemoveComment(t.Context(), c)
		}, []string{"updateOne comments", "findOne comments", "deleteOne comments"}, false},
		{
			"restored", func(c killrvideo.Comment) error { return s.Comments.RestoreComment(t.Context(), c) },
			[]string{"findOne comments", "insertMany comments", "updateOne comments"}, true,
		},
	}
	for i, act := range acts {
		for _, broken := range act.broken {
			c := remark(march(10))
			for _, before := range acts[:i] {
				if err := before.do(c); err != nil {
					t.Fatal(err)
				}
			}
			proxy.broken.Store(broken)
			if err := act.do(c); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
				t.Errorf("%s, %s is broken, and yet %v", act.name, broken, err)
			}
			proxy.broken.Store("")
			if err := act.do(c); err != nil {
				t.Fatal(err)
			}
			wantListed(t, s, act.name+" again, "+broken+" was broken", c, act.listed)
			listed := len(listings(t, s, c)["of the video"].Items)
			if got := store.Counted(t.Context(), s, "comments", "video:"+c.VideoID.String()); got != int64(listed) {
				t.Errorf("%s, %s was broken: counted %d", act.name, broken, got)
			}
		}
	}
}
