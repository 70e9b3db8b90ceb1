package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// totals counts the items of lists. The Data API cannot increment, so nobody
// shares a row: each process has one of its own for each bucket of each list,
// holding all that it has ever added and removed there. Nobody overwrites
// anybody, and to write a row again is harmless, so no count is lost or made
// twice. A total is the sum over all processes.
//
// Bucket is the month of the list of all videos, so that one read says how
// long the list is and which partitions it has; other lists have one bucket.
type totals struct {
	store  *Store
	writer uuid.UUID
	mu     sync.Mutex
	counts map[bucketKey]*count // one entry a list that this process changed
}

type bucketKey struct{ list, bucket string }

// count is one row of this process. What added and removed are is guarded by
// totals.mu; written, by flush, which admits one write at a time so that an
// older value never follows a newer one.
type count struct {
	added, removed int64
	changes        int64
	flush          sync.Mutex
	written        int64
}

type totalRow struct {
	List    string    `json:"list"`
	Bucket  string    `json:"bucket"`
	Writer  uuid.UUID `json:"writer"`
	Added   int64     `json:"added"`
	Removed int64     `json:"removed"`
}

func newTotals(s *Store, writer uuid.UUID) *totals {
	return &totals{store: s, writer: writer, counts: map[bucketKey]*count{}}
}

const (
	latestList = "latest"
	oneBucket  = "all"
)

func uploaderList(id uuid.UUID) string { return "uploader:" + id.String() }

// add counts items put into a bucket, or taken out if n is negative, and
// stores the row. Those who wait for a write to end share the next one. If
// storing fails, the count is kept and stored with the next change.
func (t *totals) add(ctx context.Context, list, bucket string, n int64) error {
	c, change := t.change(bucketKey{list, bucket}, n)
	c.flush.Lock()
	defer c.flush.Unlock()
	if c.written >= change {
		return nil
	}
	row, latest := t.snapshot(bucketKey{list, bucket}, c)
	if _, err := t.store.table(ctx, schema.ListTotals).InsertOne(ctx, row); err != nil {
		return failed(err, fmt.Sprintf("count %s in list %s", bucket, list))
	}
	c.written = latest
	return nil
}

func (t *totals) change(key bucketKey, n int64) (*count, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts[key]
	if c == nil {
		c = &count{}
		t.counts[key] = c
	}
	if n < 0 {
		c.removed -= n
	} else {
		c.added += n
	}
	c.changes++
	return c, c.changes
}

func (t *totals) snapshot(key bucketKey, c *count) (totalRow, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return totalRow{key.list, key.bucket, t.writer, c.added, c.removed}, c.changes
}

// bucketTotal is how many items a bucket has.
type bucketTotal struct {
	bucket string
	items  int
}

// read gives the buckets of a list that are not empty, last one first.
func (t *totals) read(ctx context.Context, list string) ([]bucketTotal, error) {
	var rows []totalRow
	err := t.store.table(ctx, schema.ListTotals).Find(filter.Eq("list", list)).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, fmt.Sprintf("read the totals of list %s", list))
	}
	return sumBuckets(rows), nil
}

// sumBuckets adds up rows that come in the order of their buckets.
func sumBuckets(rows []totalRow) []bucketTotal {
	var sums []bucketTotal
	for _, row := range rows {
		if n := len(sums); n == 0 || sums[n-1].bucket != row.Bucket {
			sums = append(sums, bucketTotal{bucket: row.Bucket})
		}
		sums[len(sums)-1].items += int(row.Added - row.Removed)
	}
	filled := sums[:0]
	for _, sum := range sums {
		if sum.items > 0 {
			filled = append(filled, sum)
		}
	}
	return filled
}

func sumItems(buckets []bucketTotal) int {
	total := 0
	for _, b := range buckets {
		total += b.items
	}
	return total
}
