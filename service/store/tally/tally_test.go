package tally_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

var embedded *astratest.Astra

func TestMain(m *testing.M) {
	astratest.Main(m, func(a *astratest.Astra) error {
		embedded = a
		return a.CreateKeyspace(context.Background(), astratest.Keyspace)
	})
}

var june = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// open gives the tables of n processes, which share a clock.
func open(t *testing.T, n int, now *time.Time) []*tally.Table {
	t.Helper()
	db := embedded.Database(embedded.Admin, astratest.Keyspace)
	tables := make([]*tally.Table, n)
	for i := range tables {
		tables[i] = tally.New(tally.Config{
			Table:    func(context.Context) *dataapi.Table { return db.Table(schema.VideoStats) },
			Now:      func() time.Time { return *now },
			Patience: 10 * time.Second,
		})
	}
	return tables
}

func total(t *testing.T, table *tally.Table, list string) tally.Numbers {
	t.Helper()
	totals, err := table.Read(t.Context(), list, "another")
	if err != nil {
		t.Fatal(err)
	}
	return totals[list].Sum()
}

func TestParallelWritersOfSeveralProcessesAreCountedExactly(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	tables := open(t, 3, &now)
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			if err := tables[i%3].Write(t.Context(), nil, tally.Delta{List: list, Numbers: tally.Numbers{Views: 1}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := total(t, tables[0], list); got != (tally.Numbers{Views: 1000}) {
		t.Errorf("counted %+v of 1000 views", got)
	}
}

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
	if part, err := tally.Page[item](t.Context(), table, list, tally.Window{Offset: 1000, Limit: 5}); err != nil || len(part.Items) != 0 || part.Total.Items != n {
		t.Errorf("behind the end: %+v %v", part, err)
	}
}

// The tally rows of a crowded list come first: a page reads on behind them.
func TestAPageOfAListWithManyTallies(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	const writers = 30
	for i, table := range open(t, writers, &now) {
		it := item{list, tally.ItemID(june.Add(time.Duration(i)*time.Second), uuid.New()), i}
		if err := table.Write(t.Context(), []any{it}, tally.Delta{List: list, Numbers: tally.Numbers{Items: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	reader := open(t, 1, &now)[0]
	for _, size := range []int{1, 5, 12, 20, writers, writers + 1} {
		part, err := tally.Page[item](t.Context(), reader, list, tally.Window{Limit: size})
		if err != nil || part.Total.Items != writers || len(part.Items) != min(size, writers) || (part.Next == uuid.Nil) != (size >= writers) {
			t.Fatalf("%d of %d, %v", len(part.Items), part.Total.Items, err)
		}
		for i, it := range part.Items {
			if it.N != writers-1-i {
				t.Errorf("pages of %d: item %d at place %d", size, it.N, i)
			}
		}
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

// Whatever is counted when, and folded by whomever in between, the total stays
// the sum of all deltas and few rows stay.
func TestFoldingChangesNoTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		now, list := june, uuid.NewString()
		tables := open(t, 2, &now)
		var want tally.Numbers
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			table := tables[rapid.IntRange(0, 1).Draw(r, "process")]
			if rapid.Bool().Draw(r, "fold") {
				if err := table.Fold(t.Context(), list); err != nil {
					r.Fatal(err)
				}
			}
			n := tally.Numbers{Items: rapid.Int64Range(-3, 5).Draw(r, "items"), Stars: 1}
			bucket := rapid.SampledFrom([]string{"", "2026-05"}).Draw(r, "bucket")
			if err := table.Write(t.Context(), nil, tally.Delta{List: list, Bucket: bucket, Numbers: n}); err != nil {
				r.Fatal(err)
			}
			want = want.Plus(n)
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(r, "hours")) * time.Hour)
			if got := total(t, tables[0], list); got != want {
				r.Fatalf("got %+v, want %+v", got, want)
			}
		}
	})
}

// Clocks are set right now and then, at midnight too.
func TestAClockThatIsSetBackLosesNoCount(t *testing.T) {
	t.Parallel()
	midnight, list := june.Truncate(24*time.Hour), uuid.NewString()
	now := midnight
	table := open(t, 1, &now)[0]
	for i, off := range []time.Duration{-time.Second, 0, -time.Millisecond, time.Second} {
		now = midnight.Add(off)
		if err := table.Write(t.Context(), nil, tally.Delta{List: list, Numbers: tally.Numbers{Views: 1}}); err != nil {
			t.Fatal(err)
		}
		if got := total(t, table, list); got.Views != int64(i+1) {
			t.Errorf("%d views of %d", got.Views, i+1)
		}
	}
}

func TestFoldLeavesOneRow(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	tables := open(t, 2, &now)
	for range 5 {
		for _, table := range tables {
			if err := table.Write(t.Context(), nil, tally.Delta{List: list, Numbers: tally.Numbers{Views: 2}}); err != nil {
				t.Fatal(err)
			}
		}
		now = now.Add(24 * time.Hour)
	}
	now = now.Add(72 * time.Hour)
	for range 2 {
		if err := tables[0].Fold(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Hour)
	}
	var rows []map[string]any
	db := embedded.Database(embedded.Admin, astratest.Keyspace)
	if err := db.Table(schema.VideoStats).Find(map[string]any{"list": list}).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if got := total(t, tables[1], list); len(rows) != 1 || got.Views != 20 {
		t.Errorf("%d rows are left, %d views", len(rows), got.Views)
	}
}

func TestAFailedWriteCountsNothing(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	db := embedded.Database(embedded.Admin, astratest.Keyspace)
	name := "no_such_table"
	table := tally.New(tally.Config{
		Table:    func(context.Context) *dataapi.Table { return db.Table(name) },
		Now:      func() time.Time { return now },
		Patience: 10 * time.Second,
	})
	one := tally.Delta{List: list, Numbers: tally.Numbers{Views: 1}}
	if err := table.Write(t.Context(), nil, one); err == nil {
		t.Fatal("a write into no table succeeded")
	}
	name = schema.VideoStats
	if err := table.Write(t.Context(), nil, one); err != nil {
		t.Fatal(err)
	}
	if got := total(t, table, list); got.Views != 1 {
		t.Errorf("%d views, one was acknowledged", got.Views)
	}
}

func TestIDsSortByKind(t *testing.T) {
	t.Parallel()
	early, late := tally.ItemID(june, uuid.New()), tally.ItemID(june.Add(time.Millisecond), uuid.New())
	if bytes.Compare(early[:], late[:]) >= 0 || early.Version() != 7 || tally.IsTally(late) {
		t.Errorf("%s, %s", early, late)
	}
	if plain := tally.PlainID(uuid.New()); plain.Version() != 4 || tally.IsTally(plain) || !tally.IsTally(tally.MinID) {
		t.Error(plain)
	}
}
