package killrvideo

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ViewRepository counts views.
type ViewRepository interface {
	// CountView counts one view. Concurrent views are all counted.
	CountView(ctx context.Context, video uuid.UUID) error
	// AddWatchTime stores how long a user watched a video.
	AddWatchTime(ctx context.Context, w WatchTime) error
	// Trending are the most viewed videos of today and a number of days before, most
	// viewed first; Views are those of these days.
	Trending(ctx context.Context, days, limit int) ([]Summary, error)
}

// WatchTime is how long a user watched a video without interruption.
type WatchTime struct {
	VideoID, UserID uuid.UUID
	Seconds         int
	At              time.Time
}

// Watched stores how long the caller watched a video.
func (c *Catalogue) Watched(ctx context.Context, caller Caller, id uuid.UUID, seconds int) error {
	if _, err := c.usable(ctx, caller.viewer, id); err != nil {
		return err
	}
	return c.Views.AddWatchTime(ctx, WatchTime{VideoID: id, UserID: caller.ID, Seconds: seconds, At: timestamp(c.Now())})
}

// View counts a view of a video. A view by a signed-in user is one of the user's
// activities too.
func (c *Catalogue) View(ctx context.Context, viewer Viewer, id uuid.UUID) error {
	user, err := c.usable(ctx, viewer, id)
	if err != nil {
		return err
	}
	count := func() error { return c.Views.CountView(ctx, id) }
	if user == nil {
		return count()
	}
	view := Activity{ID: uuid.New(), UserID: user.ID, VideoID: id, Type: ActivityView, At: timestamp(c.Now())}
	return recording(ctx, c.Activities, c.Log, view, count)
}

// maxTrending is the length of the list of trends.
const maxTrending = 10

// trendingFor is how long trends are cached.
const trendingFor = time.Minute

// Trends is a cache of trends, by number of days.
type Trends struct {
	mu   sync.Mutex
	days map[int]trend
}

type trend struct {
	at     time.Time
	videos []Summary
}

// Trending are the most viewed videos of today and a number of days before.
func (c *Catalogue) Trending(ctx context.Context, days, limit int) ([]Summary, error) {
	now := c.Now()
	if videos, ok := c.trends.get(days, now); ok {
		return videos[:min(limit, len(videos))], nil
	}
	videos, err := c.Views.Trending(ctx, days, maxTrending)
	if err != nil {
		return nil, err
	}
	c.trends.put(days, trend{now, videos})
	return videos[:min(limit, len(videos))], nil
}

func (t *Trends) get(days int, now time.Time) ([]Summary, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	known, ok := t.days[days]
	return known.videos, ok && now.Sub(known.at) < trendingFor
}

func (t *Trends) put(days int, known trend) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.days == nil {
		t.days = map[int]trend{}
	}
	t.days[days] = known
}

// drop empties the cache, so that a deleted video disappears at once in the process that
// deleted it.
func (t *Trends) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.days = nil
}
