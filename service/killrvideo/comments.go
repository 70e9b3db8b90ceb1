package killrvideo

import (
	"context"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// Comment is what a user says about a video. FirstName and LastName are the
// author's at the time it is read. Sentiment is -1 to 1, nil for texts that
// are too short to tell. DeletedAt is zero for a comment that anybody may see.
type Comment struct {
	ID        uuid.UUID // version 7, of CreatedAt
	VideoID   uuid.UUID
	UserID    uuid.UUID
	Text      string
	Sentiment *float64
	CreatedAt time.Time
	DeletedAt time.Time
	FirstName string
	LastName  string
}

// Deleted reports whether the comment is hidden.
func (c Comment) Deleted() bool { return !c.DeletedAt.IsZero() }

// CommentRepository keeps comments and counts them.
type CommentRepository interface {
	AddComment(ctx context.Context, c Comment) error
	// Comment gives deleted comments too; ENOTFOUND is "Comment not found".
	Comment(ctx context.Context, id uuid.UUID) (Comment, error)
	// RemoveComment stores the deletion time and takes it off its lists.
	RemoveComment(ctx context.Context, c Comment) error
	// RestoreComment undoes RemoveComment.
	RestoreComment(ctx context.Context, c Comment) error
	// CommentsOfVideo and CommentsOfUser are without deleted ones, newest first.
	CommentsOfVideo(ctx context.Context, video uuid.UUID, page Page) (Listing[Comment], error)
	CommentsOfUser(ctx context.Context, user uuid.UUID, page Page) (Listing[Comment], error)
}

// UserNames finds the authors of comments.
type UserNames interface {
	Users(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
}

// Comments is what one can do with comments. All fields are required.
type Comments struct {
	Repository CommentRepository
	Videos     VideoRepository
	Users      UserNames
	Activities ActivityRepository
	Audits     AuditRepository
	// NewID makes the id of a comment written at a time.
	NewID func(at time.Time) uuid.UUID
	Now   func() time.Time
	Log   *slog.Logger
}

const maxComment = 1000

var errNoComment = Errorf(ENOTFOUND, "Comment not found")

// Add writes the caller's comment on a video.
func (c *Comments) Add(ctx context.Context, caller User, video uuid.UUID, text string) (Comment, error) {
	var problems []FieldError
	text = textRule{"text", 1, maxComment}.check(text, &problems)
	if err := Invalid(problems...); err != nil {
		return Comment{}, err
	}
	on, err := c.Videos.Video(ctx, video)
	if err == nil {
		err = on.usableBy(SignedIn(caller))
	}
	if err != nil {
		return Comment{}, err
	}
	now := timestamp(c.Now())
	comment := Comment{
		ID: c.NewID(now), VideoID: video, UserID: caller.ID, Text: text, Sentiment: Sentiment(text), CreatedAt: now,
		FirstName: caller.FirstName, LastName: caller.LastName,
	}
	if err := c.Repository.AddComment(ctx, comment); err != nil {
		return Comment{}, err
	}
	remember(ctx, c.Activities, c.Log, comment.activity())
	return comment, nil
}

func (c Comment) activity() Activity {
	return Activity{ID: c.ID, UserID: c.UserID, VideoID: c.VideoID, Type: ActivityComment, At: c.CreatedAt}
}

// OfVideo are the comments on a video; none for an unknown one, and for one
// that the viewer may not see.
func (c *Comments) OfVideo(ctx context.Context, viewer Viewer, video uuid.UUID, page Page) (Listing[Comment], error) {
	var listing Listing[Comment]
	err := both(
		func() error {
			on, err := c.Videos.Video(ctx, video)
			if err != nil {
				return err
			}
			return on.visibleTo(viewer)
		},
		func() (err error) {
			listing, err = c.Repository.CommentsOfVideo(ctx, video, page)
			return err
		},
	)
	if ErrorCode(err) == ENOTFOUND {
		return Listing[Comment]{}, nil
	}
	if err != nil {
		return Listing[Comment]{}, err
	}
	return c.named(ctx, listing)
}

// ByUser are one user's comments; none for an unknown user.
func (c *Comments) ByUser(ctx context.Context, user uuid.UUID, page Page) (Listing[Comment], error) {
	listing, err := c.Repository.CommentsOfUser(ctx, user, page)
	if err != nil {
		return listing, err
	}
	return c.named(ctx, listing)
}

// named adds the names of the authors; those of accounts that are gone stay
// empty.
func (c *Comments) named(ctx context.Context, listing Listing[Comment]) (Listing[Comment], error) {
	var ids []uuid.UUID
	seen := map[uuid.UUID]bool{}
	for _, comment := range listing.Items {
		if !seen[comment.UserID] {
			seen[comment.UserID], ids = true, append(ids, comment.UserID)
		}
	}
	if len(ids) == 0 {
		return listing, nil
	}
	users, err := c.Users.Users(ctx, ids)
	for i, comment := range listing.Items {
		listing.Items[i].FirstName, listing.Items[i].LastName = users[comment.UserID].FirstName, users[comment.UserID].LastName
	}
	return listing, err
}

// One gives a comment with its author's names, a deleted one too: it is for
// moderators.
func (c *Comments) One(ctx context.Context, id uuid.UUID) (Comment, error) {
	comment, err := c.Repository.Comment(ctx, id)
	if err != nil {
		return Comment{}, err
	}
	named, err := c.named(ctx, Listing[Comment]{Items: []Comment{comment}})
	return named.Items[0], err
}

// Delete hides a comment of the caller, any comment for a moderator.
func (c *Comments) Delete(ctx context.Context, caller User, video, id uuid.UUID) error {
	comment, err := c.Repository.Comment(ctx, id)
	switch {
	case err != nil:
		return err
	case comment.Deleted() || comment.VideoID != video:
		return errNoComment
	case comment.UserID != caller.ID && !caller.Can(RoleModerator):
		return Errorf(EFORBIDDEN, "User does not have permission to delete this comment")
	}
	if err := auditOf(ctx, c.Audits, caller, comment.UserID, id, "delete comment", c.Now()); err != nil {
		return err
	}
	return c.Hide(ctx, comment)
}

// Hide deletes a comment for whoever may. That it was written is forgotten
// first: whoever repeats this after a failure still finds the comment then.
func (c *Comments) Hide(ctx context.Context, comment Comment) error {
	if err := c.Activities.Forget(ctx, comment.activity()); err != nil {
		return err
	}
	comment.DeletedAt = timestamp(c.Now())
	return c.Repository.RemoveComment(ctx, comment)
}

// Restore brings a deleted comment back into its lists. What is not deleted
// stays as it is. An earlier restoration may have failed halfway, so its
// activity is forgotten before it is recorded: it counts once.
func (c *Comments) Restore(ctx context.Context, id uuid.UUID) error {
	comment, err := c.Repository.Comment(ctx, id)
	if err != nil || !comment.Deleted() {
		return err
	}
	comment.DeletedAt = time.Time{}
	if err := c.Activities.Forget(ctx, comment.activity()); err != nil {
		return err
	}
	if err := c.Activities.Record(ctx, comment.activity()); err != nil {
		return err
	}
	return c.Repository.RestoreComment(ctx, comment)
}

// What the mood of a comment is told by. Words are whole: "badge" is not bad.
var (
	unhappy = []string{"sad", "bad", "terrible"}
	sullen  = []string{":(", "☹", "😢"}
	happy   = []string{"great", "awesome", "love", "excellent"}
)

const (
	shortText    = 10 // characters; shorter texts tell nothing
	moodUnhappy  = -0.8
	moodHappy    = 0.9
	moodBalanced = 0.1
)

// Sentiment guesses the mood of a text by its words and signs.
func Sentiment(text string) *float64 {
	mood := moodBalanced
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case anyIn(words, unhappy) || containsAny(text, sullen):
		mood = moodUnhappy
	case anyIn(words, happy) || strings.Contains(text, "!"):
		mood = moodHappy
	case len([]rune(strings.TrimSpace(text))) < shortText:
		return nil
	}
	return &mood
}

func anyIn(words, of []string) bool {
	for _, word := range words {
		for _, one := range of {
			if word == one {
				return true
			}
		}
	}
	return false
}

func containsAny(text string, signs []string) bool {
	for _, sign := range signs {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
