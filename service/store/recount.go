package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// A process that is killed between a change of a list and the change of its
// tallies leaves a total that is off. Such a list is counted item by item when
// there is evidence: a reader has met its end and the total disagrees, or a
// change of a video was repaired. The difference may be a write in progress, so
// only one that is the same after driftSettles is corrected, under a lock.
const (
	// maxRecounted bounds what is counted; the total of a longer list stays off.
	maxRecounted = 10_000
	// recountedAtOnce bounds one round.
	recountedAtOnce = 3
	// driftSettles is longer than a write takes.
	driftSettles = lockLease
)

// countedList is a list, or one bucket of it.
type countedList struct{ table, list, bucket string }

// drifts are the lists to count, and when. found is by how much each bucket of a
// list was off when it was counted last.
type drifts struct {
	now   func() time.Time
	mu    sync.Mutex
	due   map[countedList]time.Time
	found map[countedList]map[string]int64
}

// suspect schedules the count of a list, unless a second count is scheduled.
func (d *drifts) suspect(l countedList) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, counted := d.found[l]; !counted {
		d.schedule(l, d.now())
	}
}

// schedule ignores lists beyond maxBacklog; readers suspect them again.
func (d *drifts) schedule(l countedList, due time.Time) {
	if d.due == nil {
		d.due, d.found = map[countedList]time.Time{}, map[countedList]map[string]int64{}
	}
	if len(d.due) < maxBacklog {
		d.due[l] = due
	}
}

func (d *drifts) take() (lists []countedList) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for l, due := range d.due {
		if len(lists) < recountedAtOnce && !due.After(d.now()) {
			lists = append(lists, l)
			delete(d.due, l)
		}
	}
	return lists
}

// confirmed reports whether the drift is that of the last count. One that is new
// is counted again later.
func (d *drifts) confirmed(l countedList, by map[string]int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, counted := d.found[l]
	delete(d.found, l)
	if len(by) == 0 || counted && maps.Equal(before, by) {
		return len(by) > 0
	}
	d.found[l] = by
	d.schedule(l, d.now().Add(driftSettles))
	return false
}

func (d *drifts) again(l countedList) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.schedule(l, d.now().Add(driftSettles))
}

// recounts corrects totals that have drifted.
type recounts struct {
	*db
	locks *Locks
}

func (s *recounts) run(ctx context.Context) {
	for _, l := range s.drifts.take() {
		by, quiet, err := s.driftOf(ctx, l)
		if err == nil && quiet && s.drifts.confirmed(l, by) {
			err = s.correct(ctx, l, by)
		}
		if err != nil || !quiet {
			s.drifts.again(l)
		}
		s.warn(ctx, "count a list", err)
	}
}

// correct adds the difference to a total, unless another process has done so.
func (s *recounts) correct(ctx context.Context, l countedList, by map[string]int64) error {
	unlock, err := s.locks.Lock(ctx, uuid.NewSHA1(uuid.NameSpaceOID, []byte(l.table+"/"+l.list)))
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, lockLease/2) // a long list of a slow Astra
	defer cancel()
	now, quiet, err := s.driftOf(ctx, l)
	if err != nil || !quiet || !maps.Equal(now, by) {
		return err
	}
	s.log.WarnContext(ctx, "the total of a list is corrected", "table", l.table, "list", l.list, "by", by)
	var deltas []tally.Delta
	for bucket, n := range by {
		deltas = append(deltas, tally.Delta{List: l.list, Bucket: bucket, Numbers: tally.Numbers{Items: n}})
	}
	return failed(s.count(ctx, l.table, nil, deltas...), "correct the total of list "+l.list)
}

// driftOf returns what the totals of a list lack, by bucket. quiet is false if
// the list changed while it was counted.
func (s *recounts) driftOf(ctx context.Context, l countedList) (by map[string]int64, quiet bool, err error) {
	before, err := s.counters[l.table].Read(ctx, l.list)
	if err != nil {
		return nil, false, failed(err, "read the totals of list "+l.list)
	}
	items, whole, err := s.items(ctx, l)
	if err != nil || !whole {
		return nil, err == nil, failed(err, "count list "+l.list)
	}
	after, err := s.counters[l.table].Read(ctx, l.list)
	if err != nil {
		return nil, false, failed(err, "read the totals of list "+l.list)
	}
	for _, b := range after[l.list] {
		if l.bucket == "" || l.bucket == b.Name {
			items[b.Name] -= b.Items
		}
	}
	oldest := s.oldestBucket(l)
	maps.DeleteFunc(items, func(bucket string, n int64) bool { return n == 0 || bucket < oldest })
	return items, slices.Equal(before[l.list], after[l.list]), nil
}

// expires reports whether a list is divided into quarters, see retention.go.
func (l countedList) expires() bool {
	return l.table == schema.UserActivity || l.table == schema.VideoStats && strings.HasPrefix(l.list, "user:")
}

func (s *recounts) oldestBucket(l countedList) string {
	if l.expires() {
		return retained(s.now()).Bucket
	}
	return ""
}

// items counts the items of a list, wherever they are stored, by bucket. whole
// is false for a list that is too long.
func (s *recounts) items(ctx context.Context, l countedList) (items map[string]int64, whole bool, err error) {
	uploader, byUploader := strings.CutPrefix(l.list, "uploader:")
	owner, unpublished := strings.CutPrefix(l.list, "unpublished:")
	tag, byTag := strings.CutPrefix(l.list, "tag:")
	switch {
	case l.expires():
		return s.counters[l.table].Items(ctx, l.list, maxRecounted, func(id uuid.UUID) string { return quarter(tally.TimeOf(id)) })
	case l.table != schema.VideoStats:
		return s.counters[l.table].Items(ctx, l.list, maxRecounted, func(uuid.UUID) string { return "" })
	case l.list == latestList:
		return s.rowsOf(ctx, l, schema.LatestVideos, filter.Eq("month", l.bucket), true)
	case byUploader:
		return s.rowsOf(ctx, l, schema.VideosByUser, filter.Eq("userid", uploader), true)
	case unpublished:
		return s.rowsOf(ctx, l, schema.VideosByUser, filter.Eq("userid", owner), false)
	case byTag:
		return s.rowsOf(ctx, l, schema.VideosByTag, filter.Eq("tag", tag), true)
	}
	return nil, false, fmt.Errorf("list %s of %s cannot be counted", l.list, l.table)
}

// rowsOf counts the published or the unpublished videos of a partition.
func (s *recounts) rowsOf(
	ctx context.Context, l countedList, table string, partition filter.Filterable, published bool,
) (items map[string]int64, whole bool, err error) {
	var rows []summaryRow
	find := options.TableFind().SetLimit(maxRecounted).SetProjection(map[string]any{"videoid": true, "status": true})
	err = s.table(ctx, table).Find(partition, find).DecodeAll(ctx, &rows)
	var n int64
	for _, row := range rows {
		if row.summary().Published() == published {
			n++
		}
	}
	return map[string]int64{l.bucket: n}, len(rows) < maxRecounted, err
}
