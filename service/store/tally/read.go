package tally

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// listsACall is how many lists one call reads: they have two tally rows each most
// of the time, and a call gives fifty.
const listsACall = pageRows / 2

// Read gives the totals of lists, with one call for every 25 of them, in
// parallel. A list that counts nothing is not in the answer.
func (t *Table) Read(ctx context.Context, lists ...string) (map[string]Totals, error) {
	chunks := slices.Collect(slices.Chunk(lists, listsACall))
	rows := make([][]row, len(chunks))
	jobs := make([]func() error, len(chunks))
	for i, chunk := range chunks {
		jobs[i] = func() error {
			find := filter.F{"list": filter.F{"$in": chunk}, "id": filter.F{"$gte": MinID}}
			if len(chunk) == 1 {
				find["list"] = chunk[0]
			}
			return t.config.Table(ctx).Find(find).DecodeAll(ctx, &rows[i])
		}
	}
	if err := parallel.Do(jobs...); err != nil {
		return nil, fmt.Errorf("read the totals of %d lists: %w", len(lists), err)
	}
	rest := slices.Concat(rows...)
	slices.SortFunc(rest, func(a, b row) int { return strings.Compare(a.List, b.List) })
	all := make(map[string]Totals, len(lists))
	for len(rest) > 0 {
		list, n := rest[0].List, 1
		for n < len(rest) && rest[n].List == list {
			n++
		}
		t.noticeCrowd(list, rest[:n])
		all[list], rest = sum(rest[:n]), rest[n:]
	}
	return all, nil
}

// Window is a part of a list: Limit items after the item
// After if set, else after the first Offset ones. What is older than
// Since is neither shown nor counted. Columns named in Without are not read.
type Window struct {
	Offset, Limit int
	After         uuid.UUID
	Since         Since
	Without       []string
}

// Part is a part of a list. Next is the item to go on after, the nil UUID at
// the end of the list.
type Part[T any] struct {
	Items []T
	Total Numbers
	Next  uuid.UUID
}

// Page reads a part of a list together with its total. It walks from the top,
// unless the window says after which item to start; then the total is read at the
// same time.
func Page[T any](ctx context.Context, t *Table, list string, w Window) (Part[T], error) {
	walk := walker[T]{window: w}
	if w.After == uuid.Nil {
		err := walk.list(ctx, t, list)
		return walk.Part, err
	}
	walk.window.Offset = 0
	var totals map[string]Totals
	err := parallel.Do(
		func() (err error) {
			totals, err = t.Read(ctx, list)
			return err
		},
		func() error { return walk.list(ctx, t, list) },
	)
	walk.Total = totals[list].since(w.Since.Bucket).Sum()
	return walk.Part, err
}

// list walks over the rows of the list: at first as many as the window and the
// tally rows above it need, then 50 rows a call.
func (w *walker[T]) list(ctx context.Context, t *Table, list string) error {
	ids := w.window.ids()
	for limit := w.window.rows(); ; limit = 0 {
		find := filter.F{"list": list}
		if len(ids) > 0 {
			find["id"] = ids
		}
		read, enough, err := w.rows(ctx, t, find, limit)
		if err != nil || enough {
			t.noticeCrowd(list, w.tallies)
			return err
		}
		if limit == 0 || read < limit {
			break
		}
		ids["$lt"] = w.row
	}
	t.noticeCrowd(list, w.tallies)
	if w.drifted() && t.config.Drifted != nil {
		t.config.Drifted(list)
	}
	w.end()
	return nil
}

// pageRows is how many rows the Data API gives in one call.
const pageRows = 50

// rows is how many rows to ask for at first, 0 for as many as there are: the
// items of the window, one more, and the tally rows.
func (w Window) rows() int {
	rows := w.Offset + w.Limit + 1
	if w.After == uuid.Nil {
		rows += tallyRows
	}
	if rows < pageRows {
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
	if len(w.window.Without) > 0 {
		projection := map[string]any{}
		for _, column := range w.window.Without {
			projection[column] = false
		}
		options.SetProjection(projection)
	}
	cursor := t.config.Table(ctx).Find(find, options)
	defer cursor.Close()
	for ; cursor.Next(ctx); read++ {
		if more, err := w.take(cursor); err != nil || !more {
			return read, true, err
		}
		if read+1 == limit {
			if w.row, err = idOf(cursor); err != nil {
				return read, true, err
			}
		}
	}
	return read, false, cursor.Err()
}

func idOf(cursor *cursors.TableFindCursor) (uuid.UUID, error) {
	var at place
	if err := cursor.Decode(&at); err != nil {
		return at.ID, fmt.Errorf("decode the id of a row of a list: %w", err)
	}
	return at.ID, nil
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
	items   bool // has come to the items, which follow the tallies
	seen    int
	last    uuid.UUID // the last item of the part
	row     uuid.UUID // the last row of all
}

// take reports whether it needs more rows.
func (w *walker[T]) take(cursor *cursors.TableFindCursor) (bool, error) {
	if !w.items && w.window.After == uuid.Nil {
		tally, err := w.tally(cursor)
		if tally || err != nil {
			return tally, err
		}
		w.Total = w.counted()
	}
	w.items = true
	if len(w.Items) == w.window.Limit {
		w.Next = w.last
		return false, nil
	}
	w.seen++
	if w.seen <= w.window.Offset {
		return int64(w.window.Offset) < w.Total.Items, nil
	}
	if w.Items == nil {
		w.Items = make([]T, 0, min(w.window.Limit, cursor.Buffered()))
	}
	w.Items = append(w.Items, *new(T))
	err := cursor.Decode(&w.Items[len(w.Items)-1])
	if err != nil {
		return false, fmt.Errorf("decode an item of a list: %w", err)
	}
	if len(w.Items) == w.window.Limit {
		w.last, err = idOf(cursor)
	}
	return true, err
}

// tally takes a tally row, and reports whether the row is one.
func (w *walker[T]) tally(cursor *cursors.TableFindCursor) (bool, error) {
	id, err := idOf(cursor)
	if err != nil || !IsTally(id) {
		return false, err
	}
	var r row
	if err := cursor.Decode(&r); err != nil {
		return false, fmt.Errorf("decode a tally row of a list: %w", err)
	}
	w.tallies = append(w.tallies, r)
	return true, nil
}

// drifted reports whether the end of the list disagrees with what was counted.
func (w *walker[T]) drifted() bool {
	return w.window.After == uuid.Nil && w.counted().Items != int64(w.seen)
}

func (w *walker[T]) counted() Numbers { return sum(w.tallies).since(w.window.Since.Bucket).Sum() }

// end is for a list that was read to its end: then its items have been counted,
// which is better than any tally.
func (w *walker[T]) end() {
	if w.window.After != uuid.Nil {
		return
	}
	if w.seen == 0 {
		w.Total = w.counted()
	}
	w.Total.Items = int64(w.seen)
}
