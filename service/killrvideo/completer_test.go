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
				c.Completer.Round(t.Context())
				*now = now.Add(time.Hour)
			}
			got, err := c.Repository.Video(t.Context(), video.ID)
			if err != nil || got.Status != test.status || got.Title != test.title || len(found.work) != 0 || found.vectors[video.ID] != test.found {
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
	if err := c.Completer.Expect(t.Context(), video, nil); err != nil {
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
	if err := c.Completer.Expect(t.Context(), video, nil); err != nil {
		t.Fatal(err)
	}
	c.Completer.Videos = &deletedMeanwhile{videos: c.Repository.(*videos)}
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if _, ok := found.vectors[video.ID]; ok {
		t.Error("it is found")
	}
}

// another is work that somebody else does, or puts off, while we wait for the
// video's lock.
type another struct {
	*index
	does func(*index, uuid.UUID)
}

func (a another) Lock(ctx context.Context, id uuid.UUID) (func(), error) {
	a.does(a.index, id)
	return a.index.Lock(ctx, id)
}

func TestWorkThatSomebodyElseHasDoneIsNotDoneAgain(t *testing.T) {
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
		if err := c.Completer.Expect(t.Context(), video, nil); err != nil {
			t.Fatal(err)
		}
		delete(found.vectors, video.ID)
		c.Completer.Work = another{found, does}
		*now = now.Add(time.Hour)
		c.Completer.Round(t.Context())
		if found.vectors[video.ID] || len(c.Repository.(*videos).mended) != 0 {
			t.Errorf("%s: and yet it is done", name)
		}
	}
}

// behind is work of which what is read all at once is old by now.
type behind struct {
	another
	read []killrvideo.Work
}

func (b behind) PendingWork(context.Context) ([]killrvideo.Work, error) { return b.read, nil }

// Of several processes that read the same work each does other work: none
// waits for the lock of a video that another one is at.
func TestWhatSomebodyElseIsAtIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	video := submitted(t, c)
	read := []killrvideo.Work{{VideoID: video.ID, Due: at(0)}, {VideoID: uuid.New(), Due: at(0)}}
	*now = now.Add(time.Hour)
	found.work[video.ID] = killrvideo.Work{VideoID: video.ID, Due: now.Add(time.Minute)}
	c.Completer.Work = behind{another{found, func(_ *index, id uuid.UUID) { t.Errorf("the lock of %s is wanted", id) }}, read}
	c.Completer.Round(t.Context())
}

// Work of which the lists are in doubt mends them, once; other work does not.
func TestListsInDoubtAreMended(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, cats)
	repository := c.Repository.(*videos)
	video := submitted(t, c)
	if err := c.Completer.Expect(t.Context(), video, []string{"new"}); err != nil {
		t.Fatal(err)
	}
	repository.faults, found.fail = &faults{"MendVideo"}, 0
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if w := found.work[video.ID]; !w.Lists || w.Attempts != 1 {
		t.Fatalf("it cannot be mended, and yet: %+v", w)
	}
	repository.faults, found.fail = nil, 1
	for range 2 {
		*now = now.Add(time.Hour)
		c.Completer.Round(t.Context())
	}
	if len(repository.mended) != 1 || len(found.work) != 0 {
		t.Fatalf("mended %d times, work %+v", len(repository.mended), found.work)
	}
	if got := repository.mended[0]; got.video.ID != video.ID || !slices.Contains(got.former, "new") || !slices.Contains(got.former, "pets") {
		t.Errorf("%+v", got)
	}
}

// A change that comes before the work is due mends first what another one has
// left.
func TestAChangeMendsWhatAnotherHasLeft(t *testing.T) {
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
	repository.faults = &faults{"MendVideo"}
	if err := edit(); err == nil || repository.byID[video.ID].Title == title || found.locked[video.ID] {
		t.Fatalf("%v: changed without mending, or locked %t", err, found.locked[video.ID])
	}
	repository.faults = nil
	if err := edit(); err != nil || len(repository.mended) != 1 || len(found.work) != 0 || len(found.locked) != 0 {
		t.Errorf("%v, mended %d times, work %+v", err, len(repository.mended), found.work)
	}
	if err := edit(); err != nil || len(repository.mended) != 1 {
		t.Errorf("%v, mended %d times", err, len(repository.mended))
	}
}

// While a video has not got its metadata its lists are in doubt only as long as
// that is written into them.
func TestMetadataThatIsStoredHalfwayLeavesListsInDoubt(t *testing.T) {
	t.Parallel()
	c, found, now := completing(t, down, cats)
	repository := c.Repository.(*videos)
	video := submitted(t, c)
	if w := found.work[video.ID]; w.Lists {
		t.Errorf("in doubt while it waits: %+v", w)
	}
	repository.faults = &faults{"UpdateVideo"}
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if w := found.work[video.ID]; !w.Lists || !slices.Contains(w.Tags, "pets") {
		t.Errorf("not in doubt: %+v", w)
	}
	repository.faults = nil
	*now = now.Add(time.Hour)
	c.Completer.Round(t.Context())
	if len(repository.mended) != 1 || len(found.work) != 0 || repository.byID[video.ID].Title != "Cats" {
		t.Errorf("mended %d times, work %+v", len(repository.mended), found.work)
	}
}

// Words that a change could not make a video forget are forgotten by the next
// one, whichever it is: with that the work is done.
func TestAChangeForgetsWhatAnotherCouldNot(t *testing.T) {
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
