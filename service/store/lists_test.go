package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Pages cut by spans show every item of every month once, in order.
func TestSpansCutAListIntoPages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 30), 0, 6).Draw(t, "months")
		size := rapid.IntRange(1, 25).Draw(t, "page size")
		var totals tally.Totals
		var want []string
		for b, n := range sizes {
			name := fmt.Sprint("2026-", 9-b)
			totals = append(tally.Totals{{Name: name, Numbers: tally.Numbers{Items: int64(n)}}}, totals...) // in the order of names
			for i := range n {
				want = append(want, fmt.Sprint(name, ":", i))
			}
		}
		var got []string
		for offset := 0; offset < len(want)+size; offset += size {
			page := 0
			for _, at := range spans(totals, offset, size) {
				page += at.limit
				for i := range at.limit {
					got = append(got, fmt.Sprint(at.month, ":", at.offset+i))
				}
			}
			if page > size {
				t.Fatalf("page at %d has %d items", offset, page)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEmptyMonthsAreLeftOut(t *testing.T) {
	t.Parallel()
	some := tally.Numbers{Items: 1}
	got := earlier(tally.Totals{
		{Name: "2025-12", Numbers: some}, {Name: "2026-02"}, {Name: "2026-03", Numbers: some}, {Name: "2026-04", Numbers: some},
	}, "2026-04")
	if !slices.Equal(got, []string{"2026-03", "2025-12"}) {
		t.Error(got)
	}
}

func TestPositionsAreEncodedAsText(t *testing.T) {
	t.Parallel()
	want := position{time.UnixMilli(1_790_000_000_123).UTC(), uuid.New()}
	if got, err := parsePosition(want.String()); err != nil || got != want {
		t.Errorf("%v became %v, %v", want, got, err)
	}
	for _, bad := range []string{".", "x", "-1." + uuid.NewString(), "zz.nouuid", "zzzzzzzzzzzzz." + uuid.NewString()} {
		if _, err := parsePosition(bad); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Any text is refused as a cursor, or is a position that is encoded as the same text.
func FuzzPosition(f *testing.F) {
	for _, seed := range []string{
		"", ".", "1.", "mc7u6n5z." + uuid.NewString(), "+1." + uuid.NewString(), "1.urn:uuid:" + uuid.NewString(), "zzzzzzzzzzzzzz.{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parsePosition(text)
		if err != nil {
			if killrvideo.ErrorCode(err) != killrvideo.EINVALID {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if again, err := parsePosition(at.String()); text != "" && (err != nil || again != at || at.none()) {
			t.Errorf("%q is %v, which is %v, %v", text, at, again, err)
		}
	})
}
