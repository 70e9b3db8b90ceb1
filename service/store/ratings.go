package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// ratingRow is one user's rating of a video, below the video's tallies. Event
// names the write that made it, and Replaces the one before.
type ratingRow struct {
	List         string    `json:"list"`
	ID           uuid.UUID `json:"id"`
	VideoID      uuid.UUID `json:"videoid"`
	UserID       uuid.UUID `json:"userid"`
	Rating       int       `json:"rating"`
	RatedAt      time.Time `json:"rated_at"`
	FirstRatedAt time.Time `json:"first_rated_at"`
	Event        uuid.UUID `json:"event"`
	Replaces     uuid.UUID `json:"replaces"`
}

func (r ratingRow) rating() killrvideo.Rating {
	return killrvideo.Rating{
		VideoID: r.VideoID, UserID: r.UserID, Stars: r.Rating, CreatedAt: r.FirstRatedAt.UTC(), UpdatedAt: r.RatedAt.UTC(),
	}
}

// written is a rating as this process wrote it. It is in doubt if the write
// failed: the rating may be stored all the same, and not be counted.
type written struct {
	video, user, event uuid.UUID
	doubtful           bool
}

// ratedBy is what two ratings may not change at once in this process.
type ratedBy struct{ video, user uuid.UUID }

// Rate implements killrvideo.RatingRepository with two calls: one reads the
// rating that this one replaces, one writes the rating, the user's event and
// what they change in the totals.
func (s *Store) Rate(ctx context.Context, r killrvideo.Rating) (killrvideo.Rating, error) {
	doing := fmt.Sprintf("rate video %s", r.VideoID)
	giveBack, err := s.rating.take(ctx, ratedBy{r.VideoID, r.UserID})
	if err != nil {
		return r, failed(err, doing)
	}
	defer giveBack()
	before, err := s.ratingRow(ctx, r.VideoID, r.UserID)
	if err != nil {
		return r, failed(err, doing)
	}
	s.chores.seen(before.Event)
	row, event := ratingRows(r, r.UpdatedAt)
	row.Replaces = before.Event
	change := tally.Numbers{Stars: int64(r.Stars - before.Rating)}
	if before.Rating == 0 {
		change.Ratings = 1
	} else {
		row.FirstRatedAt = before.FirstRatedAt
	}
	err = s.stats.Write(ctx, []any{row, event, activeIn(r.UpdatedAt, r.UserID)},
		tally.Delta{List: row.List, Numbers: change}, ratedOnce(event))
	s.chores.lookAgain(written{r.VideoID, r.UserID, row.Event, err != nil})
	if err != nil {
		return r, failed(err, doing)
	}
	s.chores.refresh(r.VideoID)
	return row.rating(), nil
}

// ratedOnce counts an event in the user's list, which is kept for a while.
func ratedOnce(event ratingRow) tally.Delta {
	return tally.Delta{List: event.List, Bucket: quarter(event.RatedAt), Numbers: tally.Numbers{Items: 1}}
}

// ratingRow is empty if the user has not rated the video.
func (s *Store) ratingRow(ctx context.Context, video, user uuid.UUID) (ratingRow, error) {
	var row ratingRow
	err := s.table(ctx, schema.VideoStats).FindOne(ctx,
		filter.F{"list": videoList(video), "id": tally.PlainID(user)}).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		err = nil
	}
	return row, err
}

// Rating implements killrvideo.RatingRepository.
func (s *Store) Rating(ctx context.Context, video, user uuid.UUID) (killrvideo.Rating, error) {
	row, err := s.ratingRow(ctx, video, user)
	return row.rating(), failed(err, fmt.Sprintf("read a rating of video %s", video))
}

// settle looks at a rating again that this process wrote. Another process may
// have written one of the same user and video at the very same time, and both
// have counted theirs as the first. That shows in the row: it is neither ours,
// nor does it replace ours. Then the ratings are counted out, and so they are
// after a write that failed.
func (s *Store) settle(ctx context.Context, w written) error {
	row, err := s.ratingRow(ctx, w.video, w.user)
	if err == nil && (w.doubtful || row.Event != w.event && row.Replaces != w.event) {
		err = s.recount(ctx, w.video)
	}
	if err != nil {
		s.chores.lookAgain(w)
	}
	return err
}

var errBusy = errors.New("somebody rates the video right now")

// recount corrects the totals of a video by its ratings. It fails if they
// change meanwhile: what is counted out must be what the totals are of.
func (s *Store) recount(ctx context.Context, video uuid.UUID) error {
	list := videoList(video)
	before, err := s.stats.Read(ctx, list)
	if err != nil {
		return err
	}
	var rows []ratingRow
	find := filter.F{"list": list, "id": filter.F{"$lt": tally.MinID}}
	if err := s.table(ctx, schema.VideoStats).Find(find).DecodeAll(ctx, &rows); err != nil {
		return err
	}
	var truth tally.Numbers
	for _, r := range rows {
		truth.Ratings++
		truth.Stars += int64(r.Rating)
	}
	totals, err := s.stats.Read(ctx, list)
	if err != nil {
		return err
	}
	off, moved := truth.Minus(totals[list].Sum()), totals[list].Sum().Minus(before[list].Sum())
	if moved.Ratings != 0 || moved.Stars != 0 {
		return errBusy
	}
	off.Items, off.Views = 0, 0
	if off == (tally.Numbers{}) {
		return nil
	}
	s.chores.refresh(video)
	return s.stats.Write(ctx, nil, tally.Delta{List: list, Numbers: off})
}
