package tally

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

// Since is how far back a list goes whose items are kept for a while only: its items
// from ID on, counted in the buckets from Bucket on. Their order has to be that
// of time. The zero value is a list that is kept for ever.
//
// Reads leave out an item that is too old, whether it is still there or not, and
// the whole bucket that counts it. So Trim may run at any time and stop in the
// middle: no total and no page changes by it.
type Since struct {
	ID     uuid.UUID
	Bucket string
}

// NewSince is the Since of a time at which the bucket begins.
func NewSince(at time.Time, bucket string) Since { return Since{ItemID(at, uuid.Nil), bucket} }

// since leaves out older buckets.
func (t Totals) since(bucket string) Totals {
	i, _ := t.find(bucket)
	return t[i:]
}

// firstItem sorts before every item, and after every row that is read by key.
var firstItem = ItemID(time.UnixMilli(0), uuid.Nil)

// Trim deletes what of a list is older, items first: as long as an item is
// there, so is the entry that counts it.
func (t *Table) Trim(ctx context.Context, list string, since Since) error {
	table := t.config.Table(ctx)
	var items []place
	old := filter.F{"list": list, "id": filter.F{"$gte": firstItem, "$lt": since.ID}}
	if err := table.Find(old, options.TableFind().SetProjection(map[string]any{"id": true})).DecodeAll(ctx, &items); err != nil {
		return fmt.Errorf("find old items of list %s: %w", list, err)
	}
	for _, item := range items { // the Data API deletes no range
		if err := table.DeleteOne(ctx, filter.F{"list": list, "id": item.ID}); err != nil {
			return fmt.Errorf("trim list %s: %w", list, err)
		}
	}
	var rows []trimmedRow
	if err := table.Find(filter.F{"list": list, "id": filter.F{"$gte": MinID}}).DecodeAll(ctx, &rows); err != nil {
		return fmt.Errorf("find the tallies of list %s: %w", list, err)
	}
	for _, r := range rows {
		if err := t.trimRow(ctx, list, r, since); err != nil {
			return fmt.Errorf("trim the tallies of list %s: %w", list, err)
		}
	}
	return nil
}

// trimmedRow is a tally row with its entries one by one.
type trimmedRow struct {
	ID     uuid.UUID        `json:"id"`
	Counts map[string]int64 `json:"counts"`
	Bucket string           `json:"bucket"` // of an earlier release
}

// trimRow removes the entries of old buckets, and the row if it has no others and
// is final: a process may be about to count in one that is not.
func (t *Table) trimRow(ctx context.Context, list string, r trimmedRow, since Since) error {
	var old []any
	for key := range r.Counts {
		if colon := strings.LastIndexByte(key, ':'); colon > 0 && key[1:colon] < since.Bucket {
			old = append(old, key)
		}
	}
	at := filter.F{"list": list, "id": r.ID}
	final := r.ID[0]&newRow == 0 || dayOf(r.ID) <= finalDay(t.config.Now())
	switch {
	case final && len(old) == len(r.Counts) && r.Bucket < since.Bucket:
		return t.config.Table(ctx).DeleteOne(ctx, at)
	case len(old) == 0:
		return nil
	}
	return t.config.Table(ctx).UpdateOne(ctx, at, update.Table().PullAll("counts", old...))
}

// Items counts the items of a list one by one, 50 a call, in the bucket of each.
// It stops after most of them: ok is false then.
func (t *Table) Items(
	ctx context.Context, list string, most int, bucket func(id uuid.UUID) string,
) (items map[string]int64, ok bool, err error) {
	find := filter.F{"list": list, "id": filter.F{"$gte": firstItem, "$lt": MinID}}
	cursor := t.config.Table(ctx).Find(find, options.TableFind().SetLimit(most).SetProjection(map[string]any{"id": true}))
	defer cursor.Close()
	items, seen := map[string]int64{}, 0
	for ; cursor.Next(ctx); seen++ {
		id, err := idOf(cursor)
		if err != nil {
			return nil, false, err
		}
		items[bucket(id)]++
	}
	return items, seen < most, cursor.Err()
}
