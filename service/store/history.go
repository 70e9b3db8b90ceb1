package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// History is the past of a video that is loaded from a data set.
type History struct {
	Video    uuid.UUID
	Ratings  []killrvideo.Rating // at most one by user
	Comments []killrvideo.Comment
	// Daily are the views of each day, today first; Earlier all views before.
	Daily   []int
	Earlier int
}

// LoadHistory stores the history of a video that has none. Tidy then stores its
// trends.
func (s *Store) LoadHistory(ctx context.Context, h History) error {
	list := videoList(h.Video)
	total := tally.Numbers{Views: int64(h.Earlier)}
	now := s.db.now()
	for ago, views := range h.Daily {
		total.Views += int64(views)
		if views > 0 {
			d := day(now.AddDate(0, 0, -ago))
			s.Views.trends.add(d, h.Video, int64(views))
			s.Views.trends.trim(d)
		}
	}
	var rows []any
	var deltas []tally.Delta
	for _, r := range h.Ratings {
		own, event := ratingRows(r, r.UpdatedAt)
		rows = append(rows, own)
		if !s.db.expired(r.UpdatedAt) {
			rows = append(rows, event, activeIn(r.UpdatedAt, r.UserID))
			deltas = append(deltas, ratedOnce(event))
		}
		total.Ratings++
		total.Stars += int64(r.Stars)
	}
	if total == (tally.Numbers{}) {
		return s.loadComments(ctx, h.Comments)
	}
	err := s.db.count(ctx, schema.VideoStats, rows, append(deltas, tally.Delta{List: list, Numbers: total})...)
	if err != nil {
		return failed(err, fmt.Sprintf("load the history of video %s", h.Video))
	}
	// The backlog of numbers is bounded, and these videos may never be viewed.
	video := killrvideo.Summary{ID: h.Video}
	count(&video, total)
	if err := s.numbers.store(ctx, video); err != nil {
		return failed(err, fmt.Sprintf("copy the numbers of video %s", h.Video))
	}
	return s.loadComments(ctx, h.Comments)
}

func (s *Store) loadComments(ctx context.Context, comments []killrvideo.Comment) error {
	var rows, done []any
	var counted, active []tally.Delta
	for _, c := range comments {
		rows = append(rows, commentRows(c)...)
		counted = append(counted, commentDeltas(c, 1)...)
		if s.db.expired(c.CreatedAt) {
			continue
		}
		a := killrvideo.Activity{ID: c.ID, UserID: c.UserID, VideoID: c.VideoID, Type: killrvideo.ActivityComment, At: c.CreatedAt}
		done = append(done, activityRows(a)...)
		active = append(active, activityDeltas(a, 1)...)
	}
	if len(rows) == 0 {
		return nil
	}
	err := parallel.Do(
		func() error { return s.db.count(ctx, schema.Comments, rows, counted...) },
		func() error { return s.db.count(ctx, schema.UserActivity, done, active...) },
	)
	return failed(err, fmt.Sprintf("load %d comments", len(comments)))
}

// ratingRows are a rating and its event in the user's list.
func ratingRows(r killrvideo.Rating, at time.Time) (own, event ratingRow) {
	own = ratingRow{
		List: videoList(r.VideoID), ID: tally.PlainID(r.UserID), VideoID: r.VideoID, UserID: r.UserID,
		Rating: r.Stars, RatedAt: at, FirstRatedAt: at, Event: tally.ItemID(at, uuid.New()),
	}
	event = own
	event.List, event.ID = raterList(r.UserID), own.Event
	return own, event
}
