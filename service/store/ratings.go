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
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
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

func (r ratingRow) itemID() uuid.UUID { return r.ID }

func (r ratingRow) rating() killrvideo.Rating {
	return killrvideo.Rating{
		VideoID: r.VideoID, UserID: r.UserID, Stars: r.Rating, CreatedAt: r.FirstRatedAt.UTC(), UpdatedAt: r.RatedAt.UTC(),
	}
}

// written is a rating that this process wrote. It is uncertain if the write
// failed: the rating may be stored nevertheless, and not be counted.
type written struct {
	video, user, event uuid.UUID
	uncertain          bool
}

// ratedBy is the key of the lock that a rating holds in this process.
type ratedBy struct{ video, user uuid.UUID }

// Ratings implements killrvideo.RatingRepository.
type Ratings struct {
	*db
	numbers *numbers
	local   keyedMutex[ratedBy]
	// unchecked are ratings to read again, by event.
	unchecked backlog[uuid.UUID, written]
}

var _ killrvideo.RatingRepository = (*Ratings)(nil)

// Rate implements killrvideo.RatingRepository with two calls: one reads the
// rating that this one replaces, one writes the rating, the user's event and
// what they change in the totals.
func (s *Ratings) Rate(ctx context.Context, r killrvideo.Rating, allowed func() error) (killrvideo.Rating, error) {
	doing := fmt.Sprintf("rate video %s", r.VideoID)
	unlock, err := s.local.lock(ctx, ratedBy{r.VideoID, r.UserID})
	if err != nil {
		return r, failed(err, doing)
	}
	defer unlock()
	var before ratingRow
	var denied error
	err = parallel.Do(
		func() (err error) { before, err = s.ratingRow(ctx, r.VideoID, r.UserID); return err },
		func() error { denied = allowed(); return nil },
	)
	if denied != nil {
		return r, denied
	}
	if err != nil {
		return r, failed(err, doing)
	}
	// A rating that is replaced needs no second look, unless its write failed.
	s.unchecked.removeIf(before.Event, func(w written) bool { return !w.uncertain })
	row, event := ratingRows(r, r.UpdatedAt)
	row.Replaces = before.Event
	change := tally.Numbers{Stars: int64(r.Stars - before.Rating)}
	if before.Rating == 0 {
		change.Ratings = 1
	} else {
		row.FirstRatedAt = before.FirstRatedAt
	}
	err = s.count(ctx, schema.VideoStats, []any{row, event, activeIn(r.UpdatedAt, r.UserID)},
		tally.Delta{List: row.List, Numbers: change}, ratedOnce(event))
	s.bookmarks.forget(mergedList(r.UserID))
	s.unchecked.put(row.Event, written{r.VideoID, r.UserID, row.Event, err != nil})
	if err != nil {
		return r, failed(err, doing)
	}
	s.numbers.changed(r.VideoID)
	return row.rating(), nil
}

// ratedOnce counts an event in the user's list, which is kept for a while.
func ratedOnce(event ratingRow) tally.Delta {
	return tally.Delta{List: event.List, Bucket: quarter(event.RatedAt), Numbers: tally.Numbers{Items: 1}}
}

// ratingRow is empty if the user has not rated the video.
func (s *Ratings) ratingRow(ctx context.Context, video, user uuid.UUID) (ratingRow, error) {
	var row ratingRow
	err := s.table(ctx, schema.VideoStats).FindOne(ctx,
		filter.F{"list": videoList(video), "id": tally.PlainID(user)}).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		err = nil
	}
	return row, err
}

// Rating implements killrvideo.RatingRepository.
func (s *Ratings) Rating(ctx context.Context, video, user uuid.UUID) (killrvideo.Rating, error) {
	row, err := s.ratingRow(ctx, video, user)
	return row.rating(), failed(err, fmt.Sprintf("read a rating of video %s", video))
}

// checkAgain looks again at the ratings that this process wrote.
func (s *Ratings) checkAgain(ctx context.Context) {
	for _, w := range s.unchecked.take() {
		s.warn(ctx, "check a rating", s.check(ctx, w))
	}
}

// check reads a rating that this process wrote. Another process may have written
// one of the same user and video at the same time, and both have counted theirs
// as the first. The row then is neither ours nor replaces ours, and the ratings
// of the video are recounted. So they are after a write that failed.
func (s *Ratings) check(ctx context.Context, w written) error {
	row, err := s.ratingRow(ctx, w.video, w.user)
	if err == nil && (w.uncertain || row.Event != w.event && row.Replaces != w.event) {
		err = s.recount(ctx, w.video)
	}
	if err != nil {
		s.unchecked.put(w.event, w)
	}
	return err
}

var errBusy = errors.New("the video is being rated")

// recount corrects the totals of a video by its ratings. It fails if they
// change meanwhile: the rows and the totals must be of the same ratings.
func (s *Ratings) recount(ctx context.Context, video uuid.UUID) error {
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
	s.numbers.changed(video)
	return s.count(ctx, schema.VideoStats, nil, tally.Delta{List: list, Numbers: off})
}
