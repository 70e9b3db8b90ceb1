package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// withoutVector keeps the embedding, thousands of bytes that nobody asked for,
// out of an answer.
var withoutVector = map[string]any{"content_features": false}

// Video implements killrvideo.VideoRepository.
func (s *Store) Video(ctx context.Context, id uuid.UUID) (killrvideo.Video, error) {
	var row videoRow
	err := s.table(ctx, schema.Videos).FindOne(ctx, filter.Eq("videoid", id),
		options.TableFindOne().SetProjection(withoutVector)).Decode(&row)
	// A row that only an update left behind has no date: it never was a video.
	if errors.Is(err, results.ErrNoDocuments) || err == nil && row.AddedDate.IsZero() {
		return killrvideo.Video{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Video not found")
	}
	if err != nil {
		return killrvideo.Video{}, failed(err, fmt.Sprintf("read video %s", id))
	}
	return row.video(), nil
}

// CreateVideo implements killrvideo.VideoRepository.
func (s *Store) CreateVideo(ctx context.Context, v killrvideo.Video) error {
	row := rowOfVideo(v)
	err := parallel(
		func() error { return s.insert(ctx, schema.Videos, row) },
		func() error {
			return s.insert(ctx, schema.LatestVideos, latestRow{month(v.SubmittedAt), row.summaryRow})
		},
		func() error { return s.insert(ctx, schema.VideosByUser, row.summaryRow) },
	)
	if err != nil {
		s.undoCreate(ctx, v)
		return failed(err, fmt.Sprintf("store video %s", v.ID))
	}
	s.countVideo(ctx, v, 1)
	return nil
}

func (s *Store) insert(ctx context.Context, table string, row any) error {
	_, err := s.table(ctx, table).InsertOne(ctx, row)
	return err
}

// undoCreate takes back what of a video may have been stored, even if the
// client has gone.
func (s *Store) undoCreate(ctx context.Context, v killrvideo.Video) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := errors.Join(s.unlist(ctx, v),
		s.table(ctx, schema.Videos).DeleteOne(ctx, filter.Eq("videoid", v.ID)))
	if err != nil {
		s.config.Log.ErrorContext(ctx, "part of a refused video is left behind", "video", v.ID, "error", err)
	}
}

// unlist takes a video off its lists.
func (s *Store) unlist(ctx context.Context, v killrvideo.Video) error {
	return parallel(
		func() error { return s.table(ctx, schema.LatestVideos).DeleteOne(ctx, latestKey(v)) },
		func() error { return s.table(ctx, schema.VideosByUser).DeleteOne(ctx, uploaderKey(v)) },
	)
}

// countVideo changes the totals of the lists that a video is in. The video is
// stored by then, and a count that cannot be is remembered for the next one,
// so this is no reason to answer with an error.
func (s *Store) countVideo(ctx context.Context, v killrvideo.Video, n int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := parallel(
		func() error { return s.totals.add(ctx, latestList, month(v.SubmittedAt), n) },
		func() error { return s.totals.add(ctx, uploaderList(v.UserID), oneBucket, n) },
	)
	if err != nil {
		s.config.Log.WarnContext(ctx, "totals are behind until the next change", "video", v.ID, "error", err)
	}
}

// UpdateVideo implements killrvideo.VideoRepository. It writes only what has
// changed, so that two who change different things do not undo each other, and
// the video's own row last: whoever tries again after a failure still finds the
// difference there, and mends the lists with it.
func (s *Store) UpdateVideo(ctx context.Context, before, after killrvideo.Video) error {
	listed, full := changes(before, after)
	if full == nil {
		return nil
	}
	doing := fmt.Sprintf("update video %s", after.ID)
	if listed != nil {
		err := parallel(
			func() error { return s.table(ctx, schema.LatestVideos).UpdateOne(ctx, latestKey(after), listed) },
			func() error { return s.table(ctx, schema.VideosByUser).UpdateOne(ctx, uploaderKey(after), listed) },
		)
		if err != nil {
			return failed(err, doing+" in its lists")
		}
	}
	return failed(s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", after.ID), full), doing)
}

// RemoveVideo implements killrvideo.VideoRepository. Only a video that is in
// its list is counted out, so that removing it again changes nothing.
func (s *Store) RemoveVideo(ctx context.Context, v killrvideo.Video) error {
	doing := fmt.Sprintf("remove video %s", v.ID)
	err := s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", v.ID),
		update.Table().Set("deleted_at", v.DeletedAt))
	if err != nil {
		return failed(err, doing)
	}
	var listed summaryRow
	err = s.table(ctx, schema.LatestVideos).FindOne(ctx, latestKey(v)).Decode(&listed)
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	if err := errors.Join(err, s.unlist(ctx, v)); err != nil {
		return failed(err, doing)
	}
	s.countVideo(ctx, v, -1)
	return nil
}

func month(t time.Time) string { return t.UTC().Format("2006-01") }

func latestKey(v killrvideo.Video) filter.F {
	return filter.F{"month": month(v.SubmittedAt), "added_date": v.SubmittedAt, "videoid": v.ID}
}

func uploaderKey(v killrvideo.Video) filter.F {
	return filter.F{"userid": v.UserID, "added_date": v.SubmittedAt, "videoid": v.ID}
}
