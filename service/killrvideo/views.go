package killrvideo

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ViewRepository counts views.
type ViewRepository interface {
	// CountView counts one view, whoever counts at the same time.
	CountView(ctx context.Context, video uuid.UUID) error
	// AddWatchTime notes how long a user watched a video.
	AddWatchTime(ctx context.Context, w WatchTime) error
	// Trending are the videos viewed most today and on the days before, most
	// viewed first; Views are those of the window.
	Trending(ctx context.Context, days, limit int) ([]Summary, error)
}

// WatchTime is one stretch that a user watched of a video.
type WatchTime struct {
	VideoID, UserID uuid.UUID
	Seconds         int
	At              time.Time
}

// Watched notes how long the caller watched a video.
func (c *Catalogue) Watched(ctx context.Context, caller User, id uuid.UUID, seconds int) error {
	if err := c.usable(ctx, SignedIn(caller), id); err != nil {
		return err
	}
	return c.Views.AddWatchTime(ctx, WatchTime{VideoID: id, UserID: caller.ID, Seconds: seconds, At: timestamp(c.Now())})
}

// View counts a view of a video. That of a known caller is one of their
// activities too; an anonymous one belongs to nobody.
func (c *Catalogue) View(ctx context.Context, caller *User, id uuid.UUID) error {
	if err := c.usable(ctx, func() (*User, error) { return caller, nil }, id); err != nil {
		return err
	}
	if err := c.Views.CountView(ctx, id); err != nil {
		return err
	}
	if caller == nil || c.Activities == nil {
		return nil
	}
	remember(ctx, c.Activities, c.Log, Activity{
		ID: uuid.New(), UserID: caller.ID, VideoID: id, Type: ActivityView, At: timestamp(c.Now()),
	})
	return nil
}

// Longest windows and lists of what trends.
const maxTrending = 10

// trendingFor is how long what trends is taken as it was.
const trendingFor = time.Minute

// Trends answers what trends from memory for a minute.
type Trends struct {
	mu   sync.Mutex
	days map[int]trend
}

type trend struct {
	at     time.Time
	videos []Summary
}

// Trending are the videos viewed most today and on the days before.
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

// forget makes the next question ask anew, so that a deleted video is gone at
// once where it was deleted.
func (t *Trends) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.days = nil
}
