package tally_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// monthly writes an item of a month's list, counted in the month's bucket.
func monthly(t *testing.T, table *tally.Table, list string, at time.Time) {
	t.Helper()
	it := item{list, tally.ItemID(at, uuid.New()), int(at.Month())}
	one := tally.Delta{List: list, Bucket: at.Format("2006-01"), Numbers: tally.Numbers{Items: 1}}
	if err := table.Write(t.Context(), []any{it}, one); err != nil {
		t.Fatal(err)
	}
}

func since(month time.Month) tally.Since {
	start := time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC)
	return tally.NewSince(start, start.Format("2006-01"))
}

// Whatever is in a list, from when on it is read and whether it was trimmed:
// pages and cursors show the same items, and as many as are counted.
func TestWhatIsOldIsLeftOutTrimmedOrNot(t *testing.T) {
	t.Parallel()
	now := june
	table := open(t, 1, &now)[0]
	rapid.Check(t, func(r *rapid.T) {
		list, want := uuid.NewString(), 0
		from := time.Month(rapid.IntRange(1, 7).Draw(r, "from"))
		for _, month := range rapid.SliceOfN(rapid.IntRange(1, 6), 0, 8).Draw(r, "months") {
			monthly(t, table, list, time.Date(2026, time.Month(month), 1+month, 0, 0, 0, 0, time.UTC))
			if time.Month(month) >= from {
				want++
			}
		}
		for _, trimmed := range []bool{false, true, true} {
			if trimmed {
				if err := table.Trim(t.Context(), list, since(from)); err != nil {
					r.Fatal(err)
				}
			}
			window := tally.Window{Limit: 2, Since: since(from)}
			seen := 0
			for {
				part, err := tally.Page[item](t.Context(), table, list, window)
				if err != nil || part.Total.Items != int64(want) {
					r.Fatalf("trimmed %t: a total of %d, want %d, %v", trimmed, part.Total.Items, want, err)
				}
				for _, it := range part.Items {
					if seen++; time.Month(it.N) < from {
						r.Fatalf("trimmed %t: an item of %s is shown", trimmed, time.Month(it.N))
					}
				}
				if window.After = part.Next; part.Next == uuid.Nil {
					break
				}
			}
			if seen != want {
				r.Fatalf("trimmed %t: %d items, want %d", trimmed, seen, want)
			}
		}
	})
}

func TestTrimLeavesNothingOldAndAllElse(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	table := open(t, 1, &now)[0]
	for month := 1; month <= 6; month++ {
		monthly(t, table, list, time.Date(2026, time.Month(month), 5, 0, 0, 0, 0, time.UTC))
	}
	plain := item{list, tally.PlainID(uuid.New()), 0} // read by its key, and no item
	if err := table.Write(t.Context(), []any{plain}); err != nil {
		t.Fatal(err)
	}
	if err := table.Trim(t.Context(), list, since(5)); err != nil {
		t.Fatal(err)
	}
	rows := stored(t, list)
	if len(rows) != 4 { // two items, the row that counts them, and the plain row
		t.Errorf("%d rows are left: %v", len(rows), rows)
	}
	if counts := rows[0]["counts"].(map[string]any); len(counts) != 2 {
		t.Errorf("entries left: %v", counts)
	}
}

// A list whose items are all old ends without a row.
func TestTrimRemovesRowsThatCountOnlyOldItems(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	table := open(t, 1, &now)[0]
	for range 3 {
		monthly(t, table, list, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))
		now = now.Add(48 * time.Hour)
	}
	if err := table.Fold(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	if err := table.Trim(t.Context(), list, since(5)); err != nil {
		t.Fatal(err)
	}
	if rows := stored(t, list); len(rows) != 0 {
		t.Errorf("%d rows are left: %v", len(rows), rows)
	}
}

func TestItemsAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	now, list := june, uuid.NewString()
	table := open(t, 1, &now)[0]
	const n = 60
	fill(t, table, list, n)
	for _, test := range []struct {
		most  int
		whole bool
	}{{n + 1, true}, {n, false}, {10, false}} {
		early := func(id uuid.UUID) string { return fmt.Sprint(tally.TimeOf(id).Before(june.Add(20 * time.Second))) }
		got, whole, err := table.Items(t.Context(), list, test.most, early)
		if err != nil || whole != test.whole || whole && (got["true"] != 20 || got["false"] != n-20) {
			t.Errorf("at most %d: %v, %t, %v", test.most, got, whole, err)
		}
	}
}

func TestTheTimeOfAnItem(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{june, time.UnixMilli(0).UTC(), june.Add(123 * time.Millisecond)} {
		if got := tally.TimeOf(tally.ItemID(at, uuid.New())); !got.Equal(at) {
			t.Errorf("%s became %s", at, got)
		}
	}
}
