package killrvideo

import (
	"context"
	"sync"

	"github.com/google/uuid"
)

// maxOutdated bounds the videos that wait to be embedded again.
const maxOutdated = 500

// outdatedVectors are videos whose vectors are of another model than the one in
// use. They are in memory only: the next search that meets one adds it again.
type outdatedVectors struct {
	mu     sync.Mutex
	videos map[uuid.UUID]bool
}

// Reembed adds videos to be embedded again by the next poll.
func (q *IndexQueue) Reembed(videos ...uuid.UUID) {
	q.outdated.mu.Lock()
	defer q.outdated.mu.Unlock()
	if q.outdated.videos == nil {
		q.outdated.videos = map[uuid.UUID]bool{}
	}
	for _, video := range videos {
		if len(q.outdated.videos) < maxOutdated {
			q.outdated.videos[video] = true
		}
	}
}

func (o *outdatedVectors) take() map[uuid.UUID]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.videos
	o.videos = nil
	return taken
}

// reembedAll stops at the first failure of the embedding service: the jobs of the
// queue wait for it too.
func (q *IndexQueue) reembedAll(ctx context.Context) {
	for id := range q.outdated.take() {
		err := q.reembed(ctx, id)
		if err != nil {
			q.Log.WarnContext(ctx, "a vector stays that of another model", "video", id, "error", err)
		}
		if ctx.Err() != nil || ErrorCode(err) == EUPSTREAM {
			return
		}
	}
}

// reembed holds the video's lock: a concurrent edit stores a newer vector.
func (q *IndexQueue) reembed(ctx context.Context, id uuid.UUID) error {
	unlock, err := q.Locks.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	video, err := q.Videos.Video(ctx, id)
	if err != nil || video.Deleted() {
		return err
	}
	vector, err := q.Embed.Embed(ctx, video.EmbeddedText(), false)
	if err != nil {
		return err
	}
	return q.Search.SetVector(ctx, id, vector)
}
