package tally

import (
	"context"
	"fmt"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// accountKey names a row of which this process has entries.
type accountKey struct {
	list string
	day  int
}

// account is what this process has counted for one list on one day: its
// entries of the row.
type account struct {
	accountKey

	// writing is held during a write of the entries, so that an older total
	// never follows a newer one.
	writing sync.Mutex

	mu      sync.Mutex
	entries []total
	next    *round
}

// total is one entry. It is stale if another value than this is stored, or may
// be.
type total struct {
	cell

	value int64
	stale bool
}

// round is one write of an account. All callers that come while the write before
// it is under way share it.
type round struct {
	done chan struct{}
	err  error
}

// Write stores items and what they change in the totals, at the same time. When
// it fails the totals are as before, and items may or may not be stored: writing
// or deleting them again is safe. It waits for the writes even if ctx ends.
func (t *Table) Write(ctx context.Context, items []any, deltas ...Delta) error {
	ctx = context.WithoutCancel(ctx)
	accounts := t.count(deltas)
	jobs := make([]func() error, 0, len(accounts)+1)
	for _, a := range accounts {
		jobs = append(jobs, func() error { return t.store(ctx, a) })
	}
	if len(items) > 0 {
		jobs = append(jobs, func() error { return t.insert(ctx, items) })
	}
	err := parallel.Do(jobs...)
	if err != nil {
		for i, d := range deltas {
			accounts[i].add(d.Bucket, Numbers{}.Minus(d.Numbers))
		}
	}
	return err
}

// count adds the deltas to the accounts of today, and gives the account of each.
func (t *Table) count(deltas []Delta) []*account {
	t.mu.Lock()
	defer t.mu.Unlock()
	today := t.today()
	accounts := make([]*account, len(deltas))
	for i, d := range deltas {
		key := accountKey{d.List, today}
		a := t.accounts[key]
		if a == nil {
			a = &account{accountKey: key}
			t.accounts[key] = a
		}
		a.add(d.Bucket, d.Numbers)
		accounts[i] = a
	}
	return accounts
}

// today gives the day to count in, and forgets the accounts of days before
// yesterday: no write of theirs is under way. A clock that is set back does not
// return to a day, whose accounts would begin at zero again.
func (t *Table) today() int {
	day := dayNumber(t.config.Now())
	if day <= t.day {
		return t.day
	}
	for key, a := range t.accounts {
		if key.day < day-1 && !a.isStale() {
			delete(t.accounts, key)
		}
	}
	t.day = day
	return day
}

func (a *account) add(bucket string, n Numbers) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, kind := range []byte(kinds) {
		if by := *n.of(kind); by != 0 {
			e := a.entry(cell{kind, bucket})
			e.value, e.stale = e.value+by, true
		}
	}
}

// entry needs the lock.
func (a *account) entry(c cell) *total {
	for i := range a.entries {
		if a.entries[i].cell == c {
			return &a.entries[i]
		}
	}
	a.entries = append(a.entries, total{cell: c})
	return &a.entries[len(a.entries)-1]
}

func (a *account) isStale() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.entries {
		if e.stale {
			return true
		}
	}
	return false
}

// store writes an account, together with what other callers have added.
func (t *Table) store(ctx context.Context, a *account) error {
	a.mu.Lock()
	r := a.next
	if r != nil {
		a.mu.Unlock()
		<-r.done
		return r.err
	}
	r = &round{done: make(chan struct{})}
	a.next = r
	a.mu.Unlock()
	a.writing.Lock()
	r.err = t.update(ctx, a)
	a.writing.Unlock()
	close(r.done)
	return r.err
}

// update writes the stale entries of an account.
func (t *Table) update(ctx context.Context, a *account) error {
	a.mu.Lock()
	a.next = nil
	values := map[string]int64{}
	for i, e := range a.entries {
		if e.stale {
			values[e.key(t.writer)], a.entries[i].stale = e.value, false
		}
	}
	a.mu.Unlock()
	if len(values) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, t.config.Patience)
	defer cancel()
	row := filter.F{"list": a.list, "id": rowID(a.day, kindDay)}
	err := t.config.Table(ctx).UpdateOne(ctx, row, update.Table().PutEntries("counts", values))
	if err == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, e := range a.entries {
		if _, written := values[e.key(t.writer)]; written {
			a.entries[i].stale = true
		}
	}
	return fmt.Errorf("write the tally of list %s: %w", a.list, err)
}

func (t *Table) insert(ctx context.Context, items []any) error {
	ctx, cancel := context.WithTimeout(ctx, t.config.Patience)
	defer cancel()
	if _, err := t.config.Table(ctx).InsertMany(ctx, items); err != nil {
		return fmt.Errorf("write %d items: %w", len(items), err)
	}
	return nil
}

// maxFlushed bounds what one Flush writes.
const maxFlushed = 100

// Flush stores the entries that earlier failures have left stale.
func (t *Table) Flush(ctx context.Context) error {
	var jobs []func() error
	t.mu.Lock()
	for _, a := range t.accounts {
		if len(jobs) < maxFlushed && a.isStale() {
			jobs = append(jobs, func() error { return t.store(context.WithoutCancel(ctx), a) })
		}
	}
	t.mu.Unlock()
	return parallel.Do(jobs...)
}
