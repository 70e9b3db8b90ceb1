package store

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// CountView implements killrvideo.ViewRepository. The count is stored when it
// returns; what trends follows a moment later.
func (s *Store) CountView(ctx context.Context, video uuid.UUID) error {
	err := s.stats.Write(ctx, nil, tally.Delta{List: videoList(video), Numbers: tally.Numbers{Views: 1}})
	if err != nil {
		return failed(err, fmt.Sprintf("count a view of video %s", video))
	}
	s.trends.add(s.config.Now(), video)
	s.chores.refresh(video)
	return nil
}

type watchRow struct {
	VideoID uuid.UUID `json:"videoid"`
	ID      uuid.UUID `json:"id"`
	UserID  uuid.UUID `json:"userid"`
	Seconds int       `json:"watch_duration_seconds"`
}

// AddWatchTime implements killrvideo.ViewRepository. The first one of a video,
// quarter and process notes what is to be removed one day.
func (s *Store) AddWatchTime(ctx context.Context, w killrvideo.WatchTime) error {
	doing := fmt.Sprintf("note the watch time of video %s", w.VideoID)
	kind := shareOf("watched:"+quarter(w.At), w.VideoID)
	note := []string{kind + w.VideoID.String()}
	if len(s.knownWatched.unknown(note)) > 0 {
		if err := s.insert(ctx, schema.PendingWork, workRow{Kind: kind, VideoID: w.VideoID, Due: w.At}); err != nil {
			return failed(err, doing)
		}
		s.knownWatched.learn(note)
	}
	row := watchRow{w.VideoID, tally.ItemID(w.At, uuid.New()), w.UserID, w.Seconds}
	return failed(s.insert(ctx, schema.WatchTime, row), doing)
}

// trends are the views through this process, by day.
type trends struct {
	writer uuid.UUID
	mu     sync.Mutex
	days   map[string]map[string]int64
	dirty  map[string]bool
}

func newTrends() *trends {
	return &trends{writer: uuid.New(), days: map[string]map[string]int64{}, dirty: map[string]bool{}}
}

const (
	// trendingVideos bounds the row of a process and day.
	trendingVideos = 200
	// trendsKept is how long such a row is of use: the longest window and some.
	trendsKept = 40
)

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func (t *trends) add(at time.Time, video uuid.UUID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	today := day(at)
	if t.days[today] == nil {
		t.days[today] = map[string]int64{}
	}
	t.days[today][video.String()]++
	t.dirty[today] = true
}

type trendRow struct {
	Day    string           `json:"day"`
	Writer uuid.UUID        `json:"writer"`
	Views  map[string]int64 `json:"views"`
}

// changed gives the rows to write. Of days before today nothing is kept.
func (t *trends) changed(today string) []trendRow {
	t.mu.Lock()
	defer t.mu.Unlock()
	var rows []trendRow
	for d := range t.dirty {
		rows = append(rows, trendRow{d, t.writer, most(t.days[d], trendingVideos)})
	}
	t.dirty = map[string]bool{}
	for d := range t.days {
		if d < today {
			delete(t.days, d)
		}
	}
	return rows
}

// most are the n greatest entries.
func most(views map[string]int64, n int) map[string]int64 {
	if len(views) > n {
		names := make([]string, 0, len(views))
		for name := range views {
			names = append(names, name)
		}
		sort.Slice(names, func(i, j int) bool { return views[names[i]] > views[names[j]] })
		top := make(map[string]int64, n)
		for _, name := range names[:n] {
			top[name] = views[name]
		}
		return top
	}
	top := make(map[string]int64, len(views))
	for name, count := range views {
		top[name] = count
	}
	return top
}

// flushTrends stores what this process knows.
func (s *Store) flushTrends(ctx context.Context) error {
	rows := s.trends.changed(day(s.config.Now()))
	if len(rows) == 0 {
		return nil
	}
	if _, err := s.table(ctx, schema.VideoActivity).InsertMany(ctx, rows); err != nil {
		s.trends.again(rows)
		return failed(err, "store what trends")
	}
	return nil
}

// sweepTrends drops days that have become too old.
func (s *Store) sweepTrends(ctx context.Context) error {
	var errs []error
	for back := trendsKept; back < trendsKept+sweptDays; back++ {
		old := day(s.config.Now().AddDate(0, 0, -back))
		errs = append(errs, s.sweepPartition(ctx, schema.VideoActivity, filter.Eq("day", old)))
	}
	return errors.Join(errs...)
}

func (t *trends) again(rows []trendRow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range rows {
		t.dirty[r.Day] = t.days[r.Day] != nil
	}
}

// Trending implements killrvideo.ViewRepository: one call for the views of all
// days, one for the videos.
func (s *Store) Trending(ctx context.Context, days, limit int) ([]killrvideo.Summary, error) {
	counts, err := s.viewsOfDays(ctx, days)
	if err != nil {
		return nil, err
	}
	// Some may be deleted: ask for twice as many.
	videos, err := s.videosByID(ctx, keys(most(counts, min(2*limit, 100))))
	if err != nil {
		return nil, err
	}
	for i := range videos {
		videos[i].Views = counts[videos[i].ID.String()]
	}
	sort.Slice(videos, func(i, j int) bool {
		if videos[i].Views != videos[j].Views {
			return videos[i].Views > videos[j].Views
		}
		return videos[i].SubmittedAt.After(videos[j].SubmittedAt)
	})
	return videos[:min(limit, len(videos))], nil
}

// viewsOfDays sums up today and the days before, this process's own views
// from its memory.
func (s *Store) viewsOfDays(ctx context.Context, days int) (map[string]int64, error) {
	now := s.config.Now()
	window := make([]string, days+1)
	for i := range window {
		window[i] = day(now.AddDate(0, 0, -i))
	}
	var rows []trendRow
	err := s.table(ctx, schema.VideoActivity).Find(filter.In("day", window)).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, "read what trends")
	}
	sums := map[string]int64{}
	own := s.trends.of(window)
	for _, r := range append(rows, own...) {
		if r.Writer == s.trends.writer && len(own) > 0 && held(own, r) {
			continue
		}
		for id, n := range r.Views {
			sums[id] += n
		}
	}
	return sums, nil
}

// of gives what this process holds of the days, under no writer's name.
func (t *trends) of(window []string) []trendRow {
	t.mu.Lock()
	defer t.mu.Unlock()
	var rows []trendRow
	for _, d := range window {
		if views := t.days[d]; views != nil {
			rows = append(rows, trendRow{Day: d, Views: most(views, trendingVideos)})
		}
	}
	return rows
}

func held(own []trendRow, stored trendRow) bool {
	for _, r := range own {
		if r.Day == stored.Day {
			return true
		}
	}
	return false
}

func keys(m map[string]int64) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(m))
	for text := range m {
		if id, err := uuid.Parse(text); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// videosByID gives those of at most 100 videos that are published and not
// deleted.
func (s *Store) videosByID(ctx context.Context, ids []uuid.UUID) ([]killrvideo.Summary, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []videoRow
	err := s.table(ctx, schema.Videos).Find(filter.In("videoid", ids), withoutVectors()).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, fmt.Sprintf("read %d videos", len(ids)))
	}
	var videos []killrvideo.Summary
	for _, r := range rows {
		if v := r.video(); v.Published() && !v.Deleted() && !r.AddedDate.IsZero() {
			videos = append(videos, v.Summary)
		}
	}
	return videos, nil
}
