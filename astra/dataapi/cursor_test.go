package dataapi_test

import (
	"errors"
	"fmt"
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

func TestACursorWalksAllPages(t *testing.T) {
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

func TestALimitIsATotal(t *testing.T) {
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

func TestACursorInTheWrongState(t *testing.T) {
	t.Parallel()
	_, db := serve(t, page(0, 1, ""))
	cursor := db.Table("tb").Find(nil)
	if err := cursor.Decode(&numbered{}); !errors.Is(err, cursors.ErrNoCurrentDocument) {
		t.Errorf("before the first row: %v", err)
	}
	cursor.Close()
	if cursor.Next(t.Context()) || !errors.Is(cursor.Decode(&numbered{}), cursors.ErrCursorClosed) {
		t.Error("a closed cursor goes on")
	}
}

func TestAFailureEndsTheWalk(t *testing.T) {
	t.Parallel()
	_, db := serve(t, page(0, 1, "p2"), ok(`{"errors":[{"errorCode":"INVALID_PAGE_STATE","message":"m"}]}`))
	cursor := db.Table("tb").Find(nil)
	if !cursor.Next(t.Context()) || cursor.Next(t.Context()) || !results.HasCode(cursor.Err(), "INVALID_PAGE_STATE") {
		t.Errorf("got %v", cursor.Err())
	}
}
