package tally

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// Since is how far back a list goes that is kept for a while only: its items
// from ID on, counted in the buckets from Bucket on. Their order has to be that
// of time. The zero value is a list that is kept for ever.
//
// An item that is too old is left out by those who read, whether it is still
// there or not, and so is the whole bucket that counts it. So Trim may come at
// any time and end in the middle: no total and no page changes by it.
type Since struct {
	ID     uuid.UUID
	Bucket string
}

// NewSince is the Since of a time at which the bucket begins.
func NewSince(at time.Time, bucket string) Since { return Since{ItemID(at, uuid.Nil), bucket} }

// since leaves out older buckets.
func (t Totals) since(bucket string) Totals {
	kept := maps.Clone(t)
	maps.DeleteFunc(kept, func(b string, _ Numbers) bool { return b < bucket })
	return kept
}

// firstItem sorts before every item, and after every row that is read by key.
var firstItem = ItemID(time.UnixMilli(0), uuid.Nil)

// Trim deletes what of a list is older, items first: as long as an item is
// there, so is the row that counts it.
func (t *Table) Trim(ctx context.Context, list string, since Since) error {
	old := filter.F{"list": list, "id": filter.F{"$gte": firstItem, "$lt": since.ID}}
	if err := t.drop(ctx, old, func(row) bool { return true }); err != nil {
		return fmt.Errorf("trim list %s: %w", list, err)
	}
	tallies := filter.F{"list": list, "id": filter.F{"$gte": MinID}}
	if err := t.drop(ctx, tallies, func(r row) bool { return r.Bucket < since.Bucket }); err != nil {
		return fmt.Errorf("trim the tallies of list %s: %w", list, err)
	}
	return nil
}

// drop deletes rows one by one: the Data API deletes no range.
func (t *Table) drop(ctx context.Context, where filter.F, which func(row) bool) error {
	var rows []row
	found := options.TableFind().SetProjection(map[string]any{"list": true, "id": true, "bucket": true})
	if err := t.config.Table(ctx).Find(where, found).DecodeAll(ctx, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		if !which(r) {
			continue
		}
		if err := t.config.Table(ctx).DeleteOne(ctx, filter.F{"list": r.List, "id": r.ID}); err != nil {
			return err
		}
	}
	return nil
}
