package killrvideo

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Work is a job of the index queue: a video whose metadata or search index is
// incomplete or, if Lists is set, whose lists may differ from its own row.
// Attempts have failed so far; Due is when to try again. Forget are words that it
// may be found by and perhaps should not, Tags those whose lists may contain it.
type Work struct {
	VideoID  uuid.UUID
	Attempts int
	Due      time.Time
	Lists    bool
	Forget   []string
	Tags     []string
}

// WorkRepository keeps jobs until they are done, so none is lost with the process
// that added it.
type WorkRepository interface {
	// PutWork adds a job or replaces the one of the same video, except for Forget
	// and Tags: they accumulate until the job is removed.
	PutWork(ctx context.Context, w Work) error
	// PendingWork returns jobs, due or not.
	PendingWork(ctx context.Context) ([]Work, error)
	// WorkWith returns the job of a video, the zero Work if there is none.
	WorkWith(ctx context.Context, video uuid.UUID) (Work, error)
	RemoveWork(ctx context.Context, video uuid.UUID) error
}

// IndexQueue completes what a submission or a change begins: it repairs lists
// that a killed process has left inconsistent, fetches metadata that was not
// available in time, and updates the search index. A change enqueues its job
// before it begins and runs it at the end; what fails, or is left by a killed
// process, is run by any process that polls. Every process has a queue, and all
// see the same jobs. A job holds its video's lock, so none runs twice at once.
type IndexQueue struct {
	Work    WorkRepository
	Locks   Locker
	Videos  VideoRepository
	Source  MetadataSource // nil if there is none
	Search  SearchRepository
	Embed   Embedder
	Backoff Backoff
	Now     func() time.Time
	Log     *slog.Logger

	outdated outdatedVectors
}

// Backoff is the wait before each further attempt: First, then double the time
// before, at most Longest, Attempts times in all. Every is the interval of polls.
type Backoff struct {
	First, Longest, Every time.Duration
	Attempts              int
}

// DefaultBackoff goes on for about three days.
var DefaultBackoff = Backoff{First: 30 * time.Second, Longest: time.Hour, Every: 15 * time.Second, Attempts: 80}

// jobTimeout bounds a job. While it runs, its Work is not due in other processes.
const jobTimeout = time.Minute

// Enqueue adds the job of a change before the change begins. before is the video
// as it was, tags are those that it will have. The caller holds the video's lock.
func (q *IndexQueue) Enqueue(ctx context.Context, before Video, tags []string) error {
	return q.Work.PutWork(ctx, Work{
		VideoID: before.ID, Due: timestamp(q.Now().Add(jobTimeout)), Lists: true,
		Forget: before.SearchWords(), Tags: append(slices.Clone(before.Tags), tags...),
	})
}

// Locked is a video, deleted or not, whose lock is held. Forget are words that an
// interrupted change may have left it to be found by.
type Locked struct {
	Video
	Forget []string
}

// Lock acquires the lock of a video, reads it, and repairs lists that an
// interrupted change has left inconsistent.
func (q *IndexQueue) Lock(ctx context.Context, id uuid.UUID) (video Locked, unlock func(), err error) {
	unlock, err = q.Locks.Lock(ctx, id)
	if err != nil {
		return Locked{}, nil, err
	}
	video.Video, err = q.Videos.Video(ctx, id)
	if err == nil {
		video.Forget, err = q.repair(ctx, video.Video)
	}
	if err != nil {
		unlock()
		return Locked{}, nil, err
	}
	return video, unlock, nil
}

func (q *IndexQueue) repair(ctx context.Context, video Video) (forget []string, err error) {
	w, err := q.Work.WorkWith(ctx, video.ID)
	if err != nil || !w.Lists {
		return w.Forget, err
	}
	return w.Forget, q.Videos.RepairVideo(ctx, video, w.Tags)
}

// Run does the job that was enqueued. A failure is not the client's concern: the
// job is tried again later, by any process.
func (q *IndexQueue) Run(ctx context.Context, video Video, foundBy []string) {
	err := q.index(ctx, video, foundBy)
	if err == nil && video.Status != StatusPending {
		if err = q.Work.RemoveWork(ctx, video.ID); err == nil {
			return
		}
	}
	if err != nil {
		q.Log.WarnContext(ctx, "a video is not indexed yet", "video", video.ID, "error", err)
	}
	q.postpone(context.WithoutCancel(ctx), Work{VideoID: video.ID})
}

// RunDelete is Run for a deleted video.
func (q *IndexQueue) RunDelete(ctx context.Context, video Video, foundBy []string) {
	err := q.Search.Unindex(ctx, video, foundBy)
	if err == nil {
		err = q.Work.RemoveWork(ctx, video.ID)
	}
	if err != nil {
		q.Log.WarnContext(ctx, "a deleted video is still indexed", "video", video.ID, "error", err)
		q.postpone(context.WithoutCancel(ctx), Work{VideoID: video.ID})
	}
}

// index adds a published video to the search, by its words and its vector, and
// removes any other. The video may have been deleted meanwhile.
func (q *IndexQueue) index(ctx context.Context, video Video, forget []string) error {
	if !video.Published() {
		return q.Search.Unindex(ctx, video, forget)
	}
	vector, err := q.Embed.Embed(ctx, video.EmbeddedText(), false)
	found := &vector
	if err != nil {
		found = nil // by words at least
	}
	if indexed := q.Search.Index(ctx, video, forget, found); indexed != nil {
		return indexed
	}
	if err != nil && ErrorCode(err) != EINVALID { // EINVALID: there is no word in it
		return err
	}
	now, err := q.Videos.Video(ctx, video.ID)
	if err == nil && now.Deleted() {
		return q.Search.Unindex(ctx, video, forget)
	}
	return err
}

// postpone schedules the next attempt, or gives up.
func (q *IndexQueue) postpone(ctx context.Context, w Work) {
	wait := q.Backoff.First
	for range w.Attempts {
		wait = min(2*wait, q.Backoff.Longest)
	}
	w.Attempts++
	w.Due = timestamp(q.Now().Add(wait))
	if w.Attempts >= q.Backoff.Attempts {
		q.Log.ErrorContext(ctx, "a video stays incomplete", "video", w.VideoID, "attempts", w.Attempts)
		if err := q.Work.RemoveWork(ctx, w.VideoID); err != nil {
			q.Log.WarnContext(ctx, "a job is not removed", "video", w.VideoID, "error", err)
		}
		return
	}
	if err := q.Work.PutWork(ctx, w); err != nil { // it stays in the queue, due earlier
		q.Log.WarnContext(ctx, "a job is not postponed", "video", w.VideoID, "error", err)
	}
}

// Serve polls until ctx ends.
func (q *IndexQueue) Serve(ctx context.Context) {
	tick := time.NewTicker(q.Backoff.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			q.Poll(ctx)
		}
	}
}

// Poll runs the jobs that are due, and embeds videos whose vector is outdated.
func (q *IndexQueue) Poll(ctx context.Context) {
	defer q.reembedAll(ctx)
	all, err := q.Work.PendingWork(ctx)
	if err != nil {
		q.Log.DebugContext(ctx, "the index queue cannot be read", "error", err)
		return
	}
	for _, w := range all {
		if ctx.Err() == nil && !w.Due.After(q.Now()) {
			q.runDue(ctx, w.VideoID)
		}
	}
}

// runDue runs a job unless another process has run or postponed it: it looks
// before it waits for the lock, and again once it holds it.
func (q *IndexQueue) runDue(ctx context.Context, id uuid.UUID) {
	if _, due := q.due(ctx, id); !due {
		return
	}
	unlock, err := q.Locks.Lock(ctx, id)
	if err != nil {
		return // Astra is not available, or the lock is held; the job stays due
	}
	defer unlock()
	// The job must end before the lock expires.
	inTime, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	w, due := q.due(inTime, id)
	if !due {
		return
	}
	running := w
	running.Due = timestamp(q.Now().Add(jobTimeout))
	if err = q.Work.PutWork(inTime, running); err != nil {
		return
	}
	if err = q.complete(inTime, &w); err == nil {
		err = q.Work.RemoveWork(inTime, id)
	}
	if err != nil {
		q.Log.WarnContext(ctx, "a video is still incomplete", "video", id, "attempts", w.Attempts, "error", err)
		q.postpone(ctx, w)
	}
}

// due returns the job of a video and whether it is due.
func (q *IndexQueue) due(ctx context.Context, id uuid.UUID) (Work, bool) {
	w, err := q.Work.WorkWith(ctx, id)
	return w, err == nil && w.VideoID != uuid.Nil && !w.Due.After(q.Now())
}

// complete returns an error if another attempt may help. It updates w to what
// remains to be done.
func (q *IndexQueue) complete(ctx context.Context, w *Work) error {
	video, err := q.Videos.Video(ctx, w.VideoID)
	if ErrorCode(err) == ENOTFOUND {
		return nil
	}
	if err == nil && w.Lists {
		err = q.Videos.RepairVideo(ctx, video, w.Tags)
	}
	if err != nil {
		return err
	}
	w.Lists = false
	if video.Deleted() {
		return q.Search.Unindex(ctx, video, w.Forget)
	}
	completed, err := q.lookUp(ctx, video)
	if err != nil {
		return err
	}
	if completed.Status != video.Status {
		if err := q.update(ctx, w, video, completed); err != nil {
			return err
		}
	}
	return q.index(ctx, completed, append(video.SearchWords(), w.Forget...))
}

// update stores metadata. Until it has, the lists may be inconsistent.
func (q *IndexQueue) update(ctx context.Context, w *Work, before, after Video) error {
	w.Lists = true
	running := *w
	running.Due, running.Tags = timestamp(q.Now().Add(jobTimeout)), after.Tags
	if err := q.Work.PutWork(ctx, running); err != nil {
		return err
	}
	if err := q.Videos.UpdateVideo(ctx, before, after); err != nil {
		return err
	}
	w.Lists = false
	return nil
}

// lookUp fetches the metadata of a video that has none.
func (q *IndexQueue) lookUp(ctx context.Context, video Video) (Video, error) {
	if video.Status != StatusPending || q.Source == nil {
		return video, nil
	}
	metadata, err := q.Source.Metadata(ctx, video.YouTubeID)
	if ErrorCode(err) == ENOTFOUND {
		video.Status = StatusError
		return video, nil
	}
	if err == nil {
		video.fill(metadata)
	}
	return video, err
}
