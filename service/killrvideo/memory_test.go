package killrvideo_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// audits are the stored audits, in order.
type audits struct {
	all  []killrvideo.Audit
	fail error
}

func (a *audits) AddAudit(_ context.Context, one killrvideo.Audit) error {
	if a.fail == nil {
		a.all = append(a.all, one)
	}
	return a.fail
}

// videos stores videos in memory. It is safe for concurrent use.
type videos struct {
	killrvideo.VideoRepository
	faults   *faults
	mu       sync.Mutex
	byID     map[uuid.UUID]killrvideo.Video
	changed  chan struct{}
	repaired []repaired
}

type repaired struct {
	video  killrvideo.Video
	former []string
}

func newVideos() *videos {
	return &videos{byID: map[uuid.UUID]killrvideo.Video{}, changed: make(chan struct{}, 100)}
}

func (v *videos) CreateVideo(_ context.Context, video killrvideo.Video) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.byID[video.ID] = video
	return nil
}

func (v *videos) UpdateVideo(ctx context.Context, _, video killrvideo.Video) error {
	if err := v.faults.check("UpdateVideo"); err != nil {
		return err
	}
	defer func() { v.changed <- struct{}{} }()
	return v.CreateVideo(ctx, video)
}

func (v *videos) Video(_ context.Context, id uuid.UUID) (killrvideo.Video, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if video, ok := v.byID[id]; ok {
		return video, v.faults.check("Video")
	}
	return killrvideo.Video{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Video not found")
}

func (v *videos) VideosByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]killrvideo.Video, error) {
	found := map[uuid.UUID]killrvideo.Video{}
	for _, id := range ids {
		if video, err := v.Video(ctx, id); err == nil {
			found[id] = video
		}
	}
	return found, v.faults.check("VideosByID")
}

func (v *videos) VideoDetail(ctx context.Context, id uuid.UUID) (killrvideo.Video, error) {
	return v.Video(ctx, id)
}

func (v *videos) RemoveVideo(ctx context.Context, video killrvideo.Video) error {
	if err := v.faults.check("RemoveVideo"); err != nil {
		return err
	}
	return v.CreateVideo(ctx, video)
}

// RepairVideo records its calls.
func (v *videos) RepairVideo(_ context.Context, video killrvideo.Video, former []string) error {
	if err := v.faults.check("RepairVideo"); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.repaired = append(v.repaired, repaired{video, former})
	return nil
}

func (v *videos) RestoreVideo(ctx context.Context, video killrvideo.Video) error {
	if err := v.faults.check("RestoreVideo"); err != nil {
		return err
	}
	return v.CreateVideo(ctx, video)
}

// index is a search index, an index queue and locks in memory.
type index struct {
	killrvideo.SearchRepository
	mu      sync.Mutex
	vectors map[uuid.UUID]bool
	work    map[uuid.UUID]killrvideo.Work
	// fail is how often it fails; forgotten are all words to forget.
	fail      int
	forgotten []string
	// locked are the videos whose lock is held.
	locked map[uuid.UUID]bool
}

func newIndex() *index {
	return &index{vectors: map[uuid.UUID]bool{}, work: map[uuid.UUID]killrvideo.Work{}, locked: map[uuid.UUID]bool{}}
}

func (x *index) Index(_ context.Context, v killrvideo.Video, forget []string, vector *killrvideo.Embedding) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fail > 0 {
		x.fail--
		return killrvideo.Errorf(killrvideo.EUNAVAILABLE, "down")
	}
	x.forgotten = append(x.forgotten, forget...)
	x.vectors[v.ID] = vector != nil
	return nil
}

func (x *index) Unindex(_ context.Context, v killrvideo.Video, forget []string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fail > 0 {
		x.fail--
		return killrvideo.Errorf(killrvideo.EUNAVAILABLE, "down")
	}
	x.forgotten = append(x.forgotten, forget...)
	delete(x.vectors, v.ID)
	return nil
}

func (x *index) SetVector(_ context.Context, id uuid.UUID, _ killrvideo.Embedding) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.vectors[id] = true
	return nil
}

func (x *index) PutWork(_ context.Context, w killrvideo.Work) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	w.Forget = append(w.Forget, x.work[w.VideoID].Forget...)
	w.Tags = append(w.Tags, x.work[w.VideoID].Tags...)
	x.work[w.VideoID] = w
	return nil
}

func (x *index) PendingWork(context.Context) ([]killrvideo.Work, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all []killrvideo.Work
	for _, w := range x.work {
		all = append(all, w)
	}
	return all, nil
}

func (x *index) WorkWith(_ context.Context, id uuid.UUID) (killrvideo.Work, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.work[id], nil
}

func (x *index) Lock(_ context.Context, id uuid.UUID) (func(), error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.locked[id] {
		return nil, errDown
	}
	x.locked[id] = true
	return func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		delete(x.locked, id)
	}, nil
}

func (x *index) RemoveWork(_ context.Context, id uuid.UUID) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.work, id)
	return nil
}

// embedding fails a number of times.
type embedding struct {
	fail int
	// asked is the number of calls, inTime whether the last one had a deadline.
	asked  int
	inTime bool
}

func (e *embedding) Embed(ctx context.Context, _ string, _ bool) (killrvideo.Embedding, error) {
	e.asked++
	_, e.inTime = ctx.Deadline()
	if e.fail > 0 {
		e.fail--
		return killrvideo.Embedding{}, killrvideo.Errorf(killrvideo.EUPSTREAM, "down")
	}
	return killrvideo.Embedding{Vector: []float32{1}, Model: "a model", Cutoff: 0.65}, nil
}

func (*embedding) Model() string { return "a model" }

// host takes the last path segment for the id, and has scripted answers.
type host struct {
	mu      sync.Mutex
	answers []answer
}

type answer struct {
	metadata killrvideo.Metadata
	err      error
}

func (*host) VideoID(url string) (string, bool) {
	id, ok := strings.CutPrefix(url, "https://host.example/")
	return id, ok
}
func (*host) EmbedURL(id string) string     { return "https://host.example/" + id }
func (*host) ThumbnailURL(id string) string { return "https://host.example/" + id + ".jpg" }

// Metadata returns the answers one by one, then the last one.
func (h *host) Metadata(context.Context, string) (killrvideo.Metadata, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.answers[0]
	if len(h.answers) > 1 {
		h.answers = h.answers[1:]
	}
	return a.metadata, a.err
}

func silent() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
