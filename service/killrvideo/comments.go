package killrvideo

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// Comment is a user's comment on a video. FirstName and LastName are the author's at
// the time of reading. Sentiment is -1 to 1, nil for texts that are too short.
// DeletedAt is zero unless the comment is deleted.
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

// Deleted reports whether the comment is deleted.
func (c Comment) Deleted() bool { return !c.DeletedAt.IsZero() }

// CommentRepository stores and counts comments.
type CommentRepository interface {
	AddComment(ctx context.Context, c Comment) error
	// Comment returns deleted comments too; ENOTFOUND is "Comment not found".
	Comment(ctx context.Context, id uuid.UUID) (Comment, error)
	// RemoveComment stores the deletion time and deletes the comment from its lists.
	RemoveComment(ctx context.Context, c Comment) error
	// RestoreComment reverts RemoveComment.
	RestoreComment(ctx context.Context, c Comment) error
	// CommentsOfVideo and CommentsOfUser are without deleted ones, newest first.
	CommentsOfVideo(ctx context.Context, video uuid.UUID, page Page) (Listing[Comment], error)
	CommentsOfUser(ctx context.Context, user uuid.UUID, page Page) (Listing[Comment], error)
}

// UserNames finds the authors of comments.
type UserNames interface {
	Users(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
}

// Comments adds, lists, deletes and restores comments. All fields are required.
type Comments struct {
	Repository CommentRepository
	Videos     VideoRepository
	Users      UserNames
	Activities ActivityRepository
	Audits     AuditRepository
	// NewID makes the id of a comment of a time.
	NewID func(at time.Time) uuid.UUID
	Now   func() time.Time
	Log   *slog.Logger
}

const maxComment = 1000

var errNoComment = Errorf(ENOTFOUND, "Comment not found")

// Add stores the caller's comment on a video.
func (c *Comments) Add(ctx context.Context, caller Caller, video uuid.UUID, text string) (Comment, error) {
	var problems []FieldError
	text = textRule{"text", 1, maxComment}.check(text, &problems)
	if err := Invalid(problems...); err != nil {
		return Comment{}, err
	}
	author, err := usable(ctx, c.Videos, caller.viewer, video)
	if err != nil {
		return Comment{}, err
	}
	now := timestamp(c.Now())
	comment := Comment{
		ID: c.NewID(now), VideoID: video, UserID: author.ID, Text: text, Sentiment: Sentiment(text), CreatedAt: now,
		FirstName: author.FirstName, LastName: author.LastName,
	}
	err = recording(ctx, c.Activities, c.Log, comment.activity(), func() error { return c.Repository.AddComment(ctx, comment) })
	if err != nil {
		return Comment{}, err
	}
	return comment, nil
}

func (c Comment) activity() Activity {
	return Activity{ID: c.ID, UserID: c.UserID, VideoID: c.VideoID, Type: ActivityComment, At: c.CreatedAt}
}

// OfVideo are the comments on a video; none for one that is unknown or not visible to
// the viewer.
func (c *Comments) OfVideo(ctx context.Context, viewer Viewer, video uuid.UUID, page Page) (Listing[Comment], error) {
	var listing Listing[Comment]
	err := parallel.Do(
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
	return c.withNames(ctx, listing)
}

// ByUser are one user's comments on videos that are visible to the viewer; none for an
// unknown user. A page has fewer comments than its size where others are hidden.
func (c *Comments) ByUser(ctx context.Context, viewer Viewer, user uuid.UUID, page Page) (Listing[Comment], error) {
	listing, err := c.Repository.CommentsOfUser(ctx, user, page)
	if err != nil || len(listing.Items) == 0 {
		return listing, err
	}
	var videos map[uuid.UUID]Video
	err = parallel.Do(
		func() (err error) {
			videos, err = c.Videos.VideosByID(ctx, distinct(listing.Items, func(c Comment) uuid.UUID { return c.VideoID }))
			return err
		},
		func() (err error) {
			listing, err = c.withNames(ctx, listing)
			return err
		},
	)
	if err != nil {
		return Listing[Comment]{}, err
	}
	viewer = sync.OnceValues(viewer)
	var visible []Comment
	for _, comment := range listing.Items {
		var err error = errNoVideo
		if video, found := videos[comment.VideoID]; found {
			err = video.visibleTo(viewer)
		}
		switch {
		case err == nil:
			visible = append(visible, comment)
		case ErrorCode(err) != ENOTFOUND:
			return Listing[Comment]{}, err
		}
	}
	listing.Items = visible
	return listing, nil
}

// distinct lists each id of the comments once, in their order.
func distinct(comments []Comment, id func(Comment) uuid.UUID) (ids []uuid.UUID) {
	seen := map[uuid.UUID]bool{}
	for _, comment := range comments {
		if one := id(comment); !seen[one] {
			seen[one], ids = true, append(ids, one)
		}
	}
	return ids
}

// withNames adds the names of the authors, empty for those without an account.
func (c *Comments) withNames(ctx context.Context, listing Listing[Comment]) (Listing[Comment], error) {
	ids := distinct(listing.Items, func(c Comment) uuid.UUID { return c.UserID })
	if len(ids) == 0 {
		return listing, nil
	}
	users, err := c.Users.Users(ctx, ids)
	for i, comment := range listing.Items {
		listing.Items[i].FirstName, listing.Items[i].LastName = users[comment.UserID].FirstName, users[comment.UserID].LastName
	}
	return listing, err
}

// One returns a comment with its author's names, also a deleted one, for moderators.
func (c *Comments) One(ctx context.Context, id uuid.UUID) (Comment, error) {
	comment, err := c.Repository.Comment(ctx, id)
	if err != nil {
		return Comment{}, err
	}
	named, err := c.withNames(ctx, Listing[Comment]{Items: []Comment{comment}})
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

// Hide deletes a comment. The caller is authorized. The activity is removed first, so
// that after a failure the comment can be deleted again.
func (c *Comments) Hide(ctx context.Context, comment Comment) error {
	if err := c.Activities.Forget(ctx, comment.activity()); err != nil {
		return err
	}
	comment.DeletedAt = timestamp(c.Now())
	return c.Repository.RemoveComment(ctx, comment)
}

// Restore adds a deleted comment to its lists again. It is idempotent. An earlier
// restoration may have failed halfway, so the activity is removed before it is
// recorded: it counts once.
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

// The words and signs of a mood. Words are whole: "badge" is not bad.
var (
	unhappy = []string{"sad", "bad", "terrible"}
	sullen  = []string{":(", "☹", "😢"}
	happy   = []string{"great", "awesome", "love", "excellent"}
)

const (
	shortText    = 10 // characters; shorter texts have no mood
	moodUnhappy  = -0.8
	moodHappy    = 0.9
	moodBalanced = 0.1
)

// Sentiment guesses the mood of a text by its words and signs, nil if it has none.
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
