package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// The lists that schema.VideoStats counts. The list of all videos has a bucket for
// each month, so its total also says which partitions it has.
const latestList = "latest"

func uploaderList(id uuid.UUID) string { return "uploader:" + id.String() }

// unpublishedList counts an uploader's unpublished videos. Their rows are among those
// of the published ones.
func unpublishedList(id uuid.UUID) string { return "unpublished:" + id.String() }

func tagList(tag string) string     { return "tag:" + tag }
func videoList(id uuid.UUID) string { return "video:" + id.String() }
func raterList(id uuid.UUID) string { return "user:" + id.String() }

// readTotals returns the totals of lists, and sets the numbers of videos.
func (d *db) readTotals(ctx context.Context, videos []killrvideo.Summary, lists ...string) (map[string]tally.Totals, error) {
	n := len(lists)
	lists = slices.Grow(lists, len(videos))
	for _, v := range videos {
		lists = append(lists, videoList(v.ID))
	}
	if len(lists) == 0 {
		return nil, nil
	}
	all, err := d.stats.Read(ctx, lists...)
	if err != nil {
		return nil, failed(err, "read totals")
	}
	for i := range videos {
		count(&videos[i], all[lists[n+i]].Sum())
	}
	return all, nil
}

func count(v *killrvideo.Summary, n tally.Numbers) {
	v.Views, v.RatingCount, v.RatingTotal = n.Views, n.Ratings, n.Stars
}

// countedLists add a number of items to each list that counts a video.
func countedLists(v killrvideo.Video, items int64) []tally.Delta {
	one := tally.Numbers{Items: items}
	if !v.Published() {
		return []tally.Delta{{List: unpublishedList(v.UserID), Numbers: one}}
	}
	deltas := []tally.Delta{
		{List: latestList, Bucket: month(v.SubmittedAt), Numbers: one},
		{List: uploaderList(v.UserID), Numbers: one},
	}
	for _, tag := range v.Tags {
		deltas = append(deltas, tally.Delta{List: tagList(tag), Numbers: one})
	}
	return deltas
}

// NewItemID makes the id of an item of lists that are ordered by time.
func NewItemID(at time.Time) uuid.UUID { return tally.ItemID(at, uuid.New()) }
