package killrvideo

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Work is a video of which something is still to be done: its metadata, what
// it is found by or, if Lists is set, the lists that it is in, which may differ
// from its own row. Attempts have failed so far; Due is when to try again.
// Forget are words that it may be found by and perhaps should not, Tags those
// whose lists it may be in.
type Work struct {
	VideoID  uuid.UUID
	Attempts int
	Due      time.Time
	Lists    bool
	Forget   []string
	Tags     []string
}

// WorkRepository keeps work until it is done, so that none is lost with the
// process that it came up in. To put work again replaces it, but for words and
// tags: they add up until the work is removed.
type WorkRepository interface {
	PutWork(ctx context.Context, w Work) error
	// PendingWork gives some of the work, due or not.
	PendingWork(ctx context.Context) ([]Work, error)
	// WorkWith gives the work with a video, the zero Work if there is none.
	WorkWith(ctx context.Context, video uuid.UUID) (Work, error)
	RemoveWork(ctx context.Context, video uuid.UUID) error
	// Lock keeps all who change a video apart, in whichever process. It waits
	// its turn, for a while only: then it gives EUNAVAILABLE.
	Lock(ctx context.Context, video uuid.UUID) (unlock func(), err error)
}

// Completer does what a submission or a change has left: it sets lists right
// in which a process that died has left a video half, asks for metadata that
// could not be had in time, and makes videos found. Every process has one, and
// all see the same work. One at a time has a video's lock, so that nothing is
// done twice at once and counted twice.
type Completer struct {
	Work    WorkRepository
	Videos  VideoRepository
	Source  MetadataSource // nil if there is none
	Search  SearchRepository
	Embed   Embedder
	Backoff Backoff
	Now     func() time.Time
	Log     *slog.Logger

	renewals renewals
}

// Backoff says how long to wait before each further attempt: First, then
// double the time before, at most Longest, Attempts times in all. Every is how
// often to look for work that is due.
type Backoff struct {
	First, Longest, Every time.Duration
	Attempts              int
}

// DefaultBackoff goes on for about three days.
var DefaultBackoff = Backoff{First: 30 * time.Second, Longest: time.Hour, Every: 15 * time.Second, Attempts: 80}

// grace is how long whoever put work may be at it themselves.
const grace = time.Minute

// Expect notes that there is work with a video, before it is begun: by what it
// has been found and in which tags' lists it has been until now, and in which
// it will be. Whoever calls it has the video's lock.
func (c *Completer) Expect(ctx context.Context, before Video, tags []string) error {
	return c.Work.PutWork(ctx, Work{
		VideoID: before.ID, Due: timestamp(c.Now().Add(grace)), Lists: true, Forget: before.SearchWords(), Tags: append(slices.Clone(before.Tags), tags...),
	})
}

// Locked is a video, deleted or not, that nobody else changes. Forget are words
// that a change that failed halfway may have left it to be found by.
type Locked struct {
	Video
	Forget []string
}

// Lock gives a video that nobody else changes until unlock is called. What a
// change that failed halfway has left in its lists is mended then.
func (c *Completer) Lock(ctx context.Context, id uuid.UUID) (video Locked, unlock func(), err error) {
	unlock, err = c.Work.Lock(ctx, id)
	if err != nil {
		return Locked{}, nil, err
	}
	video.Video, err = c.Videos.Video(ctx, id)
	if err == nil {
		video.Forget, err = c.mend(ctx, video.Video)
	}
	if err != nil {
		unlock()
		return Locked{}, nil, err
	}
	return video, unlock, nil
}

func (c *Completer) mend(ctx context.Context, video Video) (forget []string, err error) {
	w, err := c.Work.WorkWith(ctx, video.ID)
	if err != nil || !w.Lists {
		return w.Forget, err
	}
	return w.Forget, c.Videos.MendVideo(ctx, video, w.Tags)
}

// Try does the work that was expected. What fails is tried again later, by
// whichever process comes first; a client need not hear of it.
func (c *Completer) Try(ctx context.Context, video Video, foundBy []string) {
	err := c.index(ctx, video, foundBy)
	if err == nil && video.Status != StatusPending {
		if err = c.Work.RemoveWork(ctx, video.ID); err == nil {
			return
		}
	}
	if err != nil {
		c.Log.WarnContext(ctx, "a video is not found yet", "video", video.ID, "error", err)
	}
	c.later(context.WithoutCancel(ctx), Work{VideoID: video.ID})
}

// TryForget is Try for a video that was deleted.
func (c *Completer) TryForget(ctx context.Context, video Video, foundBy []string) {
	err := c.Search.Unindex(ctx, video, foundBy)
	if err == nil {
		err = c.Work.RemoveWork(ctx, video.ID)
	}
	if err != nil {
		c.Log.WarnContext(ctx, "a deleted video is not forgotten yet", "video", video.ID, "error", err)
		c.later(context.WithoutCancel(ctx), Work{VideoID: video.ID})
	}
}

// index makes a published video found by its words and by its meaning, and any
// other found by nothing. It may have been deleted meanwhile.
func (c *Completer) index(ctx context.Context, video Video, forget []string) error {
	if !video.Published() {
		return c.Search.Unindex(ctx, video, forget)
	}
	vector, err := c.Embed.Embed(ctx, video.EmbeddedText(), false)
	found := &vector
	if err != nil {
		found = nil // by words at least
	}
	if indexed := c.Search.Index(ctx, video, forget, found); indexed != nil {
		return indexed
	}
	if err != nil && ErrorCode(err) != EINVALID { // EINVALID: there is no word in it
		return err
	}
	now, err := c.Videos.Video(ctx, video.ID)
	if err == nil && now.Deleted() {
		return c.Search.Unindex(ctx, video, forget)
	}
	return err
}

// later puts work off, or gives it up.
func (c *Completer) later(ctx context.Context, w Work) {
	wait := c.Backoff.First
	for range w.Attempts {
		wait = min(2*wait, c.Backoff.Longest)
	}
	w.Attempts++
	w.Due = timestamp(c.Now().Add(wait))
	if w.Attempts >= c.Backoff.Attempts {
		c.Log.ErrorContext(ctx, "a video stays incomplete", "video", w.VideoID, "attempts", w.Attempts)
		if err := c.Work.RemoveWork(ctx, w.VideoID); err != nil {
			c.Log.WarnContext(ctx, "work not removed", "video", w.VideoID, "error", err)
		}
		return
	}
	if err := c.Work.PutWork(ctx, w); err != nil { // it is still there, due earlier
		c.Log.WarnContext(ctx, "work not put off", "video", w.VideoID, "error", err)
	}
}

// Run works until ctx ends.
func (c *Completer) Run(ctx context.Context) {
	tick := time.NewTicker(c.Backoff.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.Round(ctx)
		}
	}
}

// Round does the work that is due, and embeds anew what has to be.
func (c *Completer) Round(ctx context.Context) {
	defer c.renewAll(ctx)
	all, err := c.Work.PendingWork(ctx)
	if err != nil {
		c.Log.DebugContext(ctx, "pending work is not known", "error", err)
		return
	}
	for _, w := range all {
		if ctx.Err() == nil && !w.Due.After(c.Now()) {
			c.do(ctx, w.VideoID)
		}
	}
}

func (c *Completer) do(ctx context.Context, id uuid.UUID) {
	if _, due := c.due(ctx, id); !due {
		return // spares waiting for whoever is at it
	}
	unlock, err := c.Work.Lock(ctx, id)
	if err != nil {
		return // Astra is not well, or somebody is at it; another time
	}
	defer unlock()
	// However slow all are that are asked, the lock is not held for longer than
	// it holds.
	inTime, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	w, due := c.due(inTime, id)
	if !due {
		return // done, or put off, by whoever had the lock before
	}
	begun := w
	begun.Due = timestamp(c.Now().Add(grace))
	if err = c.Work.PutWork(inTime, begun); err != nil {
		return
	}
	if err = c.complete(inTime, &w); err == nil {
		err = c.Work.RemoveWork(inTime, id)
	}
	if err != nil {
		c.Log.WarnContext(ctx, "video still incomplete", "video", id, "attempts", w.Attempts, "error", err)
		c.later(ctx, w)
	}
}

// due gives the work with a video if it still is to be done now.
func (c *Completer) due(ctx context.Context, id uuid.UUID) (Work, bool) {
	w, err := c.Work.WorkWith(ctx, id)
	return w, err == nil && w.VideoID != uuid.Nil && !w.Due.After(c.Now())
}

// complete gives an error if it is worth another attempt, and notes in w what
// that one need not do.
func (c *Completer) complete(ctx context.Context, w *Work) error {
	video, err := c.Videos.Video(ctx, w.VideoID)
	if ErrorCode(err) == ENOTFOUND {
		return nil
	}
	if err == nil && w.Lists {
		err = c.Videos.MendVideo(ctx, video, w.Tags)
	}
	if err != nil {
		return err
	}
	w.Lists = false
	if video.Deleted() {
		return c.Search.Unindex(ctx, video, w.Forget)
	}
	completed, err := c.lookUp(ctx, video)
	if err != nil {
		return err
	}
	if completed.Status != video.Status {
		if err := c.update(ctx, w, video, completed); err != nil {
			return err
		}
	}
	return c.index(ctx, completed, append(video.SearchWords(), w.Forget...))
}

// update stores what was looked up. Until it has, the lists are in doubt.
func (c *Completer) update(ctx context.Context, w *Work, before, after Video) error {
	w.Lists = true
	doubt := *w
	doubt.Due, doubt.Tags = timestamp(c.Now().Add(grace)), after.Tags
	if err := c.Work.PutWork(ctx, doubt); err != nil {
		return err
	}
	if err := c.Videos.UpdateVideo(ctx, before, after); err != nil {
		return err
	}
	w.Lists = false
	return nil
}

// lookUp asks for the metadata of a video that has none.
func (c *Completer) lookUp(ctx context.Context, video Video) (Video, error) {
	if video.Status != StatusPending || c.Source == nil {
		return video, nil
	}
	metadata, err := c.Source.Metadata(ctx, video.YouTubeID)
	if ErrorCode(err) == ENOTFOUND {
		video.Status = StatusError
		return video, nil
	}
	if err == nil {
		video.fill(metadata)
	}
	return video, err
}
