package store

import (
	"context"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// RepairVideo implements killrvideo.VideoRepository. It writes every copy
// completely, whether it exists or not, and schedules a recount of the lists: the
// interrupted change may have counted or not.
func (s *Videos) RepairVideo(ctx context.Context, v killrvideo.Video, former []string) error {
	gone, _ := split(former, v.Tags)
	var err error
	switch {
	case v.Deleted():
		err = s.unlist(ctx, v, append(gone, v.Tags...))
	case !v.Published():
		err = parallel.Do(
			func() error { return s.table(ctx, schema.LatestVideos).DeleteOne(ctx, latestKey(v)) },
			func() error {
				return s.table(ctx, schema.VideosByUser).UpdateOne(ctx, uploaderKey(v), wholeCopy(v, "userid"))
			},
			func() error { return s.unlistTags(ctx, v, append(gone, v.Tags...)) },
		)
	default:
		err = parallel.Do(
			func() error { return s.table(ctx, schema.LatestVideos).UpdateOne(ctx, latestKey(v), wholeCopy(v)) },
			func() error {
				return s.table(ctx, schema.VideosByUser).UpdateOne(ctx, uploaderKey(v), wholeCopy(v, "userid"))
			},
			func() error {
				return eachTag(v.Tags, func(tag string) error {
					return s.table(ctx, schema.VideosByTag).UpdateOne(ctx, tagKey(v, tag), wholeCopy(v))
				})
			},
			func() error { return s.unlistTags(ctx, v, gone) },
		)
	}
	if err != nil {
		return failed(err, fmt.Sprintf("repair the lists of video %s", v.ID))
	}
	published, unpublished := v, v
	published.Status, unpublished.Status = killrvideo.StatusReady, killrvideo.StatusPending
	for _, delta := range append(countedLists(published, 0), countedLists(unpublished, 0)...) {
		s.drifts.suspect(countedList{schema.VideoStats, delta.List, delta.Bucket})
	}
	for _, tag := range gone {
		s.drifts.suspect(countedList{schema.VideoStats, tagList(tag), ""})
	}
	return nil
}

// wholeCopy sets every column of a video in a list, except those of the list's
// key. Columns without a value are unset.
func wholeCopy(v killrvideo.Video, key ...string) *update.TableUpdateBuilder {
	columns := map[string]any{
		"userid": v.UserID, "name": orNull(v.Title), "description": orNull(v.Description), "tags": v.Tags,
		"preview_image_location": orNull(v.ThumbnailURL), "content_rating": orNull(v.ContentRating), "category": orNull(v.Category),
		"status": orNull(string(v.Status)),
	}
	for _, column := range key {
		delete(columns, column)
	}
	return setAll(columns)
}
