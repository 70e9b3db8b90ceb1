package store

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// A process that dies between an item and the row that counts it leaves a total
// that is wrong for good, so totals are verified: a list that is shown is
// counted item by item once a day, and one that is in doubt at once. What is
// found may be a write in its middle. Only a drift that is the same after
// longer than any write takes is corrected, by one process at a time.
const (
	verifyEvery = 24 * time.Hour
	// mostVerified bounds what is counted; longer lists keep their drift, which
	// is little of so much.
	mostVerified = 10_000
	// verifiedAtOnce bounds a round of chores.
	verifiedAtOnce = 3
	// driftSettles is longer than a write takes.
	driftSettles = lockLease
)

// countedList is a list, or one bucket of it.
type countedList struct{ table, list, bucket string }

// verifier knows which lists are to be verified, and when. found is by how much
// the totals of a list's buckets were off when it was last looked at.
type verifier struct {
	now   func() time.Time
	mu    sync.Mutex
	due   map[countedList]time.Time
	last  map[countedList]time.Time
	found map[countedList]map[string]int64
}

func newVerifier(now func() time.Time) *verifier {
	return &verifier{now: now, due: map[countedList]time.Time{}, last: map[countedList]time.Time{}, found: map[countedList]map[string]int64{}}
}

// shown has a list verified that was not for a day.
func (v *verifier) shown(l countedList) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if last, known := v.last[l]; !known || v.now().Sub(last) >= verifyEvery {
		v.put(l, v.now())
	}
}

// doubt has a list verified whenever it was before.
func (v *verifier) doubt(l countedList) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, known := v.found[l]; !known { // else it is in the middle of it
		v.put(l, v.now())
	}
}

// put bounds what is remembered; what is turned away comes up again.
func (v *verifier) put(l countedList, due time.Time) {
	if len(v.last) >= mostChores {
		v.last = map[countedList]time.Time{}
	}
	if len(v.due) < mostChores {
		v.due[l], v.last[l] = due, v.now()
	}
}

func (v *verifier) take() (lists []countedList) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for l, due := range v.due {
		if len(lists) < verifiedAtOnce && !due.After(v.now()) {
			lists = append(lists, l)
			delete(v.due, l)
		}
	}
	return lists
}

// confirmed reports whether a drift was found before, and so has settled. One
// that is new is looked at again later.
func (v *verifier) confirmed(l countedList, by map[string]int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	before, known := v.found[l]
	delete(v.found, l)
	if len(by) == 0 || known && maps.Equal(before, by) {
		return len(by) > 0
	}
	v.found[l] = by
	v.put(l, v.now().Add(driftSettles))
	return false
}

func (v *verifier) again(l countedList) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.put(l, v.now().Add(driftSettles))
}

// Verify counts lists that are due.
func (s *Store) Verify(ctx context.Context) {
	for _, l := range s.verify.take() {
		by, quiet, err := s.driftOf(ctx, l)
		if err == nil && quiet && s.verify.confirmed(l, by) {
			err = s.correct(ctx, l, by)
		}
		if err != nil || !quiet {
			s.verify.again(l)
		}
		s.noteFailure(ctx, "verify the total of a list", err)
	}
}

// correct counts a drift out, unless somebody else has done so just now.
func (s *Store) correct(ctx context.Context, l countedList, by map[string]int64) error {
	unlock, err := s.Lock(ctx, uuid.NewSHA1(uuid.NameSpaceOID, []byte(l.table+"/"+l.list)))
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
	s.config.Log.WarnContext(ctx, "the total of a list is corrected", "table", l.table, "list", l.list, "by", by)
	var deltas []tally.Delta
	for bucket, n := range by {
		deltas = append(deltas, tally.Delta{List: l.list, Bucket: bucket, Numbers: tally.Numbers{Items: n}})
	}
	return failed(s.counters[l.table].Write(ctx, nil, deltas...), "correct the total of list "+l.list)
}

// driftOf is what the totals of a list lack, by bucket. It is quiet if nothing
// was counted meanwhile.
func (s *Store) driftOf(ctx context.Context, l countedList) (by map[string]int64, quiet bool, err error) {
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
	for bucket, n := range after[l.list] {
		if l.bucket == "" || l.bucket == bucket {
			items[bucket] -= n.Items
		}
	}
	oldest := s.oldestBucket(l)
	maps.DeleteFunc(items, func(bucket string, n int64) bool { return n == 0 || bucket < oldest })
	return items, maps.Equal(before[l.list], after[l.list]), nil
}

// keptForAWhile reports whether a list is divided into quarters, see
// retention.go.
func (l countedList) keptForAWhile() bool {
	return l.table == schema.UserActivity || l.table == schema.VideoStats && strings.HasPrefix(l.list, "user:")
}

func (s *Store) oldestBucket(l countedList) string {
	if l.keptForAWhile() {
		return kept(s.config.Now()).Bucket
	}
	return ""
}

// items counts what a list holds, wherever it holds it. whole is false for a
// list that is too long.
func (s *Store) items(ctx context.Context, l countedList) (items map[string]int64, whole bool, err error) {
	uploader, byUploader := strings.CutPrefix(l.list, "uploader:")
	owner, unpublished := strings.CutPrefix(l.list, "unpublished:")
	tag, byTag := strings.CutPrefix(l.list, "tag:")
	switch {
	case l.keptForAWhile():
		return s.counters[l.table].Items(ctx, l.list, mostVerified, func(id uuid.UUID) string { return quarter(tally.TimeOf(id)) })
	case l.table != schema.VideoStats:
		return s.counters[l.table].Items(ctx, l.list, mostVerified, func(uuid.UUID) string { return "" })
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
func (s *Store) rowsOf(ctx context.Context, l countedList, table string, partition filter.F, published bool) (map[string]int64, bool, error) {
	var rows []summaryRow
	find := options.TableFind().SetLimit(mostVerified).SetProjection(map[string]any{"videoid": true, "status": true})
	err := s.table(ctx, table).Find(partition, find).DecodeAll(ctx, &rows)
	var items int64
	for _, row := range rows {
		if row.summary().Published() == published {
			items++
		}
	}
	return map[string]int64{l.bucket: items}, len(rows) < mostVerified, err
}
