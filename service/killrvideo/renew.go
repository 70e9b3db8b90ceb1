package killrvideo

import (
	"context"
	"sync"

	"github.com/google/uuid"
)

// maxRenewals is how many videos wait to be embedded again at a time.
const maxRenewals = 500

// renewals are videos whose vectors are of another model than the one in use.
type renewals struct {
	mu     sync.Mutex
	videos map[uuid.UUID]bool
}

// Renew notes videos whose vectors another model made, to be embedded again in
// the next round. They are kept in memory only: who meets one again notes it
// again.
func (c *Completer) Renew(videos ...uuid.UUID) {
	c.renewals.mu.Lock()
	defer c.renewals.mu.Unlock()
	if c.renewals.videos == nil {
		c.renewals.videos = map[uuid.UUID]bool{}
	}
	for _, video := range videos {
		if len(c.renewals.videos) < maxRenewals {
			c.renewals.videos[video] = true
		}
	}
}

func (r *renewals) take() map[uuid.UUID]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.videos
	r.videos = nil
	return taken
}

// renewAll leaves all that is left when nothing can be embedded for now: work
// that is due waits for it.
func (c *Completer) renewAll(ctx context.Context) {
	for id := range c.renewals.take() {
		err := c.renew(ctx, id)
		if err != nil {
			c.Log.WarnContext(ctx, "a vector stays that of another model", "video", id, "error", err)
		}
		if ctx.Err() != nil || ErrorCode(err) == EUPSTREAM {
			return
		}
	}
}

// renew has the video's lock: who edits it meanwhile has a newer vector.
func (c *Completer) renew(ctx context.Context, id uuid.UUID) error {
	unlock, err := c.Work.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	video, err := c.Videos.Video(ctx, id)
	if err != nil || video.Deleted() {
		return err
	}
	vector, err := c.Embed.Embed(ctx, video.EmbeddedText(), false)
	if err != nil {
		return err
	}
	return c.Search.SetVector(ctx, id, vector)
}
