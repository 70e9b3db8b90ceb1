package store

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// numbers copies the views and ratings of videos from their tallies into their
// own rows, in the background: answers that find videos there, such as a search,
// do not read tallies.
type numbers struct {
	*db
	outdated backlog[uuid.UUID, struct{}]
}

func (s *numbers) changed(video uuid.UUID) { s.outdated.put(video, struct{}{}) }

// copiedAtOnce is how many videos are copied in parallel.
const copiedAtOnce = 20

func (s *numbers) run(ctx context.Context) {
	var videos []killrvideo.Summary
	for id := range s.outdated.take() {
		videos = append(videos, killrvideo.Summary{ID: id})
	}
	for some := range slices.Chunk(videos, copiedAtOnce) {
		s.warn(ctx, "copy the numbers of videos", s.copy(ctx, some))
	}
}

func (s *numbers) copy(ctx context.Context, videos []killrvideo.Summary) error {
	if _, err := s.readTotals(ctx, videos); err != nil {
		return err
	}
	jobs := make([]func() error, len(videos))
	for i, v := range videos {
		jobs[i] = func() error { return s.store(ctx, v) }
	}
	return parallel.Do(jobs...)
}

func (s *numbers) store(ctx context.Context, v killrvideo.Summary) error {
	return s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", v.ID), update.Table().
		Set("views", v.Views).Set("rating_count", v.RatingCount).Set("rating_total", v.RatingTotal))
}
