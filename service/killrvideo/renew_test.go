package killrvideo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Whoever edits a video has its lock and makes a vector of the new texts: one
// of the old texts must not come after it.
func TestAVectorIsRenewedByWhoeverHasTheLock(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	video := submitted(t, c)
	for _, locked := range []bool{true, false} {
		delete(found.vectors, video.ID)
		delete(found.locked, video.ID)
		if locked {
			found.locked[video.ID] = true
		}
		c.Completer.Renew(video.ID)
		c.Completer.Round(t.Context())
		if found.vectors[video.ID] == locked || found.locked[video.ID] != locked {
			t.Errorf("locked by somebody else: %t, and renewed: %t", locked, found.vectors[video.ID])
		}
	}
}

// While nothing can be embedded not everything is tried, for a video that is
// due has to wait so long.
func TestRenewalsEndWhenNothingCanBeEmbedded(t *testing.T) {
	t.Parallel()
	c, _, _ := completing(t, cats)
	embed := &embedding{}
	c.Completer.Embed = embed
	videos := []uuid.UUID{submitted(t, c).ID, submitted(t, c).ID, submitted(t, c).ID}
	embed.asked, embed.fail = 0, len(videos)
	c.Completer.Renew(videos...)
	c.Completer.Round(t.Context())
	if embed.asked != 1 {
		t.Errorf("asked %d times", embed.asked)
	}
}

// A lock is taken for dead after a while, so what is done with it has an end.
func TestWhatIsDoneWithALockHasAnEnd(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	embed := &embedding{}
	video := submitted(t, c)
	for name, work := range map[string]func(){
		"work":      func() { found.work[video.ID] = killrvideo.Work{VideoID: video.ID, Due: at(0)} },
		"a renewal": func() { c.Completer.Renew(video.ID) },
	} {
		c.Completer.Embed, *embed = embed, embedding{}
		work()
		*now = now.Add(time.Hour)
		c.Completer.Round(t.Context())
		if embed.asked != 1 || !embed.inTime {
			t.Errorf("%s: asked %d times, with an end: %t", name, embed.asked, embed.inTime)
		}
	}
}
