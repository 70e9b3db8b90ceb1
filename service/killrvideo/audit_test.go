package killrvideo_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Actions of moderators on content of other users are audited, or not done;
// actions of users on their own content are not audited.
func TestEditsAndDeletionsByModeratorsAreAudited(t *testing.T) {
	t.Parallel()
	owner, moderator := creator(), moderating()
	title := "A new title"
	for name, act := range map[string]func(*community, killrvideo.User, killrvideo.Video, killrvideo.Comment) error{
		"edit video": func(c *community, by killrvideo.User, v killrvideo.Video, _ killrvideo.Comment) error {
			_, err := c.Catalogue.Update(t.Context(), by, v.ID, killrvideo.VideoChange{Title: &title})
			return err
		},
		"delete video": func(c *community, by killrvideo.User, v killrvideo.Video, _ killrvideo.Comment) error {
			return c.Catalogue.Delete(t.Context(), by, v.ID)
		},
		"delete comment": func(c *community, by killrvideo.User, v killrvideo.Video, m killrvideo.Comment) error {
			return c.Comments.Delete(t.Context(), by, v.ID, m.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, by := range []killrvideo.User{owner, moderator} {
				c, v, m := withContent(owner)
				if err := act(c, by, v, m); err != nil {
					t.Fatal(err)
				}
				written := c.written.all
				if by.ID == owner.ID && len(written) != 0 {
					t.Errorf("the owner's own act is written down: %+v", written)
				}
				if by.ID != owner.ID && (len(written) != 1 || written[0].Action != name || written[0].ActorID != by.ID) {
					t.Errorf("written down is %+v", written)
				}
			}
			c, v, m := withContent(owner)
			c.written.fail = errDown
			if err := act(c, moderator, v, m); !errors.Is(err, errDown) {
				t.Errorf("it cannot be written down, and yet %v", err)
			}
			if got := c.videos.byID[v.ID]; got.Deleted() || got.Title != v.Title || c.comments.byID[m.ID].Deleted() {
				t.Errorf("it was done without being written down: %+v", got)
			}
		})
	}
}

// withContent makes a community with a video and a comment of one user.
func withContent(owner killrvideo.User) (*community, killrvideo.Video, killrvideo.Comment) {
	c := newCommunity()
	v := killrvideo.Video{
		Summary: killrvideo.Summary{ID: uuid.New(), UserID: owner.ID, Title: "A title", SubmittedAt: at(0), Status: killrvideo.StatusReady},
	}
	m := killrvideo.Comment{ID: newID(at(1)), VideoID: v.ID, UserID: owner.ID, Text: "A comment", CreatedAt: at(1)}
	c.videos.byID[v.ID], c.comments.byID[m.ID] = v, m
	return c, v, m
}
