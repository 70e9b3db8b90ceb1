package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Comments implements killrvideo.CommentRepository.
type Comments struct {
	*db
	// rollbacks are new comments that were refused and may be listed.
	rollbacks backlog[uuid.UUID, killrvideo.Comment]
}

var _ killrvideo.CommentRepository = (*Comments)(nil)

// commentRow is a copy of a comment. The one in the comment's own list remains when
// it is deleted.
type commentRow struct {
	List      string     `json:"list"`
	ID        uuid.UUID  `json:"id"`
	VideoID   uuid.UUID  `json:"videoid"`
	UserID    uuid.UUID  `json:"userid"`
	Comment   string     `json:"comment"`
	Sentiment *float64   `json:"sentiment_score,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	DeletedAt *time.Time `json:"deleted_at,omitempty"`
}

func rowOfComment(list string, c killrvideo.Comment) commentRow {
	return commentRow{
		List: list, ID: c.ID, VideoID: c.VideoID, UserID: c.UserID, Comment: c.Text, Sentiment: c.Sentiment, CreatedAt: c.CreatedAt,
	}
}

func (r commentRow) itemID() uuid.UUID { return r.ID }

func (r commentRow) comment() killrvideo.Comment {
	return killrvideo.Comment{
		ID: r.ID, VideoID: r.VideoID, UserID: r.UserID, Text: r.Comment, Sentiment: r.Sentiment,
		CreatedAt: r.CreatedAt.UTC(), DeletedAt: orZero(r.DeletedAt),
	}
}

func commentList(id uuid.UUID) string { return "comment:" + id.String() }

// listsOfComment are the lists that show and count a comment.
func listsOfComment(c killrvideo.Comment) []string {
	return []string{videoList(c.VideoID), raterList(c.UserID)}
}

func commentDeltas(c killrvideo.Comment, items int64) []tally.Delta {
	var deltas []tally.Delta
	for _, list := range listsOfComment(c) {
		deltas = append(deltas, tally.Delta{List: list, Numbers: tally.Numbers{Items: items}})
	}
	return deltas
}

// AddComment implements killrvideo.CommentRepository.
func (s *Comments) AddComment(ctx context.Context, c killrvideo.Comment) error {
	err := s.count(ctx, schema.Comments, commentRows(c), commentDeltas(c, 1)...)
	if err != nil { // some of the rows may be stored, also if the client is gone
		err = errors.Join(err, s.rollBack(context.WithoutCancel(ctx), c))
	}
	return failed(err, fmt.Sprintf("store a comment on video %s", c.VideoID))
}

// rollBack takes a refused comment out of its lists. What cannot be deleted is
// tried again in the background.
func (s *Comments) rollBack(ctx context.Context, c killrvideo.Comment) error {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	err := s.unlistComment(ctx, c)
	if err != nil {
		s.rollbacks.put(c.ID, c)
	}
	return err
}

// rollBackAgain continues rollbacks that have failed, until one fails again.
func (s *Comments) rollBackAgain(ctx context.Context) {
	jobs := s.rollbacks.take()
	for id, c := range jobs {
		delete(jobs, id)
		if err := s.rollBack(ctx, c); err != nil {
			s.warn(ctx, "take a refused comment out of its lists", err)
			break
		}
	}
	for id, c := range jobs {
		s.rollbacks.put(id, c)
	}
}

// commentRows are all copies of a comment.
func commentRows(c killrvideo.Comment) []any {
	rows := []any{rowOfComment(commentList(c.ID), c)}
	for _, list := range listsOfComment(c) {
		rows = append(rows, rowOfComment(list, c))
	}
	return rows
}

// Comment implements killrvideo.CommentRepository.
func (s *Comments) Comment(ctx context.Context, id uuid.UUID) (killrvideo.Comment, error) {
	var row commentRow
	err := s.table(ctx, schema.Comments).FindOne(ctx, filter.F{"list": commentList(id), "id": id}).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		return killrvideo.Comment{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Comment not found")
	}
	return row.comment(), failed(err, fmt.Sprintf("read comment %s", id))
}

// RemoveComment implements killrvideo.CommentRepository. It is idempotent: only a
// comment that is in its lists is deducted from their totals.
func (s *Comments) RemoveComment(ctx context.Context, c killrvideo.Comment) error {
	doing := fmt.Sprintf("remove comment %s", c.ID)
	if err := s.markComment(ctx, c, c.DeletedAt); err != nil {
		return failed(err, doing)
	}
	listed, err := s.commentListed(ctx, c)
	if err != nil || !listed {
		return failed(err, doing)
	}
	if err := s.unlistComment(ctx, c); err != nil {
		return failed(err, doing)
	}
	return failed(s.count(ctx, schema.Comments, nil, commentDeltas(c, -1)...), doing)
}

// RestoreComment implements killrvideo.CommentRepository.
func (s *Comments) RestoreComment(ctx context.Context, c killrvideo.Comment) error {
	doing := fmt.Sprintf("restore comment %s", c.ID)
	listed, err := s.commentListed(ctx, c)
	if err == nil && !listed {
		err = s.count(ctx, schema.Comments, commentRows(c), commentDeltas(c, 1)...)
		if err != nil { // not later: it may be listed again by then
			err = errors.Join(err, s.unlistComment(context.WithoutCancel(ctx), c))
		}
	}
	if err != nil {
		return failed(err, doing)
	}
	return failed(s.markComment(ctx, c, nil), doing)
}

func (s *Comments) markComment(ctx context.Context, c killrvideo.Comment, at any) error {
	return s.table(ctx, schema.Comments).UpdateOne(ctx,
		filter.F{"list": commentList(c.ID), "id": c.ID}, update.Table().Set("deleted_at", at))
}

func (s *Comments) commentListed(ctx context.Context, c killrvideo.Comment) (bool, error) {
	_, err := s.table(ctx, schema.Comments).FindOne(ctx, filter.F{"list": videoList(c.VideoID), "id": c.ID}).Raw()
	if errors.Is(err, results.ErrNoDocuments) {
		return false, nil
	}
	return err == nil, err
}

func (s *Comments) unlistComment(ctx context.Context, c killrvideo.Comment) error {
	var jobs []func() error
	for _, list := range listsOfComment(c) {
		jobs = append(jobs, func() error {
			return s.table(ctx, schema.Comments).DeleteOne(ctx, filter.F{"list": list, "id": c.ID})
		})
	}
	return parallel.Do(jobs...)
}

type commentListing = killrvideo.Listing[killrvideo.Comment]

// CommentsOfVideo implements killrvideo.CommentRepository.
func (s *Comments) CommentsOfVideo(ctx context.Context, video uuid.UUID, page killrvideo.Page) (commentListing, error) {
	return feed(ctx, s.db, schema.Comments, videoList(video), page, commentRow.comment)
}

// CommentsOfUser implements killrvideo.CommentRepository.
func (s *Comments) CommentsOfUser(ctx context.Context, user uuid.UUID, page killrvideo.Page) (commentListing, error) {
	return feed(ctx, s.db, schema.Comments, raterList(user), page, commentRow.comment)
}
