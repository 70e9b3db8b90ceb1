package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Views implements killrvideo.ViewRepository.
type Views struct {
	*db
	videos  *Videos
	numbers *numbers
	trends  trends
	// watched are notes that are stored.
	watched known
}

var _ killrvideo.ViewRepository = (*Views)(nil)

// CountView implements killrvideo.ViewRepository. The count is stored when it returns,
// the trends seconds later.
func (s *Views) CountView(ctx context.Context, video uuid.UUID) error {
	err := s.count(ctx, schema.VideoStats, nil, tally.Delta{List: videoList(video), Numbers: tally.Numbers{Views: 1}})
	if err != nil {
		return failed(err, fmt.Sprintf("count a view of video %s", video))
	}
	s.trends.add(day(s.now()), video, 1)
	s.numbers.changed(video)
	return nil
}

type watchRow struct {
	VideoID uuid.UUID `json:"videoid"`
	ID      uuid.UUID `json:"id"`
	UserID  uuid.UUID `json:"userid"`
	Seconds int       `json:"watch_duration_seconds"`
}

// AddWatchTime implements killrvideo.ViewRepository. The first one of a video and
// quarter in this process is noted, for its deletion after expiry.
func (s *Views) AddWatchTime(ctx context.Context, w killrvideo.WatchTime) error {
	doing := fmt.Sprintf("store the watch time of video %s", w.VideoID)
	kind := shareOf("watched:"+quarter(w.At), w.VideoID)
	note := []string{kind + w.VideoID.String()}
	if len(s.watched.unknown(note)) > 0 {
		if err := s.insert(ctx, schema.PendingWork, workRow{Kind: kind, VideoID: w.VideoID, Due: w.At}); err != nil {
			return failed(err, doing)
		}
		s.watched.add(note)
	}
	row := watchRow{w.VideoID, tally.ItemID(w.At, uuid.New()), w.UserID, w.Seconds}
	return failed(s.insert(ctx, schema.WatchTime, row), doing)
}

// Trending implements killrvideo.ViewRepository with two calls: the views of all days
// and the videos.
func (s *Views) Trending(ctx context.Context, days, limit int) ([]killrvideo.Summary, error) {
	counts, err := s.viewsOfDays(ctx, days)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for text := range most(counts, min(2*limit, maxIn)) { // some may be deleted
		if id, err := uuid.Parse(text); err == nil {
			ids = append(ids, id)
		}
	}
	videos, err := s.videos.byID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range videos {
		videos[i].Views = counts[videos[i].ID.String()]
	}
	slices.SortFunc(videos, func(a, b killrvideo.Summary) int {
		return cmp.Or(cmp.Compare(b.Views, a.Views), b.SubmittedAt.Compare(a.SubmittedAt))
	})
	return videos[:min(limit, len(videos))], nil
}
