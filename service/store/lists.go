package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// span is a stretch of one partition: limit rows after the first offset ones.
type span struct {
	bucket        string
	offset, limit int
}

// spans says where the items of a page lie in buckets that follow each other.
// Whole buckets before the page are left out by their totals, unread.
func spans(buckets []bucketTotal, offset, limit int) []span {
	var out []span
	for _, b := range buckets {
		if limit <= 0 {
			break
		}
		if offset >= b.items {
			offset -= b.items
			continue
		}
		n := min(limit, b.items-offset)
		out = append(out, span{b.bucket, offset, n})
		limit, offset = limit-n, 0
	}
	return out
}

// LatestVideos implements killrvideo.VideoRepository. A first page costs two
// calls at once, the totals and this month's newest rows, and one more for
// each earlier month that it reaches into.
func (s *Store) LatestVideos(ctx context.Context, page killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error) {
	var buckets []bucketTotal
	var newest []killrvideo.Summary
	thisMonth := month(s.config.Now())
	jobs := []func() error{func() (err error) { buckets, err = s.totals.read(ctx, latestList); return err }}
	if page.Offset() == 0 {
		jobs = append(jobs, func() (err error) {
			newest, err = s.rows(ctx, schema.LatestVideos, filter.Eq("month", thisMonth), 0, page.Size)
			return err
		})
	}
	if err := parallel(jobs...); err != nil {
		return killrvideo.Listing[killrvideo.Summary]{}, err
	}
	listing := killrvideo.Listing[killrvideo.Summary]{Total: sumItems(buckets)}
	for _, at := range spans(buckets, page.Offset(), page.Size) {
		part := newest[:min(len(newest), at.limit)]
		if at.bucket != thisMonth || page.Offset() > 0 {
			var err error
			part, err = s.rows(ctx, schema.LatestVideos, filter.Eq("month", at.bucket), at.offset, at.limit)
			if err != nil {
				return listing, err
			}
		}
		listing.Items = append(listing.Items, part...)
	}
	return listing, nil
}

// VideosByUser implements killrvideo.VideoRepository.
func (s *Store) VideosByUser(ctx context.Context, userID uuid.UUID, page killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error) {
	var listing killrvideo.Listing[killrvideo.Summary]
	if page.Offset() > 0 { // know the end of the list before walking to it
		total, err := s.uploaderTotal(ctx, userID)
		if err != nil || page.Offset() >= total {
			return killrvideo.Listing[killrvideo.Summary]{Total: total}, err
		}
		listing.Total = total
		listing.Items, err = s.rows(ctx, schema.VideosByUser, filter.Eq("userid", userID), page.Offset(), page.Size)
		return listing, err
	}
	err := parallel(
		func() (err error) { listing.Total, err = s.uploaderTotal(ctx, userID); return err },
		func() (err error) {
			listing.Items, err = s.rows(ctx, schema.VideosByUser, filter.Eq("userid", userID), 0, page.Size)
			return err
		},
	)
	return listing, err
}

func (s *Store) uploaderTotal(ctx context.Context, userID uuid.UUID) (int, error) {
	buckets, err := s.totals.read(ctx, uploaderList(userID))
	return sumItems(buckets), err
}

// rows reads a stretch of a partition in its order, newest first. The Data API
// cannot skip without sorting the partition in memory, so it walks to offset,
// 50 rows a call.
func (s *Store) rows(ctx context.Context, table string, partition filter.F, offset, limit int) ([]killrvideo.Summary, error) {
	cursor := s.table(ctx, table).Find(partition,
		options.TableFind().SetSort(sort.Desc("added_date")).SetLimit(offset+limit))
	defer cursor.Close()
	var items []killrvideo.Summary
	for at := 0; cursor.Next(ctx); at++ {
		if at < offset {
			continue
		}
		var row summaryRow
		if err := cursor.Decode(&row); err != nil {
			return nil, failed(err, fmt.Sprintf("decode a row of %s", table))
		}
		items = append(items, row.summary())
	}
	return items, failed(cursor.Err(), fmt.Sprintf("read %s", table))
}
