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
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// withoutVector excludes the embedding, which has thousands of bytes.
var withoutVector = map[string]any{"content_features": false}

func withoutVectors() *options.TableFindOptions {
	return options.TableFind().SetProjection(withoutVector)
}

// Videos implements killrvideo.VideoRepository.
type Videos struct {
	*db
	rollbacks backlog[uuid.UUID, rollback]
}

var _ killrvideo.VideoRepository = (*Videos)(nil)

// Video implements killrvideo.VideoRepository.
func (s *Videos) Video(ctx context.Context, id uuid.UUID) (killrvideo.Video, error) {
	var row videoRow
	err := s.table(ctx, schema.Videos).FindOne(ctx, filter.Eq("videoid", id),
		options.TableFindOne().SetProjection(withoutVector)).Decode(&row)
	// A row that was made by an update alone has no date and is no video.
	if errors.Is(err, results.ErrNoDocuments) || err == nil && row.AddedDate.IsZero() {
		return killrvideo.Video{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Video not found")
	}
	if err != nil {
		return killrvideo.Video{}, failed(err, fmt.Sprintf("read video %s", id))
	}
	return row.video(), nil
}

// VideoDetail implements killrvideo.VideoRepository with two parallel calls.
func (s *Videos) VideoDetail(ctx context.Context, id uuid.UUID) (killrvideo.Video, error) {
	var video killrvideo.Video
	var totals map[string]tally.Totals
	err := parallel.Do(
		func() (err error) { video, err = s.Video(ctx, id); return err },
		func() (err error) { totals, err = s.readTotals(ctx, nil, videoList(id)); return err },
	)
	count(&video.Summary, totals[videoList(id)].Sum())
	return video, err
}

// CreateVideo implements killrvideo.VideoRepository. The video's own row is written
// first: if the process is killed, the lists are repaired by it.
func (s *Videos) CreateVideo(ctx context.Context, v killrvideo.Video) error {
	until := s.now().Add(rollbackFor)
	err := s.insert(ctx, schema.Videos, rowOfVideo(v))
	if err == nil {
		err = s.enlist(ctx, v)
	}
	if err == nil {
		err = s.count(ctx, schema.VideoStats, nil, countedLists(v, 1)...)
	}
	if err != nil {
		s.rollBack(ctx, v, until)
		return failed(err, fmt.Sprintf("store video %s", v.ID))
	}
	return nil
}

// enlist adds a video to its lists: an unpublished one to its uploader's alone.
func (s *Videos) enlist(ctx context.Context, v killrvideo.Video) error {
	row := rowOfVideo(v).summaryRow
	jobs := []func() error{func() error { return s.insert(ctx, schema.VideosByUser, row) }}
	if v.Published() {
		jobs = append(jobs, func() error { return s.insert(ctx, schema.LatestVideos, latestRow{month(v.SubmittedAt), row}) })
	}
	if v.Published() && len(v.Tags) > 0 {
		jobs = append(jobs, func() error { return s.enlistTags(ctx, row, v.Tags) })
	}
	return parallel.Do(jobs...)
}

func (s *Videos) enlistTags(ctx context.Context, row summaryRow, tags []string) error {
	rows := make([]tagRow, len(tags))
	for i, tag := range tags {
		rows[i] = tagRow{tag, row}
	}
	_, err := s.table(ctx, schema.VideosByTag).InsertMany(ctx, rows)
	return err
}

// rollback is a refused video that may be stored in part.
type rollback struct {
	video killrvideo.Video
	until time.Time
}

// rollbackFor is for how long a refused video is rolled back, from the beginning
// of its creation. The work that was noted just before is due after twice that
// time, and completes what is left by then: no process may roll back what another
// one completes.
const rollbackFor = 30 * time.Second

// rollBack deletes what may be stored of a refused video, even if the client is
// gone, its own row last. Its tallies were not counted: they are written last.
// What cannot be deleted is tried again until a time.
func (s *Videos) rollBack(ctx context.Context, v killrvideo.Video, until time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), opTimeout)
	defer cancel()
	err := s.unlist(ctx, v, v.Tags)
	if err == nil {
		err = s.table(ctx, schema.Videos).DeleteOne(ctx, filter.Eq("videoid", v.ID))
	}
	if err != nil {
		s.log.WarnContext(ctx, "part of a refused video is left for now", "video", v.ID, "error", err)
		s.rollbacks.put(v.ID, rollback{v, until})
	}
}

// rollBackAgain continues rollbacks that have failed.
func (s *Videos) rollBackAgain(ctx context.Context) {
	for _, r := range s.rollbacks.take() {
		if s.now().Before(r.until) {
			s.rollBack(ctx, r.video, r.until)
		}
	}
}

// unlist deletes a video from its lists and from those of the tags.
func (s *Videos) unlist(ctx context.Context, v killrvideo.Video, tags []string) error {
	return parallel.Do(
		func() error { return s.table(ctx, schema.LatestVideos).DeleteOne(ctx, latestKey(v)) },
		func() error { return s.table(ctx, schema.VideosByUser).DeleteOne(ctx, uploaderKey(v)) },
		func() error { return s.unlistTags(ctx, v, tags) },
	)
}

func (s *Videos) unlistTags(ctx context.Context, v killrvideo.Video, tags []string) error {
	return eachTag(tags, func(tag string) error {
		return s.table(ctx, schema.VideosByTag).DeleteOne(ctx, tagKey(v, tag))
	})
}

func eachTag(tags []string, do func(tag string) error) error {
	jobs := make([]func() error, len(tags))
	for i, tag := range tags {
		jobs[i] = func() error { return do(tag) }
	}
	return parallel.Do(jobs...)
}

// UpdateVideo implements killrvideo.VideoRepository. It writes changed columns only,
// and the video's own row last: after a failure the difference is still there, so
// the update may be repeated.
func (s *Videos) UpdateVideo(ctx context.Context, before, after killrvideo.Video) error {
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
	if err != nil && len(counted) > 0 { // a repeated update counts these again
		err = errors.Join(err, s.count(ctx, schema.VideoStats, nil, negated(counted)...))
	}
	return failed(err, doing)
}

// republish adds a video that becomes published to the public lists, or deletes one
// that no longer is. It returns what it has counted.
func (s *Videos) republish(ctx context.Context, before, after killrvideo.Video, _ *update.TableUpdateBuilder) ([]tally.Delta, error) {
	err := s.enlist(ctx, after)
	if err == nil && !after.Published() {
		err = parallel.Do(
			func() error { return s.table(ctx, schema.LatestVideos).DeleteOne(ctx, latestKey(after)) },
			func() error { return s.unlistTags(ctx, after, before.Tags) },
		)
	}
	if err != nil {
		return nil, err
	}
	deltas := append(negated(countedLists(before, 1)), countedLists(after, 1)...)
	return deltas, s.count(ctx, schema.VideoStats, nil, deltas...)
}

// relist updates a video in its lists, and moves it to those of its new tags. It
// returns what it has counted.
func (s *Videos) relist(ctx context.Context, before, after killrvideo.Video, listed *update.TableUpdateBuilder) ([]tally.Delta, error) {
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
	if err := parallel.Do(jobs...); err != nil {
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
	return deltas, s.count(ctx, schema.VideoStats, nil, deltas...)
}

func negated(deltas []tally.Delta) []tally.Delta {
	out := make([]tally.Delta, len(deltas))
	for i, d := range deltas {
		d.Numbers = tally.Numbers{}.Minus(d.Numbers)
		out[i] = d
	}
	return out
}

// split returns the tags that are not among the others, and those that are.
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

// RemoveVideo implements killrvideo.VideoRepository. It is idempotent: only a video
// that is in its lists is deducted from their totals.
func (s *Videos) RemoveVideo(ctx context.Context, v killrvideo.Video) error {
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
	return failed(s.count(ctx, schema.VideoStats, nil, countedLists(v, -1)...), doing)
}

// RestoreVideo implements killrvideo.VideoRepository.
func (s *Videos) RestoreVideo(ctx context.Context, v killrvideo.Video) error {
	doing := fmt.Sprintf("restore video %s", v.ID)
	listed, err := s.listed(ctx, v)
	if err == nil && !listed {
		if err = s.enlist(ctx, v); err == nil {
			err = s.count(ctx, schema.VideoStats, nil, countedLists(v, 1)...)
		}
	}
	if err != nil {
		return failed(err, doing)
	}
	return failed(s.markDeleted(ctx, v, nil), doing)
}

func (s *Videos) markDeleted(ctx context.Context, v killrvideo.Video, at any) error {
	return s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", v.ID), update.Table().Set("deleted_at", at))
}

// listed reports whether a video is in its uploader's list, as every video is that is
// not deleted.
func (s *Videos) listed(ctx context.Context, v killrvideo.Video) (bool, error) {
	_, err := s.table(ctx, schema.VideosByUser).FindOne(ctx, uploaderKey(v)).Raw()
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

// VideosByID implements killrvideo.VideoRepository with one query.
func (s *Videos) VideosByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]killrvideo.Video, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []videoRow
	err := s.table(ctx, schema.Videos).Find(filter.In("videoid", ids), withoutVectors()).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, fmt.Sprintf("read %d videos", len(ids)))
	}
	videos := make(map[uuid.UUID]killrvideo.Video, len(rows))
	for _, r := range rows {
		if !r.AddedDate.IsZero() {
			videos[r.VideoID] = r.video()
		}
	}
	return videos, nil
}

// byID returns those of at most 100 videos that are published and not deleted.
func (s *Videos) byID(ctx context.Context, ids []uuid.UUID) ([]killrvideo.Summary, error) {
	all, err := s.VideosByID(ctx, ids)
	var videos []killrvideo.Summary
	for _, id := range ids {
		if v, found := all[id]; found && v.Published() && !v.Deleted() {
			videos = append(videos, v.Summary)
		}
	}
	return videos, err
}
