package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// The lists that schema.VideoStats counts. The list of all videos is divided
// into months, so that its total also says which partitions it has.
const latestList = "latest"

func uploaderList(id uuid.UUID) string { return "uploader:" + id.String() }

// unpublishedList counts an uploader's unpublished videos, whose rows are among
// the published ones.
func unpublishedList(id uuid.UUID) string { return "unpublished:" + id.String() }

func tagList(tag string) string     { return "tag:" + tag }
func videoList(id uuid.UUID) string { return "video:" + id.String() }
func raterList(id uuid.UUID) string { return "user:" + id.String() }

// counted makes the tallies of one table.
func (s *Store) counted(name string) *tally.Table {
	return tally.New(tally.Config{
		Table: func(ctx context.Context) *dataapi.Table { return s.table(ctx, name) },
		Now:   s.config.Now, Patience: patience, Crowded: func(list string) { s.chores.fold(name, list) },
		Shown: func(list string, drifted bool) {
			if l := (countedList{name, list, ""}); drifted {
				s.verify.doubt(l)
			} else {
				s.verify.shown(l)
			}
		},
	})
}

// readTotals gives the totals of a list together with the numbers of videos,
// with one call for up to 99 videos.
func (s *Store) readTotals(ctx context.Context, list string, videos []killrvideo.Summary) (tally.Totals, error) {
	if list == "" {
		_, err := s.readAllTotals(ctx, nil, videos)
		return nil, err
	}
	all, err := s.readAllTotals(ctx, []string{list}, videos)
	return all[list], err
}

// readAllTotals is readTotals for several lists.
func (s *Store) readAllTotals(ctx context.Context, lists []string, videos []killrvideo.Summary) (map[string]tally.Totals, error) {
	lists = slices.Clone(lists)
	for _, v := range videos {
		lists = append(lists, videoList(v.ID))
	}
	if len(lists) == 0 {
		return nil, nil
	}
	all, err := s.stats.Read(ctx, lists...)
	if err != nil {
		return nil, failed(err, "read totals")
	}
	for i := range videos {
		count(&videos[i], all[videoList(videos[i].ID)].Sum())
	}
	return all, nil
}

func count(v *killrvideo.Summary, n tally.Numbers) {
	v.Views, v.RatingCount, v.RatingTotal = n.Views, n.Ratings, n.Stars
}

// months are the months of a list that is divided into them, last one first.
func months(totals tally.Totals) []string {
	var out []string
	for m, n := range totals {
		if n.Items > 0 {
			out = append(out, m)
		}
	}
	return out
}

func month(t time.Time) string { return t.UTC().Format("2006-01") }

// countedLists are the lists that a video counts in, with a number of items
// for each.
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

// NewItemID makes the id of something that happened at a time, for lists that
// are in the order of time.
func NewItemID(at time.Time) uuid.UUID { return tally.ItemID(at, uuid.New()) }
