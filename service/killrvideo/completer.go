package killrvideo

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// Completer looks up, one after the other, the videos whose metadata could not
// be had in time. It remembers them in memory only: what is PENDING when the
// process ends stays so.
type Completer struct {
	repository VideoRepository
	source     MetadataSource
	backoff    Backoff
	log        *slog.Logger
	queue      chan uuid.UUID
}

// Backoff says how long to wait before each further attempt: First, then
// double the time before, at most Longest, Attempts times in all.
type Backoff struct {
	First, Longest time.Duration
	Attempts       int
}

// DefaultBackoff goes on for about an hour and a half.
var DefaultBackoff = Backoff{First: 30 * time.Second, Longest: 15 * time.Minute, Attempts: 10}

// completerQueue bounds the videos that wait. One more is left PENDING.
const completerQueue = 1024

// NewCompleter makes a Completer that works while Run does.
func NewCompleter(r VideoRepository, s MetadataSource, b Backoff, log *slog.Logger) *Completer {
	return &Completer{repository: r, source: s, backoff: b, log: log, queue: make(chan uuid.UUID, completerQueue)}
}

// Add puts a video in the queue and never waits.
func (c *Completer) Add(id uuid.UUID) {
	select {
	case c.queue <- id:
	default:
		c.log.Warn("too many videos wait for their metadata, this one stays pending", "video", id)
	}
}

// Run works until ctx ends.
func (c *Completer) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-c.queue:
			c.retry(ctx, id)
		}
	}
}

// retry keeps the queue waiting on purpose: what cannot be reached for one
// video cannot be reached for the next.
func (c *Completer) retry(ctx context.Context, id uuid.UUID) {
	wait := c.backoff.First
	for range c.backoff.Attempts {
		if !sleep(ctx, wait) {
			return
		}
		err := c.complete(ctx, id)
		if err == nil {
			return
		}
		c.log.WarnContext(ctx, "video still pending", "video", id, "error", err)
		wait = min(2*wait, c.backoff.Longest)
	}
}

// complete gives an error if it is worth another attempt.
func (c *Completer) complete(ctx context.Context, id uuid.UUID) error {
	video, err := c.repository.Video(ctx, id)
	if err != nil {
		return err
	}
	if video.Status != StatusPending || video.Deleted() {
		return nil
	}
	completed := video
	metadata, err := c.source.Metadata(ctx, video.YouTubeID)
	switch {
	case ErrorCode(err) == ENOTFOUND:
		completed.Status = StatusError
	case err != nil:
		return err
	default:
		completed.fill(metadata)
	}
	return c.repository.UpdateVideo(ctx, video, completed)
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
