package killrvideo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// completing is a catalogue with a clock, and its completer's insides.
func completing(t *testing.T, answers ...answer) (c *killrvideo.Catalogue, found *index, now *time.Time) {
	t.Helper()
	c, _, _ = newCatalogue(answers...)
	clock := at(0)
	c.Now = func() time.Time { return clock }
	c.Completer.Now = c.Now
	return c, c.Completer.Work.(*index), &clock
}

func submitted(t *testing.T, c *killrvideo.Catalogue) killrvideo.Video {
	t.Helper()
	video, err := c.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	return video
}

func TestASubmissionThatIsCompleteLeavesNoWork(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	video := submitted(t, c)
	if len(found.work) != 0 || !found.vectors[video.ID] {
		t.Errorf("work %v, vectors %v", found.work, found.vectors)
	}
}

func TestMetadataIsAskedForUntilItCanBeHad(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answers []answer
		status  killrvideo.VideoStatus
		title   string
	}{
		"comes back after a while": {[]answer{down, down, down, cats}, killrvideo.StatusReady, "Cats"},
		"has no such video":        {[]answer{down, unknown}, killrvideo.StatusError, killrvideo.UntitledVideo},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, found, now := completing(t, test.answers...)
			video := submitted(t, c)
			for range 4 {
				c.Completer.Round(t.Context())
				*now = now.Add(time.Hour)
			}
			got, err := c.Repository.Video(t.Context(), video.ID)
			if err != nil || got.Status != test.status || got.Title != test.title || len(found.work) != 0 || !found.vectors[video.ID] {
				t.Errorf("got %+v, work %v, %v", got, found.work, err)
			}
		})
	}
}

func TestAVectorThatCannotBeHadIsMadeLater(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	c.Completer.Embed = &embedding{fail: 2}
	video := submitted(t, c)
	if found.vectors[video.ID] || len(found.work) != 1 {
		t.Fatalf("work %v", found.work)
	}
	c.Completer.Round(t.Context()) // not due yet
	for range 2 {
		*now = now.Add(time.Hour)
		c.Completer.Round(t.Context())
	}
	if !found.vectors[video.ID] || len(found.work) != 0 {
		t.Errorf("work %v", found.work)
	}
}

// Another process finds the work of one that has died, once it is due.
func TestWorkOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	video := submitted(t, c)
	if err := c.Completer.Expect(t.Context(), video.ID, nil); err != nil {
		t.Fatal(err)
	}
	delete(found.vectors, video.ID)
	c.Completer.Round(t.Context())
	if found.vectors[video.ID] {
		t.Error("whoever began the work was given no time")
	}
	*now = now.Add(2 * time.Minute)
	c.Completer.Round(t.Context())
	if !found.vectors[video.ID] || len(found.work) != 0 {
		t.Errorf("work %v", found.work)
	}
}

func TestWorkIsGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, down)
	submitted(t, c)
	for range 10 {
		*now = now.Add(24 * time.Hour)
		c.Completer.Round(t.Context())
	}
	if len(found.work) != 0 {
		t.Errorf("work %v", found.work)
	}
}

func TestTheCompleterEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c, _, _ := completing(t, cats)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Completer.Run(ctx) }()
	cancel()
	<-done
}

// The old words of an edit whose indexing failed are forgotten by whoever does
// the work later.
func TestAFailedEditIsForgottenLater(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	owner, title := creator(), "Dogs"
	video, err := c.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	found.fail = 1
	if _, err := c.Update(t.Context(), owner, video.ID, killrvideo.VideoChange{Title: &title}); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if !slices.Contains(found.forgotten, "cats") || len(found.work) != 0 {
		t.Errorf("forgotten %v, work %v", found.forgotten, found.work)
	}
}

func TestADeletedVideoIsForgottenEvenIfThatFailsAtFirst(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	owner := creator()
	video, err := c.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	found.fail = 1
	if err := c.Delete(t.Context(), owner, video.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := found.vectors[video.ID]; !ok || len(found.work) != 1 {
		t.Fatalf("nothing failed: %v, work %v", found.vectors, found.work)
	}
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if _, ok := found.vectors[video.ID]; ok || len(found.work) != 0 {
		t.Errorf("still found: %v, work %v", found.vectors, found.work)
	}
}

// deletedMeanwhile is a repository whose video is deleted after the first look
// at it.
type deletedMeanwhile struct {
	*videos
	looks int
}

func (d *deletedMeanwhile) Video(ctx context.Context, id uuid.UUID) (killrvideo.Video, error) {
	video, err := d.videos.Video(ctx, id)
	if d.looks++; d.looks > 1 {
		video.DeletedAt = at(1)
	}
	return video, err
}

func TestAVideoThatIsDeletedWhileItIsIndexedIsNotFound(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	video := submitted(t, c)
	if err := c.Completer.Expect(t.Context(), video.ID, nil); err != nil {
		t.Fatal(err)
	}
	c.Completer.Videos = &deletedMeanwhile{videos: c.Repository.(*videos)}
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if _, ok := found.vectors[video.ID]; ok {
		t.Error("it is found")
	}
}
