package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// WorkQueue implements killrvideo.WorkRepository.
type WorkQueue struct{ *db }

var _ killrvideo.WorkRepository = (*WorkQueue)(nil)

type workRow struct {
	Kind     string    `json:"kind"`
	VideoID  uuid.UUID `json:"videoid"`
	Attempts int       `json:"attempts"`
	Due      time.Time `json:"due"`
	Lists    bool      `json:"lists,omitempty"`
	Forget   []string  `json:"forget,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
}

func (r workRow) work() killrvideo.Work {
	return killrvideo.Work{VideoID: r.VideoID, Attempts: r.Attempts, Due: r.Due, Lists: r.Lists, Forget: r.Forget, Tags: r.Tags}
}

// videoWork begins the kind, which is the partition, of work with videos. There
// are sixteen shares, by the first digit of a video's id: every submission adds a
// row and deletes it, and deleted rows slow down reads for days.
const videoWork = "video:"

const shares = "0123456789abcdef"

func workShares() []string {
	kinds := make([]string, 0, len(shares))
	for _, digit := range shares {
		kinds = append(kinds, videoWork+string(digit))
	}
	return kinds
}

// PutWork implements killrvideo.WorkRepository.
func (s *WorkQueue) PutWork(ctx context.Context, w killrvideo.Work) error {
	change := update.Table().Set("attempts", w.Attempts).Set("due", w.Due).Set("lists", w.Lists)
	for column, members := range map[string][]string{"forget": w.Forget, "tags": w.Tags} {
		if len(members) > 0 {
			change.PushEach(column, anys(members)...)
		}
	}
	err := s.table(ctx, schema.PendingWork).UpdateOne(ctx, workKey(w.VideoID), change)
	return failed(err, fmt.Sprintf("store the job of video %s", w.VideoID))
}

// PendingWork implements killrvideo.WorkRepository.
func (s *WorkQueue) PendingWork(ctx context.Context) ([]killrvideo.Work, error) {
	var rows []workRow
	err := s.table(ctx, schema.PendingWork).Find(filter.In("kind", workShares())).DecodeAll(ctx, &rows)
	work := make([]killrvideo.Work, len(rows))
	for i, r := range rows {
		work[i] = r.work()
	}
	return work, failed(err, "read the index queue")
}

func anys(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// WorkWith implements killrvideo.WorkRepository.
func (s *WorkQueue) WorkWith(ctx context.Context, video uuid.UUID) (killrvideo.Work, error) {
	var row workRow
	err := s.table(ctx, schema.PendingWork).FindOne(ctx, workKey(video)).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		return killrvideo.Work{}, nil
	}
	return row.work(), failed(err, fmt.Sprintf("read the job of video %s", video))
}

// RemoveWork implements killrvideo.WorkRepository.
func (s *WorkQueue) RemoveWork(ctx context.Context, video uuid.UUID) error {
	err := s.table(ctx, schema.PendingWork).DeleteOne(ctx, workKey(video))
	return failed(err, fmt.Sprintf("remove the job of video %s", video))
}

func workKey(video uuid.UUID) filter.F {
	return filter.F{"kind": videoWork + video.String()[:1], "videoid": video}
}
