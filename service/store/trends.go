package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

const (
	// trendingVideos bounds the row of a day.
	trendingVideos = 200
	// trendDays is how long such a row is retained: the longest window and some.
	trendDays = 40
	// trendsFinal is how long after its end the rows of a day no longer change.
	trendsFinal = 12 * time.Hour
)

// trendRow are the most viewed videos of a day, counted by one process. The row of
// no writer, the nil UUID, is the sum of all rows of a day that is over, and replaces
// them.
type trendRow struct {
	Day    string           `json:"day"`
	Writer uuid.UUID        `json:"writer"`
	Views  map[string]int64 `json:"views"`
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// trends are the views counted by this process, by day.
type trends struct {
	writer uuid.UUID
	// folds are days with rows to replace by their sum.
	folds backlog[string, struct{}]

	mu    sync.Mutex
	days  map[string]map[string]int64
	dirty map[string]bool
}

func (t *trends) add(d string, video uuid.UUID, views int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.days == nil {
		t.days, t.dirty = map[string]map[string]int64{}, map[string]bool{}
	}
	if t.days[d] == nil {
		t.days[d] = map[string]int64{}
	}
	t.days[d][video.String()] += views
	t.dirty[d] = true
}

// trim bounds the memory of a day that is loaded: it drops the videos with the fewest
// views.
func (t *trends) trim(d string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.days[d]) > 5*trendingVideos {
		t.days[d] = most(t.days[d], trendingVideos)
	}
}

// changed returns the rows to write, and drops days before today.
func (t *trends) changed(today string) (rows []trendRow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for d := range t.dirty {
		rows = append(rows, trendRow{d, t.writer, most(t.days[d], trendingVideos)})
	}
	clear(t.dirty)
	maps.DeleteFunc(t.days, func(d string, _ map[string]int64) bool { return d < today })
	return rows
}

// again makes rows of days that are in memory be written again.
func (t *trends) again(rows []trendRow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range rows {
		t.dirty[r.Day] = t.days[r.Day] != nil
	}
}

// of are the rows that count for a day: the sum, if there is one, else those of all
// processes, that of this process from memory.
func (t *trends) of(d string, stored []trendRow) []trendRow {
	if i := slices.IndexFunc(stored, trendRow.isSum); i >= 0 {
		return stored[i : i+1]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if views := t.days[d]; views != nil {
		stored = slices.DeleteFunc(slices.Clone(stored), func(r trendRow) bool { return r.Writer == t.writer })
		stored = append(stored, trendRow{Views: most(views, trendingVideos)})
	}
	return stored
}

func (r trendRow) isSum() bool { return r.Writer == uuid.Nil }

// most are the n entries with the most views.
func most(views map[string]int64, n int) map[string]int64 {
	videos := slices.Collect(maps.Keys(views))
	if len(videos) > n {
		slices.SortFunc(videos, func(a, b string) int { return cmp.Compare(views[b], views[a]) })
	}
	top := make(map[string]int64, n)
	for _, video := range videos[:min(n, len(videos))] {
		top[video] = views[video]
	}
	return top
}

func sumOf(rows []trendRow, into map[string]int64) {
	for _, r := range rows {
		for video, n := range r.Views {
			into[video] += n
		}
	}
}

// storeTrends stores the views of this process, in the background.
func (s *Views) storeTrends(ctx context.Context) {
	if rows := s.trends.changed(day(s.now())); len(rows) > 0 {
		if _, err := s.table(ctx, schema.VideoActivity).InsertMany(ctx, rows); err != nil {
			s.trends.again(rows)
			s.warn(ctx, "store the most viewed videos", err)
		}
	}
	for d := range s.trends.folds.take() {
		s.warn(ctx, "sum up the most viewed videos of a day", s.foldTrends(ctx, d))
	}
}

// viewsOfDays sums up the views of today and the days before. One call returns fifty
// rows: one for each day that is over, and one for each process of today.
func (s *Views) viewsOfDays(ctx context.Context, days int) (map[string]int64, error) {
	now := s.now()
	window := make([]string, days+1)
	for i := range window {
		window[i] = day(now.AddDate(0, 0, -i))
	}
	var rows []trendRow
	err := s.table(ctx, schema.VideoActivity).Find(filter.In("day", window)).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, "read the trends")
	}
	byDay := map[string][]trendRow{}
	for _, r := range rows {
		byDay[r.Day] = append(byDay[r.Day], r)
	}
	sums, final := map[string]int64{}, day(now.Add(-trendsFinal))
	for _, d := range window {
		sumOf(s.trends.of(d, byDay[d]), sums)
		if len(byDay[d]) > 1 && d < final {
			s.trends.folds.put(d, struct{}{})
		}
	}
	return sums, nil
}

// foldTrends replaces the rows of a day by their sum. All processes compute the same
// sum, unless it is there, and delete rows only after it is stored.
func (s *Views) foldTrends(ctx context.Context, d string) error {
	var rows []trendRow
	if err := s.table(ctx, schema.VideoActivity).Find(filter.Eq("day", d)).DecodeAll(ctx, &rows); err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, trendRow.isSum) {
		sum := map[string]int64{}
		sumOf(rows, sum)
		if err := s.insert(ctx, schema.VideoActivity, trendRow{Day: d, Views: most(sum, trendingVideos)}); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if r.isSum() {
			continue
		}
		if err := s.table(ctx, schema.VideoActivity).DeleteOne(ctx, filter.F{"day": d, "writer": r.Writer}); err != nil {
			return err
		}
	}
	return nil
}
