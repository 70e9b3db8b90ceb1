package databases

import (
	"errors"
	"slices"
	"time"
)

// Kinds of changes.
const (
	create         = "create"
	terminate      = "terminate"
	park           = "park"
	unpark         = "unpark"
	createKeyspace = "create keyspace"
	dropKeyspace   = "drop keyspace"
)

// Change is one that is in progress; it takes effect at Until.
type Change struct {
	Kind     string    `json:"kind"`
	Keyspace string    `json:"keyspace,omitempty"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
}

// status is the one of the change in progress, or the resting one.
func (d *Database) status(now time.Time) string {
	if len(d.Changes) == 0 {
		return d.Rest
	}
	c := d.Changes[0]
	switch c.Kind {
	case create:
		if now.Sub(c.Since) < c.Until.Sub(c.Since)/2 {
			return "PENDING"
		}
		return "INITIALIZING"
	case terminate:
		return "TERMINATING"
	case park:
		return "PARKING"
	case unpark:
		return "UNPARKING"
	}
	return "MAINTENANCE"
}

// change begins a change of a database that has one of the statuses.
func (r *Registry) change(id string, c Change, delay time.Duration, allowed ...string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.all[id]
	if d == nil {
		return ErrNotFound
	}
	if !slices.Contains(allowed, d.status(r.now())) {
		return ErrState
	}
	has := slices.Contains(d.Keyspaces, c.Keyspace)
	if c.Kind == dropKeyspace && !has {
		return ErrKeyspace
	}
	if c.Kind == createKeyspace && has {
		return nil
	}
	return r.begin(d, c, delay)
}

// begin records a change; the caller holds the lock.
func (r *Registry) begin(d *Database, c Change, delay time.Duration) error {
	c.Since = r.now().UTC()
	c.Until = c.Since.Add(delay)
	d.Changes = append(d.Changes, c)
	err := r.store.PutRecord(kind, d.ID, d)
	r.plan()
	return err
}

// plan notes when the next change is done; the caller holds the lock.
func (r *Registry) plan() {
	next := int64(0)
	for _, d := range r.all {
		for _, c := range d.Changes {
			if at := c.Until.UnixNano(); next == 0 || at < next {
				next = at
			}
		}
	}
	r.due.Store(next)
}

// Settle applies the changes that are due. Every request calls it first; it costs
// nothing when no change is due.
func (r *Registry) Settle() error {
	if due := r.due.Load(); due == 0 || r.now().UnixNano() < due {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.store.Schema.Lock()
	defer r.store.Schema.Unlock()
	var errs []error
	for _, d := range r.all {
		errs = append(errs, r.settle(d))
	}
	r.plan()
	return errors.Join(errs...)
}

func (r *Registry) settle(d *Database) error {
	var errs []error
	n := 0
	for n < len(d.Changes) && !d.Changes[n].Until.After(r.now()) {
		errs = append(errs, r.take(d, d.Changes[n]))
		n++
	}
	if n == 0 {
		return nil
	}
	d.Changes = slices.Delete(d.Changes, 0, n)
	return errors.Join(append(errs, r.store.PutRecord(kind, d.ID, d))...)
}

// take applies one change.
func (r *Registry) take(d *Database, c Change) error {
	var errs []error
	switch c.Kind {
	case create:
		for _, ks := range d.Keyspaces {
			errs = append(errs, r.store.CreateKeyspace(r.Space(d.ID, ks)))
		}
	case park:
		d.Rest = Parked
	case unpark:
		d.Rest = Active
	case createKeyspace:
		d.Keyspaces = append(d.Keyspaces, c.Keyspace)
		errs = append(errs, r.store.CreateKeyspace(r.Space(d.ID, c.Keyspace)))
	case dropKeyspace:
		d.Keyspaces = slices.DeleteFunc(d.Keyspaces, func(ks string) bool { return ks == c.Keyspace })
		errs = append(errs, r.store.DropKeyspace(r.Space(d.ID, c.Keyspace)))
	case terminate:
		d.Rest = Terminated
		for _, ks := range d.Keyspaces {
			errs = append(errs, r.store.DropKeyspace(r.Space(d.ID, ks)))
		}
	}
	return errors.Join(errs...)
}
