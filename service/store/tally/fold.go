package tally

import (
	"context"
	"fmt"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
)

const (
	// finalAfter is how long after the end of a day its row is final: no write
	// is that late, and no clock that wrong.
	finalAfter = 12 * time.Hour
	// baseSettles is how long the rows that a base stands for are kept, for
	// those who are in the middle of reading or folding without it.
	baseSettles = time.Minute
	// tallyRows is how many tally rows a list has at most, for longer than
	// baseSettles: a base, and the rows of yesterday and today. A fourth one is
	// there while a base settles.
	tallyRows = 4
)

// baseRow is a base as it is written.
type baseRow struct {
	List     string           `json:"list"`
	ID       any              `json:"id"`
	Counts   map[string]int64 `json:"counts"`
	FoldedAt time.Time        `json:"folded_at"`
}

// Fold replaces the rows of final days by one base, and deletes the rows that an
// earlier base stands for. Any number of processes may fold a list at once: all
// write the same base, and delete only what is in it.
func (t *Table) Fold(ctx context.Context, list string) error {
	var rows []row
	find := filter.F{"list": list, "id": filter.F{"$gte": MinID}}
	if err := t.config.Table(ctx).Find(find).DecodeAll(ctx, &rows); err != nil {
		return fmt.Errorf("read the tallies of list %s: %w", list, err)
	}
	now := t.config.Now()
	if day, totals, ok := foldable(rows, now); ok {
		base := baseRow{list, rowID(day, kindBase), totals.entries(), now.UTC().Truncate(time.Millisecond)}
		if _, err := t.config.Table(ctx).InsertOne(ctx, base); err != nil {
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

// finalDay is the last day whose row is final.
func finalDay(now time.Time) int { return dayNumber(now.Add(-finalAfter)) - 1 }

// foldable gives the day and the totals of a base that would stand for two rows
// or more. Every process writes the same base of a day.
func foldable(rows []row, now time.Time) (day int, totals Totals, ok bool) {
	final, n := finalDay(now), 0
	bases := lastBases(rows)
	for i := range rows {
		if at := dayOf(rows[i].ID); at <= final && !bases.include(&rows[i]) {
			day, n = max(day, at), n+1
			totals.add(rows[i].totals())
		}
	}
	return day, totals, n > 1
}

// outdated are the rows that a settled base stands for.
func outdated(rows []row, now time.Time) []row {
	last := lastBases(rows).last
	settled := false
	for _, r := range rows {
		settled = settled || r.isNew() && r.isBase() && dayOf(r.ID) == last && r.FoldedAt != nil && now.Sub(*r.FoldedAt) > baseSettles
	}
	var out []row
	for _, r := range rows {
		isLast := r.isNew() && r.isBase() && dayOf(r.ID) == last
		if settled && !isLast && dayOf(r.ID) <= last {
			out = append(out, r)
		}
	}
	return out
}

// noticeCrowd reports a list that Fold would shorten.
func (t *Table) noticeCrowd(list string, rows []row) {
	if len(rows) < tallyRows-1 || t.config.Crowded == nil {
		return
	}
	now := t.config.Now()
	_, _, fold := foldable(rows, now)
	if fold || len(outdated(rows, now)) > 0 {
		t.config.Crowded(list)
	}
}
