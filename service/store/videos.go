package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// withoutVector keeps the embedding, thousands of bytes that nobody asked for,
// out of an answer.
var withoutVector = map[string]any{"content_features": false}

func withoutVectors() *options.TableFindOptions {
	return options.TableFind().SetProjection(withoutVector)
}

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

// VideoDetail implements killrvideo.VideoRepository, with two calls at once.
func (s *Store) VideoDetail(ctx context.Context, id uuid.UUID) (killrvideo.Video, error) {
	var video killrvideo.Video
	var totals tally.Totals
	err := parallel(
		func() (err error) { video, err = s.Video(ctx, id); return err },
		func() (err error) { totals, err = s.readTotals(ctx, videoList(id), nil); return err },
	)
	count(&video.Summary, totals.Sum())
	return video, err
}

// CreateVideo implements killrvideo.VideoRepository. The video's own row comes
// first: whoever finds that a process died in the middle writes the lists by it.
func (s *Store) CreateVideo(ctx context.Context, v killrvideo.Video) error {
	until := s.config.Now().Add(takingBack)
	err := s.insert(ctx, schema.Videos, rowOfVideo(v))
	if err == nil {
		err = s.enlist(ctx, v)
	}
	if err == nil {
		err = s.stats.Write(ctx, nil, countedLists(v, 1)...)
	}
	if err != nil {
		s.undoCreate(ctx, v, until)
		return failed(err, fmt.Sprintf("store video %s", v.ID))
	}
	return nil
}

func (s *Store) insert(ctx context.Context, table string, row any) error {
	_, err := s.table(ctx, table).InsertOne(ctx, row)
	return err
}

// enlist puts a video into its lists: an unpublished one into its uploader's
// alone.
func (s *Store) enlist(ctx context.Context, v killrvideo.Video) error {
	row := rowOfVideo(v).summaryRow
	jobs := []func() error{func() error { return s.insert(ctx, schema.VideosByUser, row) }}
	if v.Published() {
		jobs = append(jobs, func() error { return s.insert(ctx, schema.LatestVideos, latestRow{month(v.SubmittedAt), row}) })
	}
	if v.Published() && len(v.Tags) > 0 {
		jobs = append(jobs, func() error { return s.enlistTags(ctx, row, v.Tags) })
	}
	return parallel(jobs...)
}

func (s *Store) enlistTags(ctx context.Context, row summaryRow, tags []string) error {
	rows := make([]tagRow, len(tags))
	for i, tag := range tags {
		rows[i] = tagRow{tag, row}
	}
	_, err := s.table(ctx, schema.VideosByTag).InsertMany(ctx, rows)
	return err
}

// undoCreate takes back what of a video may have been stored, even if the
// client has gone, its own row last. Its tallies were not counted: they come
// last. What cannot be taken back is tried again until a time; from then on it
// is for whoever takes up the work that is noted with it, which completes it.
func (s *Store) undoCreate(ctx context.Context, v killrvideo.Video, until time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := s.unlist(ctx, v, v.Tags)
	if err == nil {
		err = s.table(ctx, schema.Videos).DeleteOne(ctx, filter.Eq("videoid", v.ID))
	}
	if err != nil {
		s.config.Log.WarnContext(ctx, "part of a refused video is left behind for now", "video", v.ID, "error", err)
		s.chores.takeBack(v, until)
	}
}

// unlist takes a video off its lists, and off those of the tags.
func (s *Store) unlist(ctx context.Context, v killrvideo.Video, tags []string) error {
	return parallel(
		func() error { return s.table(ctx, schema.LatestVideos).DeleteOne(ctx, latestKey(v)) },
		func() error { return s.table(ctx, schema.VideosByUser).DeleteOne(ctx, uploaderKey(v)) },
		func() error { return s.unlistTags(ctx, v, tags) },
	)
}

func (s *Store) unlistTags(ctx context.Context, v killrvideo.Video, tags []string) error {
	return eachTag(tags, func(tag string) error {
		return s.table(ctx, schema.VideosByTag).DeleteOne(ctx, tagKey(v, tag))
	})
}

func eachTag(tags []string, do func(tag string) error) error {
	jobs := make([]func() error, len(tags))
	for i, tag := range tags {
		jobs[i] = func() error { return do(tag) }
	}
	return parallel(jobs...)
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
	var counted []tally.Delta
	if listed != nil && !after.Deleted() {
		change := s.relist
		if before.Published() != after.Published() {
			change = s.republish
		}
		var err error
		if counted, err = change(ctx, before, after, listed); err != nil {
			return failed(err, doing+" in its lists")
		}
	}
	err := s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", after.ID), full)
	if err != nil && len(counted) > 0 { // a repetition counts these again
		err = errors.Join(err, s.stats.Write(ctx, nil, negated(counted)...))
	}
	return failed(err, doing)
}

// republish puts a video that becomes published into the public lists, and
// takes one that no longer is off them. It gives what it has counted there.
func (s *Store) republish(ctx context.Context, before, after killrvideo.Video, _ *update.TableUpdate) ([]tally.Delta, error) {
	err := s.enlist(ctx, after)
	if err == nil && !after.Published() {
		err = parallel(
			func() error { return s.table(ctx, schema.LatestVideos).DeleteOne(ctx, latestKey(after)) },
			func() error { return s.unlistTags(ctx, after, before.Tags) },
		)
	}
	if err != nil {
		return nil, err
	}
	deltas := append(negated(countedLists(before, 1)), countedLists(after, 1)...)
	return deltas, s.stats.Write(ctx, nil, deltas...)
}

// relist changes a video in the lists where it stays, and moves it to the ones
// of its new tags. It gives what it has counted there.
func (s *Store) relist(ctx context.Context, before, after killrvideo.Video, listed *update.TableUpdate) ([]tally.Delta, error) {
	if !after.Published() {
		return nil, s.table(ctx, schema.VideosByUser).UpdateOne(ctx, uploaderKey(after), listed)
	}
	added, kept := split(after.Tags, before.Tags)
	removed, _ := split(before.Tags, after.Tags)
	jobs := []func() error{
		func() error { return s.table(ctx, schema.LatestVideos).UpdateOne(ctx, latestKey(after), listed) },
		func() error { return s.table(ctx, schema.VideosByUser).UpdateOne(ctx, uploaderKey(after), listed) },
		func() error {
			return eachTag(kept, func(tag string) error {
				return s.table(ctx, schema.VideosByTag).UpdateOne(ctx, tagKey(after, tag), listed)
			})
		},
		func() error { return s.unlistTags(ctx, after, removed) },
	}
	if len(added) > 0 {
		jobs = append(jobs, func() error { return s.enlistTags(ctx, rowOfVideo(after).summaryRow, added) })
	}
	if err := parallel(jobs...); err != nil {
		return nil, err
	}
	var deltas []tally.Delta
	for _, tag := range added {
		deltas = append(deltas, tally.Delta{List: tagList(tag), Numbers: tally.Numbers{Items: 1}})
	}
	for _, tag := range removed {
		deltas = append(deltas, tally.Delta{List: tagList(tag), Numbers: tally.Numbers{Items: -1}})
	}
	if len(deltas) == 0 {
		return nil, nil
	}
	return deltas, s.stats.Write(ctx, nil, deltas...)
}

func negated(deltas []tally.Delta) []tally.Delta {
	out := make([]tally.Delta, len(deltas))
	for i, d := range deltas {
		d.Numbers = tally.Numbers{}.Minus(d.Numbers)
		out[i] = d
	}
	return out
}

// split gives the tags that are not among the others, and those that are.
func split(tags, others []string) (fresh, shared []string) {
	for _, tag := range tags {
		if slices.Contains(others, tag) {
			shared = append(shared, tag)
		} else {
			fresh = append(fresh, tag)
		}
	}
	return fresh, shared
}

// RemoveVideo implements killrvideo.VideoRepository. Only a video that is in
// its list is counted out, so that removing it again changes nothing.
func (s *Store) RemoveVideo(ctx context.Context, v killrvideo.Video) error {
	doing := fmt.Sprintf("remove video %s", v.ID)
	if err := s.markDeleted(ctx, v, v.DeletedAt); err != nil {
		return failed(err, doing)
	}
	listed, err := s.listed(ctx, v)
	if err != nil || !listed {
		return failed(err, doing)
	}
	if err := s.unlist(ctx, v, v.Tags); err != nil {
		return failed(err, doing)
	}
	return failed(s.stats.Write(ctx, nil, countedLists(v, -1)...), doing)
}

// RestoreVideo implements killrvideo.VideoRepository.
func (s *Store) RestoreVideo(ctx context.Context, v killrvideo.Video) error {
	doing := fmt.Sprintf("restore video %s", v.ID)
	listed, err := s.listed(ctx, v)
	if err == nil && !listed {
		if err = s.enlist(ctx, v); err == nil {
			err = s.stats.Write(ctx, nil, countedLists(v, 1)...)
		}
	}
	if err != nil {
		return failed(err, doing)
	}
	return failed(s.markDeleted(ctx, v, nil), doing)
}

func (s *Store) markDeleted(ctx context.Context, v killrvideo.Video, at any) error {
	return s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", v.ID), update.Table().Set("deleted_at", at))
}

// listed reports whether a video is in its uploader's list, which every video
// is in that is not deleted.
func (s *Store) listed(ctx context.Context, v killrvideo.Video) (bool, error) {
	err := s.table(ctx, schema.VideosByUser).FindOne(ctx, uploaderKey(v)).Err()
	if errors.Is(err, results.ErrNoDocuments) {
		return false, nil
	}
	return err == nil, err
}

func latestKey(v killrvideo.Video) filter.F {
	return filter.F{"month": month(v.SubmittedAt), "added_date": v.SubmittedAt, "videoid": v.ID}
}

func uploaderKey(v killrvideo.Video) filter.F {
	return filter.F{"userid": v.UserID, "added_date": v.SubmittedAt, "videoid": v.ID}
}

func tagKey(v killrvideo.Video, tag string) filter.F {
	return filter.F{"tag": tag, "added_date": v.SubmittedAt, "videoid": v.ID}
}
