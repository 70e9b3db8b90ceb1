package tally

import (
	"context"
	"fmt"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
)

// A day's rows are final when a whole day has passed since: no write is that
// late. Rows that a base stands for are deleted when it is so old that nobody
// can be in the middle of reading or folding without it.
const (
	closedAfterDays = 2
	baseSettles     = time.Hour
)

// Fold replaces the rows of closed days by one base a bucket, and deletes what
// an earlier base stands for. Any number of processes may fold a list at once:
// all of them write the same base, and delete only what is in it.
func (t *Table) Fold(ctx context.Context, list string) error {
	var rows []row
	find := filter.F{"list": list, "id": filter.F{"$gte": MinID}}
	if err := t.config.Table(ctx).Find(find).DecodeAll(ctx, &rows); err != nil {
		return fmt.Errorf("read the tallies of list %s: %w", list, err)
	}
	now := t.config.Now()
	if bases := newBases(list, rows, now); len(bases) > 0 {
		if _, err := t.config.Table(ctx).InsertMany(ctx, bases); err != nil {
			return fmt.Errorf("fold list %s: %w", list, err)
		}
	}
	for _, r := range outdated(rows, now) {
		if err := t.config.Table(ctx).DeleteOne(ctx, filter.F{"list": r.List, "id": r.ID}); err != nil {
			return fmt.Errorf("delete a folded tally of list %s: %w", list, err)
		}
	}
	return nil
}

// newBases are one row for each bucket that has rows of closed days after its
// last base.
func newBases(list string, rows []row, now time.Time) []any {
	last := dayNumber(now) - closedAfterDays
	bases := lastBases(rows)
	sums, days := map[string]Numbers{}, map[string]int{}
	for _, r := range rows {
		base, folded := bases[r.Bucket]
		day := dayOf(r.ID)
		if day > last || folded && r.ID != base && day <= dayOf(base) {
			continue
		}
		sums[r.Bucket] = sums[r.Bucket].Plus(r.Numbers)
		if !isBase(r.ID) {
			days[r.Bucket] = max(days[r.Bucket], day)
		}
	}
	var out []any
	at := now.UTC().Truncate(time.Millisecond)
	for bucket, day := range days {
		id := rowID(day, kindBase, bucket, [16]byte{})
		out = append(out, row{List: list, ID: id, Bucket: bucket, Numbers: sums[bucket], FoldedAt: &at})
	}
	return out
}

// outdated are the rows that a settled base stands for.
func outdated(rows []row, now time.Time) []row {
	bases := lastBases(rows)
	settled := map[string]bool{}
	for _, r := range rows {
		if r.ID == bases[r.Bucket] && r.FoldedAt != nil && now.Sub(*r.FoldedAt) > baseSettles {
			settled[r.Bucket] = true
		}
	}
	var out []row
	for _, r := range rows {
		if settled[r.Bucket] && r.ID != bases[r.Bucket] && dayOf(r.ID) <= dayOf(bases[r.Bucket]) {
			out = append(out, r)
		}
	}
	return out
}
