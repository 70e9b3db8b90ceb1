package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// Every process has a row of its own for a day. Once the day is over, readers replace
// the rows by their sum, so that trends do not cost more with processes and days.
func TestTrendsOfPastDaysAreOneRow(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	db := observed(t, func(_ context.Context, e options.CommandEvent) {
		if e.Command == "find" && e.Table == schema.VideoActivity {
			calls.Add(1)
		}
	})
	s, clock := newStore(db)
	v := film(uuid.New(), march(1), "Cats")
	create(t, s, v)
	const processes = 120
	for range processes {
		p, same := newStore(db)
		same.set(march(20))
		view(t, p, v, 1)
		p.Tidy(t.Context())
	}
	trending := func(hours int) int32 {
		clock.set(march(20).Add(time.Duration(hours) * time.Hour))
		before := calls.Load()
		videos, err := s.Views.Trending(t.Context(), 7, 10)
		if err != nil || len(videos) != 1 || videos[0].Views != processes {
			t.Fatalf("after %d hours: %+v %v", hours, videos, err)
		}
		return calls.Load() - before
	}
	rows := func() int { return countRows(t, db, schema.VideoActivity, filter.Eq("day", "2026-03-20")) }
	for _, step := range []struct{ hours, rows int }{{1, processes}, {23, processes}, {25, 1}, {26, 1}} {
		n := trending(step.hours) // noon is the begin: the day is final at midnight of the next one
		if want := map[bool]int32{true: 3, false: 1}[step.hours < 26]; n != want {
			t.Errorf("after %d hours: %d calls, want %d", step.hours, n, want)
		}
		s.Tidy(t.Context())
		if got := rows(); got != step.rows {
			t.Errorf("after %d hours: %d rows, want %d", step.hours, got, step.rows)
		}
	}
}

// The sum of a day is right whenever the processes that fold it are killed, and however
// many fold it at once.
func TestInterruptedFoldsOfTrendsLoseNoViews(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	handles := openAll(t, embedded.URL, proxy.url)
	v := film(uuid.New(), march(1), "Cats")
	first, _ := newStore(handles[0])
	create(t, first, v)
	for range 5 {
		p, _ := newStore(handles[0])
		view(t, p, v, 1)
		p.Tidy(t.Context())
	}
	later := func(p *store.Store, c *clock) {
		c.set(march(22))
		if videos, err := p.Views.Trending(t.Context(), 7, 10); err != nil || len(videos) != 1 || videos[0].Views != 5 {
			t.Errorf("%+v %v", videos, err)
		}
	}
	for steps := range int64(8) {
		p, c := newStore(handles[1])
		later(p, c)
		proxy.left.Store(steps)
		p.Tidy(t.Context())
		proxy.left.Store(-1)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			p, c := newStore(handles[0])
			later(p, c)
			p.Tidy(t.Context())
			later(p, c)
		})
	}
	all.Wait()
	if n := countRows(t, handles[0], schema.VideoActivity, filter.Eq("day", "2026-03-20")); n != 1 {
		t.Errorf("%d rows", n)
	}
}
