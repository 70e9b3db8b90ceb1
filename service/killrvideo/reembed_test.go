package killrvideo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// An edit holds the video's lock and stores a vector of the new texts. A vector of the
// old texts must not follow it.
func TestReembeddingHoldsTheLock(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	video := submitted(t, c)
	for _, locked := range []bool{true, false} {
		delete(found.vectors, video.ID)
		delete(found.locked, video.ID)
		if locked {
			found.locked[video.ID] = true
		}
		c.Index.Reembed(video.ID)
		c.Index.Poll(t.Context())
		if found.vectors[video.ID] == locked || found.locked[video.ID] != locked {
			t.Errorf("locked by another: %t, and renewed: %t", locked, found.vectors[video.ID])
		}
	}
}

// While the embedding service is unavailable, only one video is tried: due jobs would
// have to wait for the others.
func TestReembeddingStopsAtAFailure(t *testing.T) {
	t.Parallel()
	c, _, _ := completing(t, cats)
	embed := &embedding{}
	c.Index.Embed = embed
	videos := []uuid.UUID{submitted(t, c).ID, submitted(t, c).ID, submitted(t, c).ID}
	embed.asked, embed.fail = 0, len(videos)
	c.Index.Reembed(videos...)
	c.Index.Poll(t.Context())
	if embed.asked != 1 {
		t.Errorf("asked %d times", embed.asked)
	}
}

// A lock expires, so a job that holds it has a deadline.
func TestJobsUnderALockHaveADeadline(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	embed := &embedding{}
	video := submitted(t, c)
	for name, work := range map[string]func(){
		"work":      func() { found.work[video.ID] = killrvideo.Work{VideoID: video.ID, Due: at(0)} },
		"a renewal": func() { c.Index.Reembed(video.ID) },
	} {
		c.Index.Embed, *embed = embed, embedding{}
		work()
		*now = now.Add(time.Hour)
		c.Index.Poll(t.Context())
		if embed.asked != 1 || !embed.inTime {
			t.Errorf("%s: asked %d times, with an end: %t", name, embed.asked, embed.inTime)
		}
	}
}
