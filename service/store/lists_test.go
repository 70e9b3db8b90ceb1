package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Pages cut by spans show every item of every bucket once, in order.
func TestSpansCutAListIntoPages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 30), 0, 6).Draw(t, "buckets")
		size := rapid.IntRange(1, 25).Draw(t, "page size")
		var buckets []bucketTotal
		var want []string
		for b, n := range sizes {
			name := fmt.Sprint("m", b)
			buckets = append(buckets, bucketTotal{name, n})
			for i := range n {
				want = append(want, fmt.Sprint(name, ":", i))
			}
		}
		var got []string
		for offset := 0; offset < len(want)+size; offset += size {
			page := 0
			for _, at := range spans(buckets, offset, size) {
				page += at.limit
				for i := range at.limit {
					got = append(got, fmt.Sprint(at.bucket, ":", at.offset+i))
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

func TestSumBuckets(t *testing.T) {
	t.Parallel()
	rows := []totalRow{
		{Bucket: "2026-03", Added: 3, Removed: 1}, {Bucket: "2026-03", Added: 4},
		{Bucket: "2026-02", Added: 2, Removed: 1}, {Bucket: "2026-02", Removed: 1},
		{Bucket: "2025-12", Added: 1},
	}
	want := []bucketTotal{{"2026-03", 6}, {"2025-12", 1}}
	if diff := cmp.Diff(want, sumBuckets(rows), cmp.AllowUnexported(bucketTotal{})); diff != "" {
		t.Error(diff)
	}
	if got := sumItems(sumBuckets(rows)); got != 7 {
		t.Errorf("total %d", got)
	}
	if got := sumBuckets(nil); len(got) != 0 {
		t.Errorf("an empty list has %v", got)
	}
}
