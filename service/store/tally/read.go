package tally

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
)

// maxLists is how many values $in takes.
const maxLists = 100

// Read gives the totals of lists, with one call for every hundred of them. A
// list that counts nothing is not in the answer.
func (t *Table) Read(ctx context.Context, lists ...string) (map[string]Totals, error) {
	rows := map[string][]row{}
	for len(lists) > 0 {
		n := min(len(lists), maxLists)
		var some []row
		find := filter.F{"list": filter.F{"$in": lists[:n]}, "id": filter.F{"$gte": MinID}}
		if n == 1 {
			find["list"] = lists[0]
		}
		if err := t.config.Table(ctx).Find(find).DecodeAll(ctx, &some); err != nil {
			return nil, fmt.Errorf("read the totals of %d lists: %w", n, err)
		}
		for _, r := range some {
			rows[r.List] = append(rows[r.List], r)
		}
		lists = lists[n:]
	}
	all := make(map[string]Totals, len(rows))
	for list, some := range rows {
		t.noticeCrowd(list, some)
		all[list] = sum(some)
	}
	return all, nil
}

func (t *Table) noticeCrowd(list string, rows []row) {
	if len(rows) > crowdedRows && t.config.Crowded != nil {
		t.config.Crowded(list)
	}
}

// sum adds up the rows of one list: of each bucket the last base and the rows
// of the days after it.
func sum(rows []row) Totals {
	totals := Totals{}
	bases := lastBases(rows)
	for _, r := range rows {
		base, folded := bases[r.Bucket]
		if folded && r.ID != base && dayOf(r.ID) <= dayOf(base) {
			continue
		}
		totals[r.Bucket] = totals[r.Bucket].Plus(r.Numbers)
	}
	return totals
}

func lastBases(rows []row) map[string]uuid.UUID {
	bases := map[string]uuid.UUID{}
	for _, r := range rows {
		if old, ok := bases[r.Bucket]; isBase(r.ID) && (!ok || dayOf(r.ID) > dayOf(old)) {
			bases[r.Bucket] = r.ID
		}
	}
	return bases
}

// Window is the part of a list that is wanted: Limit items after the item
// After if it is given, else after the first Offset ones. What is older than
// Since is neither shown nor counted.
type Window struct {
	Offset, Limit int
	After         uuid.UUID
	Since         Since
}

// Part is a part of a list. Next is the item to go on after, the nil UUID at
// the end of the list.
type Part[T any] struct {
	Items []T
	Total Numbers
	Next  uuid.UUID
}

// Page reads a part of a list together with its total. It walks from the top,
// unless the window says after which item to start: at first over as many rows
// as a list has that is not crowded, then 50 rows a call.
func Page[T any](ctx context.Context, t *Table, list string, w Window) (Part[T], error) {
	walk := walker[T]{window: w}
	if w.After != uuid.Nil {
		totals, err := t.Read(ctx, list)
		if err != nil {
			return walk.Part, err
		}
		walk.Total, walk.window.Offset = totals[list].since(w.Since.Bucket).Sum(), 0
	}
	ids := w.ids()
	for limit := firstRows(walk.window); ; limit = 0 {
		find := filter.F{"list": list}
		if len(ids) > 0 {
			find["id"] = ids
		}
		read, enough, err := walk.rows(ctx, t, find, limit)
		if err != nil || enough {
			t.noticeCrowd(list, walk.tallies)
			t.shown(list, false, err)
			return walk.Part, err
		}
		if limit == 0 || read < limit {
			break
		}
		ids["$lt"] = walk.row
	}
	if walk.drifted() {
		t.shown(list, true, nil)
	}
	return walk.end(), nil
}

// pageRows is how many rows the Data API gives in one call.
const pageRows = 50

// firstRows is how many rows to ask for at first, 0 for as many as there are:
// the items of the window, one more, and the tally rows of a list that is not
// crowded.
func firstRows(w Window) int {
	if rows := w.Offset + w.Limit + 1 + crowdedRows; rows < pageRows {
		return rows
	}
	return 0
}

// rows takes up to limit rows, all of them for 0, and reports how many it read
// and whether the walk needs no more.
func (w *walker[T]) rows(ctx context.Context, t *Table, find filter.F, limit int) (read int, enough bool, err error) {
	options := options.TableFind().SetSort(sort.Desc("id"))
	if limit > 0 {
		options.SetLimit(limit)
	}
	cursor := t.config.Table(ctx).Find(find, options)
	defer cursor.Close()
	for ; cursor.Next(ctx); read++ {
		if more, err := w.take(cursor); err != nil || !more {
			return read, true, err
		}
	}
	return read, false, cursor.Err()
}

func (t *Table) shown(list string, drifted bool, err error) {
	if t.config.Shown != nil && err == nil {
		t.config.Shown(list, drifted)
	}
}

func (w Window) ids() filter.F {
	ids := filter.F{}
	if w.After != uuid.Nil {
		ids["$lt"] = w.After
	}
	if w.Since.ID != uuid.Nil {
		ids["$gte"] = w.Since.ID
	}
	return ids
}

// walker takes the rows of a partition from the top.
type walker[T any] struct {
	Part[T]
	window  Window
	tallies []row
	seen    int
	last    uuid.UUID // the last item of the part
	row     uuid.UUID // the last row of all
}

// take reports whether it needs more rows.
func (w *walker[T]) take(cursor *cursors.TableFindCursor) (bool, error) {
	var r row
	if err := cursor.Decode(&r); err != nil {
		return false, fmt.Errorf("decode a row of a list: %w", err)
	}
	w.row = r.ID
	if IsTally(r.ID) {
		w.tallies = append(w.tallies, r)
		return true, nil
	}
	if w.seen == 0 && w.window.After == uuid.Nil {
		w.Total = w.counted()
	}
	if len(w.Items) == w.window.Limit {
		w.Next = w.last
		return false, nil
	}
	w.seen++
	if w.seen <= w.window.Offset {
		return int64(w.window.Offset) < w.Total.Items, nil
	}
	var item T
	if err := cursor.Decode(&item); err != nil {
		return false, fmt.Errorf("decode an item of a list: %w", err)
	}
	w.Items, w.last = append(w.Items, item), r.ID
	return true, nil
}

// drifted reports whether the end of the list disagrees with what was counted.
func (w *walker[T]) drifted() bool {
	return w.window.After == uuid.Nil && w.counted().Items != int64(w.seen)
}

func (w *walker[T]) counted() Numbers { return sum(w.tallies).since(w.window.Since.Bucket).Sum() }

// end is the part when the list ends: then its items have been counted, which
// is better than any tally.
func (w *walker[T]) end() Part[T] {
	if w.window.After == uuid.Nil {
		if w.seen == 0 {
			w.Total = w.counted()
		}
		w.Total.Items = int64(w.seen)
	}
	return w.Part
}
