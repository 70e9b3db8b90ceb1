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

// videoWork begins the kind of work with videos. It lies in a share for each
// first digit of a video's id: every submission writes to it and takes away from
// it, and what was taken away is in the way of who reads for days.
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
func (s *Store) PutWork(ctx context.Context, w killrvideo.Work) error {
	change := update.Table().Set("attempts", w.Attempts).Set("due", w.Due).Set("lists", w.Lists)
	for column, members := range map[string][]string{"forget": w.Forget, "tags": w.Tags} {
		if len(members) > 0 {
			change.PushEach(column, anys(members)...)
		}
	}
	err := s.table(ctx, schema.PendingWork).UpdateOne(ctx, workKey(w.VideoID), change)
	return failed(err, fmt.Sprintf("note work with video %s", w.VideoID))
}

// PendingWork implements killrvideo.WorkRepository.
func (s *Store) PendingWork(ctx context.Context) ([]killrvideo.Work, error) {
	var rows []workRow
	err := s.table(ctx, schema.PendingWork).Find(filter.In("kind", workShares())).DecodeAll(ctx, &rows)
	work := make([]killrvideo.Work, len(rows))
	for i, r := range rows {
		work[i] = r.work()
	}
	return work, failed(err, "read pending work")
}

func anys(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// WorkWith implements killrvideo.WorkRepository.
func (s *Store) WorkWith(ctx context.Context, video uuid.UUID) (killrvideo.Work, error) {
	var row workRow
	err := s.table(ctx, schema.PendingWork).FindOne(ctx, workKey(video)).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		return killrvideo.Work{}, nil
	}
	return row.work(), failed(err, fmt.Sprintf("read the work with video %s", video))
}

// RemoveWork implements killrvideo.WorkRepository.
func (s *Store) RemoveWork(ctx context.Context, video uuid.UUID) error {
	err := s.table(ctx, schema.PendingWork).DeleteOne(ctx, workKey(video))
	return failed(err, fmt.Sprintf("remove the work with video %s", video))
}

func workKey(video uuid.UUID) filter.F {
	return filter.F{"kind": videoWork + video.String()[:1], "videoid": video}
}
