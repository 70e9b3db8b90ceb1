package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// History is what happened to a video before it came here.
type History struct {
	Video    uuid.UUID
	Ratings  []killrvideo.Rating // at most one a user
	Comments []killrvideo.Comment
	// Daily are the views of days, today first; Earlier those before.
	Daily   []int
	Earlier int
}

// LoadAccount is CreateUser for somebody who brings a past along: a last login,
// or an account that is locked for good.
func (s *Store) LoadAccount(ctx context.Context, user killrvideo.User, passwordHash string, locked bool) error {
	return s.createUser(ctx, user, claim{Password: passwordHash, AccountLocked: locked})
}

// LoadHistory stores the history of a video that has none yet, for those who
// bring a data set along. Tidy then stores what trends.
func (s *Store) LoadHistory(ctx context.Context, h History) error {
	list := videoList(h.Video)
	total := tally.Numbers{Views: int64(h.Earlier)}
	now := s.config.Now()
	for ago, views := range h.Daily {
		total.Views += int64(views)
		s.trends.load(day(now.AddDate(0, 0, -ago)), h.Video, int64(views))
	}
	var rows []any
	var deltas []tally.Delta
	for _, r := range h.Ratings {
		own, event := ratingRows(r, r.UpdatedAt)
		rows = append(rows, own)
		if !s.expired(r.UpdatedAt) {
			rows = append(rows, event, activeIn(r.UpdatedAt, r.UserID))
			deltas = append(deltas, ratedOnce(event))
		}
		total.Ratings++
		total.Stars += int64(r.Stars)
	}
	if total == (tally.Numbers{}) {
		return s.loadComments(ctx, h.Comments)
	}
	err := s.stats.Write(ctx, rows, append(deltas, tally.Delta{List: list, Numbers: total})...)
	if err != nil {
		return failed(err, fmt.Sprintf("load the history of video %s", h.Video))
	}
	// Chores forget some of very many videos; these are never viewed, perhaps.
	video := killrvideo.Summary{ID: h.Video}
	count(&video, total)
	if err := s.copyNumbers(ctx, video); err != nil {
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
		if s.expired(c.CreatedAt) {
			continue
		}
		a := killrvideo.Activity{ID: c.ID, UserID: c.UserID, VideoID: c.VideoID, Type: killrvideo.ActivityComment, At: c.CreatedAt}
		done = append(done, activityRows(a)...)
		active = append(active, activityDeltas(a, 1)...)
	}
	if len(rows) == 0 {
		return nil
	}
	err := parallel(
		func() error { return s.counters[schema.Comments].Write(ctx, rows, counted...) },
		func() error { return s.counters[schema.UserActivity].Write(ctx, done, active...) },
	)
	return failed(err, fmt.Sprintf("load %d comments", len(comments)))
}

// ratingRows are a rating and the event of it in the user's own list.
func ratingRows(r killrvideo.Rating, at time.Time) (own, event ratingRow) {
	own = ratingRow{
		List: videoList(r.VideoID), ID: tally.PlainID(r.UserID), VideoID: r.VideoID, UserID: r.UserID,
		Rating: r.Stars, RatedAt: at, FirstRatedAt: at, Event: tally.ItemID(at, uuid.New()),
	}
	event = own
	event.List, event.ID = raterList(r.UserID), own.Event
	return own, event
}

// load adds views of any day. It forgets the videos of a day that will not
// trend, as there may be very many.
func (t *trends) load(d string, video uuid.UUID, views int64) {
	if views == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.days[d] == nil {
		t.days[d] = map[string]int64{}
	}
	t.days[d][video.String()] += views
	t.dirty[d] = true
	if len(t.days[d]) > 5*trendingVideos {
		t.days[d] = most(t.days[d], trendingVideos)
	}
}
