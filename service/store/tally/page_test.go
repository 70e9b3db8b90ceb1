package tally_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

type item struct {
	List string    `json:"list"`
	ID   uuid.UUID `json:"id"`
	N    int       `json:"rating"`
}

func fill(t *testing.T, table *tally.Table, list string, n int) {
	t.Helper()
	for i := range n {
		it := item{list, tally.ItemID(june.Add(time.Duration(i)*time.Second), uuid.New()), i}
		if err := table.Write(t.Context(), []any{it}, tally.Delta{List: list, Numbers: tally.Numbers{Items: 1}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPagesShowEveryItemOnceNewestFirst(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	table := open(t, 1, &now)[0]
	const n = 73
	fill(t, table, list, n)
	for _, size := range []int{1, 10, 50, 100} {
		var seen []int
		for offset := 0; offset < n; offset += size {
			part, err := tally.Page[item](t.Context(), table, list, tally.Window{Offset: offset, Limit: size})
			if err != nil || part.Total.Items != n {
				t.Fatalf("at %d: total %d, %v", offset, part.Total.Items, err)
			}
			for _, it := range part.Items {
				seen = append(seen, it.N)
			}
		}
		checkOrder(t, fmt.Sprint("pages of ", size), seen, n)
	}
	part, err := tally.Page[item](t.Context(), table, list, tally.Window{Offset: 1000, Limit: 5})
	if err != nil || len(part.Items) != 0 || part.Total.Items != n {
		t.Errorf("behind the end: %+v %v", part, err)
	}
}

func checkOrder(t *testing.T, what string, seen []int, n int) {
	t.Helper()
	if len(seen) != n {
		t.Fatalf("%s: %d items of %d", what, len(seen), n)
	}
	for i, got := range seen {
		if got != n-1-i {
			t.Fatalf("%s: item %d at place %d", what, got, i)
		}
	}
}

func TestCursorsShowEveryItemOnce(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	table := open(t, 1, &now)[0]
	const n = 65
	fill(t, table, list, n)
	var seen []int
	window := tally.Window{Limit: 7}
	for {
		part, err := tally.Page[item](t.Context(), table, list, window)
		if err != nil || part.Total.Items != n {
			t.Fatal(part.Total, err)
		}
		for _, it := range part.Items {
			seen = append(seen, it.N)
		}
		if window.After = part.Next; part.Next == uuid.Nil {
			break
		}
	}
	checkOrder(t, "cursors", seen, n)
}
