package dataapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
)

type numbered struct {
	N int `json:"n"`
}

func page(from, to int, next string) reply {
	rows := ""
	for n := from; n < to; n++ {
		if rows != "" {
			rows += ","
		}
		rows += fmt.Sprintf(`{"n":%d}`, n)
	}
	state := "null"
	if next != "" {
		state = `"` + next + `"`
	}
	return ok(`{"data":{"documents":[` + rows + `],"nextPageState":` + state + `},"status":{"warnings":[{"errorCode":"MISSING_INDEX"}]}}`)
}

func TestCursorReadsAllPages(t *testing.T) {
	t.Parallel()
	r, db := serve(t, page(0, 3, "p2"), page(3, 3, "p3"), page(3, 5, ""))
	cursor := db.Table("tb").Find(nil, options.TableFind().SetSort(sort.Desc("a").Asc("b")))
	var rows []numbered
	if err := cursor.DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 5 || rows[4].N != 4 || r.calls() != 3 {
		t.Errorf("%d rows in %d calls: %v", len(rows), r.calls(), rows)
	}
	if got := r.body(t, 2); got != `{"find":{"options":{"pageState":"p3"},"sort":{"a":-1,"b":1}}}` {
		t.Errorf("the last page was asked with %s", got)
	}
	if len(cursor.Warnings()) != 3 || cursor.NextPageState() != "" {
		t.Errorf("%d warnings, next page %q", len(cursor.Warnings()), cursor.NextPageState())
	}
}

func TestLimitIsATotalOverPages(t *testing.T) {
	t.Parallel()
	r, db := serve(t, page(0, 3, "p2"), page(3, 6, "p3"))
	var rows []numbered
	if err := db.Table("tb").Find(nil, options.TableFind().SetLimit(4)).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || r.calls() != 2 {
		t.Errorf("%d rows in %d calls", len(rows), r.calls())
	}
}

func TestStatesOfACursor(t *testing.T) {
	t.Parallel()
	_, db := serve(t, page(0, 2, ""))
	cursor := db.Table("tb").Find(nil)
	if err := cursor.Decode(&numbered{}); !errors.Is(err, cursors.ErrNoCurrentDocument) || cursor.State() != cursors.CursorStateIdle {
		t.Errorf("before the first row: %v, %s", err, cursor.State())
	}
	if !cursor.Next(t.Context()) || cursor.Buffered() != 2 || cursor.State() != cursors.CursorStateStarted {
		t.Errorf("at the first row: %d buffered, %s", cursor.Buffered(), cursor.State())
	}
	for cursor.Next(t.Context()) {
	}
	if err := cursor.Decode(&numbered{}); !errors.Is(err, cursors.ErrCursorClosed) || cursor.State() != cursors.CursorStateClosed {
		t.Errorf("at the end: %v, %s", err, cursor.State())
	}
	if err := cursor.DecodeAll(t.Context(), &[]numbered{}); !errors.Is(err, cursors.ErrCursorClosed) {
		t.Errorf("at the end: %v", err)
	}
	cursor.Rewind()
	if one, err := next(t, cursor); err != nil || one.N != 0 {
		t.Errorf("rewound: %+v, %v", one, err)
	}
	clone := cursor.Clone()
	cursor.Close()
	if cursor.Next(t.Context()) || cursor.State() != cursors.CursorStateClosed {
		t.Error("a closed cursor goes on")
	}
	if one, err := next(t, clone); err != nil || one.N != 0 {
		t.Errorf("cloned: %+v, %v", one, err)
	}
}

func next(t *testing.T, c cursors.AbstractCursor) (numbered, error) {
	t.Helper()
	if !c.Next(t.Context()) {
		t.Fatal("there is no row", c.Err())
	}
	return cursors.Decode[numbered](c)
}

func TestDecodeAllIncludesCurrentRow(t *testing.T) {
	t.Parallel()
	_, db := serve(t, page(0, 2, "p2"), page(2, 4, ""))
	cursor := db.Table("tb").Find(nil)
	if _, err := next(t, cursor); err != nil {
		t.Fatal(err)
	}
	left := []numbered{{7}, {8}, {9}, {10}, {11}, {12}}
	if err := cursor.DecodeAll(t.Context(), &left); err != nil || !slices.Equal(left, []numbered{{0}, {1}, {2}, {3}}) {
		t.Errorf("got %v, %v", left, err)
	}
}

func TestDecodeBufferedMovesPastItsRows(t *testing.T) {
	t.Parallel()
	r, db := serve(t, page(0, 3, "p2"), page(3, 4, ""))
	cursor := db.Table("tb").Find(nil)
	var some []numbered
	if err := cursor.DecodeBuffered(&some, 0); err != nil || len(some) != 0 || r.calls() != 0 {
		t.Errorf("before the first page: %v, %v", some, err)
	}
	cursor.Next(t.Context())
	if err := cursor.DecodeBuffered(&some, 2); err != nil || !slices.Equal(some, []numbered{{0}, {1}}) {
		t.Errorf("got %v, %v", some, err)
	}
	var rest []int
	for row, err := range cursors.All[numbered](t.Context(), cursor) {
		if err != nil {
			t.Fatal(err)
		}
		rest = append(rest, row.N)
	}
	if !slices.Equal(rest, []int{2, 3}) {
		t.Errorf("the rest is %v", rest)
	}
}

func TestFailureEndsCursor(t *testing.T) {
	t.Parallel()
	_, db := serve(t, page(0, 1, "p2"), ok(`{"errors":[{"errorCode":"INVALID_PAGE_STATE","message":"m"}]}`))
	cursor := db.Table("tb").Find(nil)
	if !cursor.Next(t.Context()) || cursor.Next(t.Context()) || !results.HasCode(cursor.Err(), "INVALID_PAGE_STATE") {
		t.Errorf("got %v", cursor.Err())
	}
	if err := cursor.DecodeAll(t.Context(), &[]numbered{}); !results.HasCode(err, "INVALID_PAGE_STATE") {
		t.Errorf("then %v", err)
	}
	_, db = serve(t, page(0, 1, "p2"), ok(`{"errors":[{"errorCode":"X","message":"m"}]}`))
	var last error
	for _, last = range cursors.All[numbered](t.Context(), db.Table("tb").Find(nil)) {
	}
	if !results.HasCode(last, "X") {
		t.Errorf("the iterator ends with %v", last)
	}
}

func TestDecodePageReadsOnePageAtATime(t *testing.T) {
	t.Parallel()
	r, db := serve(t, page(0, 3, "p2"), page(3, 3, "p3"), page(3, 6, "p4"), page(6, 8, ""))
	cursor := db.Table("tb").Find(nil, options.TableFind().SetLimit(7))
	defer cursor.Close()
	if one, err := next(t, cursor); err != nil || one.N != 0 {
		t.Fatal(one, err)
	}
	for i, want := range [][]numbered{{{0}, {1}, {2}}, {{3}, {4}, {5}}, {{6}}} {
		rows := []numbered{{9}}
		if !cursor.DecodePage(t.Context(), &rows) || !slices.Equal(rows, want) || cursor.Err() != nil {
			t.Errorf("page %d: %v, %v", i, rows, cursor.Err())
		}
	}
	if rows := []numbered{{9}}; cursor.DecodePage(t.Context(), &rows) || cursor.Err() != nil || cursor.State() != cursors.CursorStateClosed {
		t.Errorf("after the end: %v, %v, %s", rows, cursor.Err(), cursor.State())
	}
	if r.calls() != 4 {
		t.Errorf("%d calls", r.calls())
	}
	cursor.Rewind()
	if cursor.DecodePage(t.Context(), "no slice") || cursor.Err() == nil {
		t.Error("a target that is no slice passed")
	}
}

// Rows are decoded where they stand in the answer, unless one does not fit: the
// rows before it count.
func TestRowThatDoesNotFitEndsTheWalk(t *testing.T) {
	t.Parallel()
	answers := []reply{page(0, 2, "p2"), ok(`{"data":{"documents":[{"n":2},{"n":"three"},{"n":4}],"nextPageState":"p3"}}`), page(5, 6, "")}
	_, db := serve(t, answers...)
	var rows []numbered
	err := db.Table("tb").Find(nil).DecodeAll(t.Context(), &rows)
	if err == nil || !strings.Contains(err.Error(), "decode a row into *dataapi_test.numbered") {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(rows, []numbered{{0}, {1}, {2}}) {
		t.Errorf("the rows before it are %v", rows)
	}
	_, db = serve(t, answers...)
	cursor := db.Table("tb").Find(nil)
	if !cursor.DecodePage(t.Context(), &rows) || len(rows) != 2 || cursor.DecodePage(t.Context(), &rows) || cursor.Err() == nil {
		t.Errorf("got %v, %v", rows, cursor.Err())
	}
	_, db = serve(t, answers...)
	var values []map[string]any
	if err := db.Table("tb").Find(nil).DecodeAll(t.Context(), &values); err != nil || len(values) != 6 || values[3]["n"] != "three" {
		t.Errorf("as maps: %v, %v", values, err)
	}
}
