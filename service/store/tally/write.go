package tally

import (
	"context"
	"fmt"
	"sync"
)

// head names one row of this process.
type head struct {
	list, bucket string
	day          int
}

// ledger is what this process has counted today. Dirty are the rows that are
// stored with another value than the ledger's, or may be.
type ledger struct {
	mu    sync.Mutex
	day   int
	heads map[head]*Numbers
	dirty map[head]bool
}

// Write stores items and what they change in the totals with one call. When it
// fails the totals are as before, and items may or may not be stored: writing
// or deleting them again is safe. It waits for the write even if ctx ends.
func (t *Table) Write(ctx context.Context, items []any, deltas ...Delta) error {
	return t.commit.do(context.WithoutCancel(ctx), &request{items: items, deltas: deltas, done: make(chan error, 1)})
}

// writeBatch stores the requests of several callers at once.
func (t *Table) writeBatch(ctx context.Context, batch []*request) error {
	var rows []any
	day := t.ledger.turn(dayNumber(t.config.Now()))
	for _, r := range batch {
		rows = append(rows, r.items...)
	}
	changed := t.apply(day, batch, 1)
	rows = append(rows, t.rows(changed)...)
	ctx, cancel := context.WithTimeout(ctx, t.config.Patience)
	defer cancel()
	if len(rows) == 0 {
		return nil
	}
	if _, err := t.config.Table(ctx).InsertMany(ctx, rows); err != nil {
		t.apply(day, batch, -1)
		return fmt.Errorf("write %d rows and their tallies: %w", len(rows), err)
	}
	t.written(changed)
	return nil
}

// apply counts the deltas in, or out again, and names the rows to write: those
// and the ones that an earlier failure has left in doubt.
func (t *Table) apply(day int, batch []*request, sign int64) []head {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	for _, r := range batch {
		for _, d := range r.deltas {
			h := head{d.List, d.Bucket, day}
			n := t.ledger.heads[h]
			if n == nil {
				n = &Numbers{}
				t.ledger.heads[h] = n
			}
			if sign < 0 {
				*n = n.Minus(d.Numbers)
			} else {
				*n = n.Plus(d.Numbers)
			}
			t.ledger.dirty[h] = true
		}
	}
	return t.ledger.some(day, batch)
}

// turn forgets the rows of earlier days, which will not change any more, and
// gives the day to count in. A clock that is set back begins no day again: its
// rows would start anew, and overwrite what they have counted.
func (l *ledger) turn(day int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if day <= l.day {
		return l.day
	}
	for h := range l.heads {
		if h.day < day && !l.dirty[h] {
			delete(l.heads, h)
		}
	}
	l.day = day
	return day
}

// maxDirty bounds what one write makes up for.
const maxDirty = 100

// some names the rows of the batch, and then others that are in doubt.
func (l *ledger) some(day int, batch []*request) []head {
	var names []head
	named := map[head]bool{}
	add := func(h head) {
		if !named[h] {
			named[h], names = true, append(names, h)
		}
	}
	for _, r := range batch {
		for _, d := range r.deltas {
			add(head{d.List, d.Bucket, day})
		}
	}
	for h := range l.dirty {
		if len(names) >= maxDirty {
			break
		}
		add(h)
	}
	return names
}

func (t *Table) rows(heads []head) []any {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	rows := make([]any, len(heads))
	for i, h := range heads {
		rows[i] = row{List: h.list, ID: rowID(h.day, kindHead, h.bucket, t.writer), Bucket: h.bucket, Numbers: *t.ledger.heads[h]}
	}
	return rows
}

func (t *Table) written(heads []head) {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	for _, h := range heads {
		delete(t.ledger.dirty, h)
	}
}

// Flush stores what earlier failures have left in doubt.
func (t *Table) Flush(ctx context.Context) error { return t.Write(ctx, nil) }

// request is one caller's part of a batch.
type request struct {
	items  []any
	deltas []Delta
	done   chan error
}

// committer makes one write at a time, so that an older total never follows a
// newer one. Those who come meanwhile share the next write.
type committer struct {
	write   func(context.Context, []*request) error
	mu      sync.Mutex
	waiting []*request
	running bool
}

// batchRows is how many rows the client sends in one call.
const batchRows = 50

func (c *committer) do(ctx context.Context, r *request) error {
	c.mu.Lock()
	c.waiting = append(c.waiting, r)
	lead := !c.running
	c.running = true
	c.mu.Unlock()
	if lead {
		c.lead(ctx)
	}
	return <-r.done
}

// lead writes batches until nobody waits. The first batch is the leader's own;
// a goroutine takes over the others', so that nobody works for all.
func (c *committer) lead(ctx context.Context) {
	if c.turn(ctx) {
		go func() {
			for c.turn(ctx) {
			}
		}()
	}
}

// turn writes one batch and reports whether somebody waits for another.
func (c *committer) turn(ctx context.Context) bool {
	batch := c.next()
	err := c.write(ctx, batch)
	for _, r := range batch {
		r.done <- err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = len(c.waiting) > 0
	return c.running
}

func (c *committer) next() []*request {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, size := 0, 0
	for n < len(c.waiting) {
		size += len(c.waiting[n].items) + len(c.waiting[n].deltas)
		if n > 0 && size > batchRows {
			break
		}
		n++
	}
	batch := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	return batch
}
