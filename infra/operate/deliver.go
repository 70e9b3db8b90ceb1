package operate

import (
	"context"
	"slices"
	"time"
)

// Fetch reads lines that were logged since a time, in any order. The zero time
// asks for the last ones.
type Fetch func(ctx context.Context, since time.Time) ([]Line, error)

const (
	// pollEvery is the pause between two looks at a log that is followed.
	pollEvery = 2 * time.Second
	// overlap is how late a line may arrive at the platform's log.
	overlap = 15 * time.Second
	// patience is how many looks in a row may fail before following ends.
	patience = 5
)

// Deliver emits the last lines of a platform's log that a query wants, oldest
// first. With Follow it goes on with later ones until the context ends.
func Deliver(ctx context.Context, query Query, fetch Fetch, emit func(Line) error) error {
	return deliver(ctx, query, fetch, emit, pollEvery)
}

func deliver(ctx context.Context, query Query, fetch Fetch, emit func(Line) error, every time.Duration) error {
	began := time.Now()
	lines, err := fetch(ctx, query.Since)
	if err != nil {
		return err
	}
	sortByTime(lines)
	note, last := query.Tail()
	for _, line := range lines {
		note(line)
	}
	for _, line := range last() {
		if err := emit(line); err != nil {
			return err
		}
	}
	if !query.Follow {
		return nil
	}
	return follow(ctx, query, fetch, emit, newWindow(lines, began), every)
}

// follow looks again and again for lines that were not there before.
func follow(ctx context.Context, query Query, fetch Fetch, emit func(Line) error, window *window, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		lines, err := fetch(ctx, window.newest.Add(-overlap))
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			if failures++; failures == patience {
				return err
			}
			continue
		}
		failures = 0
		for _, line := range window.fresh(lines) {
			if !query.Matches(line) {
				continue
			}
			if err := emit(line); err != nil {
				return err
			}
		}
	}
}

// window are the lines of the last moments, by which a later look knows them.
type window struct {
	newest time.Time
	seen   map[[2]string]time.Time
}

func newWindow(lines []Line, began time.Time) *window {
	s := &window{newest: began, seen: map[[2]string]time.Time{}}
	s.fresh(lines)
	return s
}

// fresh are the lines that were not there before.
func (s *window) fresh(lines []Line) (fresh []Line) {
	sortByTime(lines)
	for _, line := range lines {
		key := [2]string{line.Instance, line.Time.Format(time.RFC3339Nano) + line.Text}
		if _, known := s.seen[key]; known || line.Time.Before(s.newest.Add(-2*overlap)) {
			continue
		}
		s.seen[key] = line.Time
		fresh = append(fresh, line)
	}
	for _, line := range fresh {
		if line.Time.After(s.newest) {
			s.newest = line.Time
		}
	}
	for key, at := range s.seen {
		if at.Before(s.newest.Add(-2 * overlap)) {
			delete(s.seen, key)
		}
	}
	return fresh
}

func sortByTime(lines []Line) {
	slices.SortStableFunc(lines, func(a, b Line) int { return a.Time.Compare(b.Time) })
}

// SortInstances puts what serves first, then the newest.
func SortInstances(all []Instance) {
	slices.SortStableFunc(all, func(a, b Instance) int {
		if a.Serves != b.Serves {
			if a.Serves {
				return -1
			}
			return 1
		}
		return b.StartedAt.Compare(a.StartedAt)
	})
}
