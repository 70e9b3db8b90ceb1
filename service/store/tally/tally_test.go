package tally_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
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
			Patience: time.Minute,
		})
	}
	return tables
}

func statsTable(opts ...options.APIOption) *dataapi.Table {
	return embedded.Database(embedded.Admin, astratest.Keyspace, opts...).Table(schema.VideoStats)
}

// observed is a process whose commands are reported.
func observed(now *time.Time, command func()) *tally.Table {
	table := statsTable(options.API().SetObserver(func(context.Context, options.CommandEvent) { command() }))
	return tally.New(tally.Config{
		Table:    func(context.Context) *dataapi.Table { return table },
		Now:      func() time.Time { return *now },
		Patience: time.Minute,
	})
}

// stored are the rows of a list, from the top.
func stored(t *testing.T, list string) (rows []map[string]any) {
	t.Helper()
	if err := statsTable().Find(filter.Eq("list", list)).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
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

// However many processes count, a page takes one call and the totals of a page's
// lists another.
func TestCallsDoNotGrowWithProcesses(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	lists := []string{list}
	for range 10 {
		lists = append(lists, uuid.NewString())
	}
	const processes = 120
	var all sync.WaitGroup
	for i, table := range open(t, processes, &now) {
		all.Go(func() {
			it := item{list, tally.ItemID(june.Add(time.Duration(i)*time.Second), uuid.New()), i}
			deltas := []tally.Delta{{List: list, Numbers: tally.Numbers{Items: 1}}}
			for _, viewed := range lists[1:] {
				deltas = append(deltas, tally.Delta{List: viewed, Numbers: tally.Numbers{Views: 1}})
			}
			if err := table.Write(t.Context(), []any{it}, deltas...); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var calls atomic.Int32
	reader := observed(&now, func() { calls.Add(1) })
	for _, size := range []int{1, 5, 12, 20, 44} {
		calls.Store(0)
		part, err := tally.Page[item](t.Context(), reader, list, tally.Window{Limit: size})
		if err != nil || part.Total.Items != processes || len(part.Items) != size || calls.Load() != 1 {
			t.Fatalf("%d of %d in %d calls, %v", len(part.Items), part.Total.Items, calls.Load(), err)
		}
		for i, it := range part.Items {
			if it.N != processes-1-i {
				t.Errorf("pages of %d: item %d at place %d", size, it.N, i)
			}
		}
	}
	calls.Store(0)
	totals, err := reader.Read(t.Context(), lists...)
	if err != nil || calls.Load() != 1 {
		t.Fatalf("%d calls for the totals, %v", calls.Load(), err)
	}
	for _, viewed := range lists[1:] {
		if got := totals[viewed].Sum(); got != (tally.Numbers{Views: processes}) {
			t.Errorf("%+v, want a view of each of %d processes", got, processes)
		}
	}
}

// A list that is counted every day and read has a base and the rows of the last
// days, never more than four rows.
func TestRowsDoNotGrowWithDays(t *testing.T) {
	t.Parallel()
	now, list := june.Truncate(24*time.Hour), uuid.NewString()
	var crowded atomic.Bool
	table := tally.New(tally.Config{
		Table:    func(context.Context) *dataapi.Table { return statsTable() },
		Now:      func() time.Time { return now },
		Patience: time.Minute, Crowded: func(string) { crowded.Store(true) },
	})
	for hour := range int64(24 * 7) {
		if err := table.Write(t.Context(), nil, tally.Delta{List: list, Numbers: tally.Numbers{Views: 1}}); err != nil {
			t.Fatal(err)
		}
		if got := total(t, table, list); got.Views != hour+1 {
			t.Fatalf("%d views after %d", got.Views, hour+1)
		}
		if rows := stored(t, list); len(rows) > 4 {
			t.Fatalf("%d rows after %d hours", len(rows), hour)
		}
		if crowded.Swap(false) {
			if err := table.Fold(t.Context(), list); err != nil {
				t.Fatal(err)
			}
		}
		now = now.Add(time.Hour)
	}
}

// Whatever is counted and folded, the total stays the sum of all deltas.
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
	rows := stored(t, list)
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
		Patience: time.Minute,
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

// oldID is an id as earlier releases made it: a row a process and bucket.
func oldID(day int, base bool, bucket, process byte) uuid.UUID {
	id := uuid.UUID{1: byte(day >> 8), 2: byte(day), 4: bucket, 6: 0x80, 8: 0x80, 15: process}
	if base {
		id[3], id[15] = 0xff, 0
	}
	return id
}

// The rows of earlier releases count, before and after they are folded.
func TestRowsOfEarlierReleasesCount(t *testing.T) {
	t.Parallel()
	type old struct {
		List     string    `json:"list"`
		ID       uuid.UUID `json:"id"`
		Bucket   string    `json:"bucket"`
		Items    int64     `json:"items"`
		Views    int64     `json:"views"`
		Ratings  int64     `json:"ratings"`
		Stars    int64     `json:"stars"`
		FoldedAt time.Time `json:"folded_at"`
	}
	now, list, day := june, uuid.NewString(), int(june.Unix()/86400)
	rows := []old{
		{list, oldID(day-9, true, 1, 0), "a", 1, 0, 0, 0, june},
		{list, oldID(day-5, true, 1, 0), "a", 10, 0, 0, 0, june},
		{list, oldID(day-5, false, 1, 7), "a", 5, 0, 0, 0, june}, // in the base
		{list, oldID(day-4, false, 1, 7), "a", 100, 2, 3, 4, june},
		{list, oldID(day-4, false, 2, 7), "b", 1000, 0, 0, 0, june},
		{list, oldID(day, false, 2, 8), "b", 10000, 0, 0, 0, june},
	}
	if _, err := statsTable().InsertMany(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	table := open(t, 1, &now)[0]
	for _, bucket := range []string{"a", "b"} {
		if err := table.Write(t.Context(), nil, tally.Delta{List: list, Bucket: bucket, Numbers: tally.Numbers{Items: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	want := tally.Totals{
		{Name: "a", Numbers: tally.Numbers{Items: 111, Views: 2, Ratings: 3, Stars: 4}}, {Name: "b", Numbers: tally.Numbers{Items: 11001}},
	}
	for _, later := range []time.Duration{0, time.Hour, 48 * time.Hour, time.Hour} {
		now = now.Add(later)
		got, err := table.Read(t.Context(), list)
		if err != nil || !slices.Equal(got[list], want) {
			t.Errorf("after %v: %v, want %v, %v", later, got[list], want, err)
		}
		if err := table.Fold(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	if rows := stored(t, list); len(rows) != 1 {
		t.Errorf("%d rows are left: %v", len(rows), rows)
	}
}
