package store

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// chores are what a process does beside its requests: nobody waits for them,
// and what is lost with the process is done again or does not matter.
type chores struct {
	mu      sync.Mutex
	lists   map[crowded]bool      // to fold
	numbers map[uuid.UUID]bool    // videos whose copies of numbers are behind
	ratings map[uuid.UUID]written // by event, to look at again
	refused map[uuid.UUID]refusal // to take back
}

type crowded struct{ table, list string }

func newChores() *chores {
	return &chores{
		lists: map[crowded]bool{}, numbers: map[uuid.UUID]bool{}, ratings: map[uuid.UUID]written{}, refused: map[uuid.UUID]refusal{},
	}
}

// mostChores bounds each kind. What is turned away comes up again: a list when
// it is read, a video when it is viewed.
const mostChores = 10_000

func (c *chores) fold(table, list string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lists) < mostChores {
		c.lists[crowded{table, list}] = true
	}
}

func (c *chores) refresh(video uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.numbers) < mostChores {
		c.numbers[video] = true
	}
}

func (c *chores) lookAgain(w written) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ratings) < mostChores {
		c.ratings[w.event] = w
	}
}

// seen spares looking again at a rating that was found where it was written. Who
// rates again and again does not have all ratings counted out each time.
func (c *chores) seen(event uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ratings[event].doubtful {
		delete(c.ratings, event)
	}
}

// refusal is a video that was refused and may be stored in part.
type refusal struct {
	video killrvideo.Video
	until time.Time
}

// takingBack is for how long a refused video is taken back, from when it began
// to be stored: the work that was noted with it just before is due after twice
// that time, and completes what is left by then. Nobody may take back what
// somebody else completes.
const takingBack = 30 * time.Second

func (c *chores) takeBack(v killrvideo.Video, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.refused) < mostChores {
		c.refused[v.ID] = refusal{v, until}
	}
}

// leftBehind gives the videos to take back.
func (c *chores) leftBehind() map[uuid.UUID]refusal {
	c.mu.Lock()
	defer c.mu.Unlock()
	refused := c.refused
	c.refused = map[uuid.UUID]refusal{}
	return refused
}

// take gives what is to be done and starts anew.
func (c *chores) take() (lists []crowded, numbers []uuid.UUID, ratings []written) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for l := range c.lists {
		lists = append(lists, l)
	}
	for id := range c.numbers {
		numbers = append(numbers, id)
	}
	for _, w := range c.ratings {
		ratings = append(ratings, w)
	}
	c.lists, c.numbers, c.ratings = map[crowded]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]written{}
	return lists, numbers, ratings
}

// choresEvery is how far copies of numbers may be behind.
const choresEvery = 2 * time.Second

// Run does the chores until ctx ends, and then once more those that cannot wait.
func (s *Store) Run(ctx context.Context) {
	tick := time.NewTicker(choresEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.Tidy(ctx)
			s.Verify(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
			defer cancel()
			s.Tidy(last)
			return
		}
	}
}

// Tidy does the chores that have come up.
func (s *Store) Tidy(ctx context.Context) {
	for _, r := range s.chores.leftBehind() {
		if s.config.Now().Before(r.until) {
			s.undoCreate(ctx, r.video, r.until)
		}
	}
	lists, numbers, ratings := s.chores.take()
	for _, w := range ratings {
		s.noteFailure(ctx, "look at a rating again", s.settle(ctx, w))
	}
	for len(numbers) > 0 {
		n := min(len(numbers), 20)
		s.noteFailure(ctx, "refresh the numbers of videos", s.refreshNumbers(ctx, numbers[:n]))
		numbers = numbers[n:]
	}
	for _, counter := range s.counters {
		s.noteFailure(ctx, "write tallies that are in doubt", counter.Flush(ctx))
	}
	s.noteFailure(ctx, "write what trends", s.flushTrends(ctx))
	for _, l := range lists {
		s.noteFailure(ctx, "fold the tallies of a list", s.counter(l.table).Fold(ctx, l.list))
	}
}

func (s *Store) noteFailure(ctx context.Context, doing string, err error) {
	if err != nil {
		s.config.Log.WarnContext(ctx, "a chore failed", "doing", doing, "error", err)
	}
}

// counter gives the tallies of a table.
func (s *Store) counter(table string) *tally.Table {
	return s.counters[table]
}

// refreshNumbers copies the numbers of videos into their rows, for answers
// that find videos there and cannot count them.
func (s *Store) refreshNumbers(ctx context.Context, ids []uuid.UUID) error {
	videos := make([]killrvideo.Summary, len(ids))
	for i, id := range ids {
		videos[i].ID = id
	}
	if _, err := s.readTotals(ctx, "", videos); err != nil {
		return err
	}
	jobs := make([]func() error, len(videos))
	for i, v := range videos {
		jobs[i] = func() error { return s.copyNumbers(ctx, v) }
	}
	return parallel(jobs...)
}

func (s *Store) copyNumbers(ctx context.Context, v killrvideo.Summary) error {
	return s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", v.ID), update.Table().
		Set("views", v.Views).Set("rating_count", v.RatingCount).Set("rating_total", v.RatingTotal))
}
