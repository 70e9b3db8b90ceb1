package killrvideo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// completing makes a catalogue with a clock, and returns the repository of its queue.
func completing(t *testing.T, answers ...answer) (c *killrvideo.Catalogue, found *index, now *time.Time) {
	t.Helper()
	c, _, _ = newCatalogue(answers...)
	clock := at(0)
	c.Now = func() time.Time { return clock }
	c.Index.Now = c.Now
	return c, c.Index.Work.(*index), &clock
}

func submitted(t *testing.T, c *killrvideo.Catalogue) killrvideo.Video {
	t.Helper()
	video, err := c.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	return video
}

func TestACompleteSubmissionLeavesNoJob(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	video := submitted(t, c)
	if len(found.work) != 0 || !found.vectors[video.ID] {
		t.Errorf("work %v, vectors %v", found.work, found.vectors)
	}
}

func TestMetadataIsRequestedUntilItIsAvailable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answers []answer
		status  killrvideo.VideoStatus
		title   string
		found   bool
	}{
		"comes back after a while": {[]answer{down, down, down, cats}, killrvideo.StatusReady, "Cats", true},
		"has no such video":        {[]answer{down, unknown}, killrvideo.StatusError, killrvideo.UntitledVideo, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, found, now := completing(t, test.answers...)
			video := submitted(t, c)
			for range 4 {
				c.Index.Poll(t.Context())
				*now = now.Add(time.Hour)
			}
			got, err := c.Repository.Video(t.Context(), video.ID)
			if err != nil || got.Status != test.status || got.Title != test.title || len(found.work) != 0 || found.vectors[video.ID] != test.found {
				t.Errorf("got %+v, work %v, %v", got, found.work, err)
			}
		})
	}
}

func TestAFailedEmbeddingIsRepeated(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	c.Index.Embed = &embedding{fail: 2}
	video := submitted(t, c)
	if found.vectors[video.ID] || len(found.work) != 1 {
		t.Fatalf("work %v", found.work)
	}
	c.Index.Poll(t.Context()) // not due yet
	for range 2 {
		*now = now.Add(time.Hour)
		c.Index.Poll(t.Context())
	}
	if !found.vectors[video.ID] || len(found.work) != 0 {
		t.Errorf("work %v", found.work)
	}
}

// Another process runs the job of a killed one, once it is due.
func TestJobsSurviveTheirProcess(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	video := submitted(t, c)
	if err := c.Index.Enqueue(t.Context(), video, nil); err != nil {
		t.Fatal(err)
	}
	delete(found.vectors, video.ID)
	c.Index.Poll(t.Context())
	if found.vectors[video.ID] {
		t.Error("the job is due while it runs")
	}
	*now = now.Add(2 * time.Minute)
	c.Index.Poll(t.Context())
	if !found.vectors[video.ID] || len(found.work) != 0 {
		t.Errorf("work %v", found.work)
	}
}

func TestAJobIsGivenUpAfterAllAttempts(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, down)
	submitted(t, c)
	for range 10 {
		*now = now.Add(24 * time.Hour)
		c.Index.Poll(t.Context())
	}
	if len(found.work) != 0 {
		t.Errorf("work %v", found.work)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c, _, _ := completing(t, cats)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Index.Serve(ctx) }()
	cancel()
	<-done
}

// The old words of an edit whose indexing failed are removed when its job is run again.
func TestOldWordsOfAFailedEditAreRemovedLater(t *testing.T) {
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
	c.Index.Poll(t.Context())
	if !slices.Contains(found.forgotten, "cats") || len(found.work) != 0 {
		t.Errorf("forgotten %v, work %v", found.forgotten, found.work)
	}
}

func TestADeletedVideoIsUnindexedAfterAFailure(t *testing.T) {
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
	c.Index.Poll(t.Context())
	if _, ok := found.vectors[video.ID]; ok || len(found.work) != 0 {
		t.Errorf("still found: %v, work %v", found.vectors, found.work)
	}
}

// deletedMeanwhile is a repository whose video is deleted after it was read once.
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

func TestAVideoDeletedDuringIndexingIsNotFound(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	video := submitted(t, c)
	if err := c.Index.Enqueue(t.Context(), video, nil); err != nil {
		t.Fatal(err)
	}
	c.Index.Videos = &deletedMeanwhile{videos: c.Repository.(*videos)}
	*now = now.Add(time.Hour)
	c.Index.Poll(t.Context())
	if _, ok := found.vectors[video.ID]; ok {
		t.Error("it is found")
	}
}

// another runs or postpones a job in another process while this one waits for the
// video's lock.
type another struct {
	*index
	does func(*index, uuid.UUID)
}

func (a another) Lock(ctx context.Context, id uuid.UUID) (func(), error) {
	a.does(a.index, id)
	return a.index.Lock(ctx, id)
}

func TestAJobOfAnotherProcessIsNotRunAgain(t *testing.T) {
	t.Parallel()
	for name, does := range map[string]func(*index, uuid.UUID){
		"done": func(x *index, id uuid.UUID) { _ = x.RemoveWork(t.Context(), id) },
		"put off": func(x *index, id uuid.UUID) {
			_ = x.PutWork(t.Context(), killrvideo.Work{VideoID: id, Due: at(0).Add(2 * time.Hour)})
		},
		"in hand": func(x *index, id uuid.UUID) { x.locked[id] = true },
	} {
		c, found, now := completing(t, cats)
		video := submitted(t, c)
		if err := c.Index.Enqueue(t.Context(), video, nil); err != nil {
			t.Fatal(err)
		}
		delete(found.vectors, video.ID)
		c.Index.Locks = another{found, does}
		*now = now.Add(time.Hour)
		c.Index.Poll(t.Context())
		if found.vectors[video.ID] || len(c.Repository.(*videos).repaired) != 0 {
			t.Errorf("%s: and yet it is done", name)
		}
	}
}

// behind is a queue whose list of all jobs is outdated.
type behind struct {
	another
	read []killrvideo.Work
}

func (b behind) PendingWork(context.Context) ([]killrvideo.Work, error) { return b.read, nil }

// Processes that read the same jobs do not wait for the lock of a job that another one
// runs.
func TestARunningJobOfAnotherProcessIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	video := submitted(t, c)
	read := []killrvideo.Work{{VideoID: video.ID, Due: at(0)}, {VideoID: uuid.New(), Due: at(0)}}
	*now = now.Add(time.Hour)
	found.work[video.ID] = killrvideo.Work{VideoID: video.ID, Due: now.Add(time.Minute)}
	outdated := behind{another{found, func(_ *index, id uuid.UUID) { t.Errorf("the lock of %s is wanted", id) }}, read}
	c.Index.Work, c.Index.Locks = outdated, outdated
	c.Index.Poll(t.Context())
}

// A job with Lists repairs the lists, once; other jobs do not.
func TestInconsistentListsAreRepaired(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	repository := c.Repository.(*videos)
	video := submitted(t, c)
	if err := c.Index.Enqueue(t.Context(), video, []string{"new"}); err != nil {
		t.Fatal(err)
	}
	repository.faults, found.fail = &faults{"RepairVideo"}, 0
	*now = now.Add(time.Hour)
	c.Index.Poll(t.Context())
	if w := found.work[video.ID]; !w.Lists || w.Attempts != 1 {
		t.Fatalf("the repair fails, and yet: %+v", w)
	}
	repository.faults, found.fail = nil, 1
	for range 2 {
		*now = now.Add(time.Hour)
		c.Index.Poll(t.Context())
	}
	if len(repository.repaired) != 1 || len(found.work) != 0 {
		t.Fatalf("repaired %d times, work %+v", len(repository.repaired), found.work)
	}
	if got := repository.repaired[0]; got.video.ID != video.ID || !slices.Contains(got.former, "new") || !slices.Contains(got.former, "pets") {
		t.Errorf("%+v", got)
	}
}

// A change before the job is due repairs the lists first.
func TestAChangeRepairsAnInterruptedOne(t *testing.T) {
	t.Parallel()
	c, found, _ := completing(t, cats)
	repository := c.Repository.(*videos)
	owner, title := creator(), "Dogs"
	video, err := c.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
	if err != nil {
		t.Fatal(err)
	}
	edit := func() error {
		_, err := c.Update(t.Context(), owner, video.ID, killrvideo.VideoChange{Title: &title})
		return err
	}
	repository.faults = &faults{"UpdateVideo"}
	if err := edit(); err == nil || !found.work[video.ID].Lists || found.locked[video.ID] {
		t.Fatalf("%v, work %+v, locked %t", err, found.work, found.locked[video.ID])
	}
	repository.faults = &faults{"RepairVideo"}
	if err := edit(); err == nil || repository.byID[video.ID].Title == title || found.locked[video.ID] {
		t.Fatalf("%v: changed without a repair, or locked %t", err, found.locked[video.ID])
	}
	repository.faults = nil
	if err := edit(); err != nil || len(repository.repaired) != 1 || len(found.work) != 0 || len(found.locked) != 0 {
		t.Errorf("%v, repaired %d times, work %+v", err, len(repository.repaired), found.work)
	}
	if err := edit(); err != nil || len(repository.repaired) != 1 {
		t.Errorf("%v, repaired %d times", err, len(repository.repaired))
	}
}

// The lists of a video without metadata may be inconsistent only while its metadata is
// written to them.
func TestMetadataStoredHalfwayLeavesListsToRepair(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, down, cats)
	repository := c.Repository.(*videos)
	video := submitted(t, c)
	if w := found.work[video.ID]; w.Lists {
		t.Errorf("in doubt while it waits: %+v", w)
	}
	repository.faults = &faults{"UpdateVideo"}
	*now = now.Add(time.Hour)
	c.Index.Poll(t.Context())
	if w := found.work[video.ID]; !w.Lists || !slices.Contains(w.Tags, "pets") {
		t.Errorf("not in doubt: %+v", w)
	}
	repository.faults = nil
	*now = now.Add(time.Hour)
	c.Index.Poll(t.Context())
	if len(repository.repaired) != 1 || len(found.work) != 0 || repository.byID[video.ID].Title != "Cats" {
		t.Errorf("repaired %d times, work %+v", len(repository.repaired), found.work)
	}
}

// Words that a change could not remove are removed by the next change, which completes
// the job.
func TestAChangeRemovesWordsThatAnotherCouldNot(t *testing.T) {
	t.Parallel()
	birds := "Birds"
	for name, change := range map[string]func(*killrvideo.Catalogue, killrvideo.User, uuid.UUID) error{
		"an edit": func(c *killrvideo.Catalogue, owner killrvideo.User, id uuid.UUID) error {
			_, err := c.Update(t.Context(), owner, id, killrvideo.VideoChange{Title: &birds})
			return err
		},
		"a deletion": func(c *killrvideo.Catalogue, _ killrvideo.User, id uuid.UUID) error { return c.Hide(t.Context(), id) },
	} {
		c, found, _ := completing(t, cats)
		owner, dogs := creator(), "Dogs"
		video, err := c.Submit(t.Context(), owner, killrvideo.Submission{URL: "https://host.example/abc"})
		if err != nil {
			t.Fatal(err)
		}
		found.fail = 1
		if _, err := c.Update(t.Context(), owner, video.ID, killrvideo.VideoChange{Title: &dogs}); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(found.forgotten, "cats") || len(found.work) != 1 {
			t.Fatalf("%s: nothing has failed: %v", name, found.forgotten)
		}
		if err := change(c, owner, video.ID); err != nil || len(found.work) != 0 || !slices.Contains(found.forgotten, "cats") {
			t.Errorf("%s: %v, work %v, forgotten %v", name, err, found.work, found.forgotten)
		}
	}
}
