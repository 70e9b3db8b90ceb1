package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

type workRow struct {
	Kind     string    `json:"kind"`
	VideoID  uuid.UUID `json:"videoid"`
	Attempts int       `json:"attempts"`
	Due      time.Time `json:"due"`
	Forget   []string  `json:"forget,omitempty"`
}

const videoWork = "video"

// PutWork implements killrvideo.WorkRepository.
func (s *Store) PutWork(ctx context.Context, w killrvideo.Work) error {
	change := update.Table().Set("attempts", w.Attempts).Set("due", w.Due)
	if len(w.Forget) > 0 {
		words := make([]any, len(w.Forget))
		for i, word := range w.Forget {
			words[i] = word
		}
		change.PushEach("forget", words...)
	}
	err := s.table(ctx, schema.PendingWork).UpdateOne(ctx, workKey(w.VideoID), change)
	return failed(err, fmt.Sprintf("note work with video %s", w.VideoID))
}

// PendingWork implements killrvideo.WorkRepository.
func (s *Store) PendingWork(ctx context.Context) ([]killrvideo.Work, error) {
	var rows []workRow
	err := s.table(ctx, schema.PendingWork).Find(filter.Eq("kind", videoWork)).DecodeAll(ctx, &rows)
	work := make([]killrvideo.Work, len(rows))
	for i, r := range rows {
		work[i] = killrvideo.Work{VideoID: r.VideoID, Attempts: r.Attempts, Due: r.Due, Forget: r.Forget}
	}
	return work, failed(err, "read pending work")
}

// RemoveWork implements killrvideo.WorkRepository.
func (s *Store) RemoveWork(ctx context.Context, video uuid.UUID) error {
	err := s.table(ctx, schema.PendingWork).DeleteOne(ctx, workKey(video))
	return failed(err, fmt.Sprintf("remove the work with video %s", video))
}

func workKey(video uuid.UUID) filter.F { return filter.F{"kind": videoWork, "videoid": video} }
