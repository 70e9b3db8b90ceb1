package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Retention deletes what has expired: the Data API has no time to live for
// tables.
//
// Sessions, login attempts and trends are partitions of a day, which are deleted
// as a whole. Activity, with the events of ratings in it, and watch times are
// partitions of a user or a video. Which of these have rows of a quarter is
// noted, together with the rows, so that no sweep has to scan tables.
type Retention struct{ *db }

// Run sweeps every few hours until ctx ends. It begins some time after the
// start, when requests need the data store more. A sweep on a day that has been
// swept is one read.
func (s *Retention) Run(ctx context.Context) {
	repeat(ctx, firstSweep, sweepEvery, func() { s.warn(ctx, "sweep expired rows", s.Sweep(ctx)) })
}

const (
	sweepEvery = 6 * time.Hour
	firstSweep = sweepEvery / 24
)

// repeat calls do after a first wait and then periodically, until ctx ends.
func repeat(ctx context.Context, first, every time.Duration, do func()) {
	begin, tick := time.NewTimer(first), time.NewTicker(every)
	defer begin.Stop()
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-begin.C:
		}
		do()
	}
}

const (
	// shards spread the rows of one day or quarter over as many partitions.
	shards = 32
	// longestGap is how many past days a sweep covers if none is known to have
	// completed.
	longestGap = 400
	// retainedQuarters is how many quarters before the current one are retained:
	// a year at least, and less than five quarters.
	retainedQuarters = 4
	// sweptQuarters is how many quarters before those are swept.
	sweptQuarters = 4
	// sweptAtOnce is how many days a sweep covers between two watermarks.
	sweptAtOnce = 10
)

// Sweep deletes what has expired since the last sweep, by whichever process, and
// stores the day up to which it has swept. One that is interrupted continues
// there the next time. It is idempotent, so that two may run at once. It leaves
// the last two days: clocks differ, and login attempts count for a while after
// midnight.
func (s *Retention) Sweep(ctx context.Context) error {
	swept, err := s.watermark(ctx)
	if err != nil {
		return err
	}
	today := s.now().UTC().Truncate(24 * time.Hour)
	if !swept.Before(today) {
		return nil
	}
	gap := today.AddDate(0, 0, -longestGap)
	if swept.Before(gap) || quarter(swept.AddDate(0, 0, -2)) != quarter(today.AddDate(0, 0, -2)) {
		if err := s.sweepQuarters(ctx); err != nil {
			return err
		}
	}
	if swept.Before(gap) {
		swept = gap
	}
	for swept.Before(today) {
		for range sweptAtOnce {
			if swept.Before(today) {
				swept = swept.AddDate(0, 0, 1)
				if err := s.sweepDay(ctx, swept); err != nil {
					return err
				}
			}
		}
		if err := s.setWatermark(ctx, swept); err != nil {
			return err
		}
	}
	return nil
}

// sweepDay deletes what expires on a day.
func (s *Retention) sweepDay(ctx context.Context, today time.Time) error {
	before := today.AddDate(0, 0, -2)
	return errors.Join(
		s.sweepBuckets(ctx, schema.RefreshTokens, before),
		s.sweepBuckets(ctx, schema.LoginAttempts, before),
		s.sweepPartition(ctx, schema.VideoActivity, filter.Eq("day", day(today.AddDate(0, 0, -trendDays)))),
	)
}

// sweepBuckets deletes the partitions of a day. It reads all at once before it
// deletes: most are empty, and each deletion leaves a tombstone.
func (s *Retention) sweepBuckets(ctx context.Context, name string, of time.Time) error {
	buckets := make([]string, shards)
	for shard := range buckets {
		buckets[shard] = bucketName(of, shard)
	}
	_, err := s.table(ctx, name).FindOne(ctx, filter.In("bucket", buckets)).Raw()
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	if err != nil {
		return failed(err, fmt.Sprintf("find expired rows of %s", name))
	}
	var errs []error
	for _, bucket := range buckets {
		errs = append(errs, s.sweepPartition(ctx, name, filter.Eq("bucket", bucket)))
	}
	return errors.Join(errs...)
}

// watermarkKind is the partition of pending_work, which no queue reads, whose one
// row has the day of the last sweep as its due time.
const watermarkKind = "swept"

func watermarkKey() filter.F { return filter.F{"kind": watermarkKind, "videoid": uuid.Nil} }

// watermark is the day up to which a sweep has deleted what had expired, the zero
// time if none has.
func (s *Retention) watermark(ctx context.Context) (time.Time, error) {
	var row workRow
	err := s.table(ctx, schema.PendingWork).FindOne(ctx, watermarkKey()).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		return time.Time{}, nil
	}
	return row.Due.UTC(), failed(err, "read the day of the last sweep")
}

func (s *Retention) setWatermark(ctx context.Context, swept time.Time) error {
	err := s.table(ctx, schema.PendingWork).UpdateOne(ctx, watermarkKey(), update.Table().Set("due", swept))
	return failed(err, "store the day of the last sweep")
}

// bucket is the partition of id on a day.
func bucket(day time.Time, id []byte) string { return bucketName(day, shardOf(id)) }

func shardOf(id []byte) int { return int(sha256.Sum256(id)[0]) % shards }

func bucketName(day time.Time, shard int) string {
	return fmt.Sprintf("%s/%02d", day.UTC().Format(time.DateOnly), shard)
}

// sweepPartition reads before it deletes: most partitions are empty, and each
// deletion leaves a tombstone.
func (s *Retention) sweepPartition(ctx context.Context, name string, where filter.Filterable) error {
	_, err := s.table(ctx, name).FindOne(ctx, where).Raw()
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	if err == nil {
		err = s.table(ctx, name).DeleteMany(ctx, where)
	}
	return failed(err, fmt.Sprintf("delete expired rows of %s", name))
}

// quarter names one, in the order of time.
func quarter(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%04dQ%d", t.Year(), (int(t.Month())+2)/3)
}

// quarterStart is when the quarter begins that is so many before that of t.
func quarterStart(t time.Time, back int) time.Time {
	t = t.UTC()
	first := (int(t.Month()) - 1) / 3 * 3
	return time.Date(t.Year(), time.Month(first+1-3*back), 1, 0, 0, 0, 0, time.UTC)
}

// retained is where lists begin that expire.
func retained(now time.Time) tally.Since {
	start := quarterStart(now, retainedQuarters)
	return tally.NewSince(start, quarter(start))
}

// expired reports whether what happened at a time is no longer retained.
func (d *db) expired(at time.Time) bool {
	return at.Before(quarterStart(d.now(), retainedQuarters))
}

// activeRow notes that a user was active in a quarter. It is in the table of the
// activity, so that one call writes both.
type activeRow struct {
	List   string    `json:"list"`
	ID     uuid.UUID `json:"id"`
	UserID uuid.UUID `json:"userid"`
}

func activeIn(at time.Time, user uuid.UUID) activeRow {
	return activeRow{shareOf("active:"+quarter(at), user), tally.PlainID(user), user}
}

func shareOf(name string, id uuid.UUID) string { return share(name, shardOf(id[:])) }

func share(name string, shard int) string { return fmt.Sprintf("%s/%02d", name, shard) }

// sweepQuarters deletes what is no longer retained. It is two days late, for
// clocks that differ.
func (s *Retention) sweepQuarters(ctx context.Context) error {
	var errs []error
	now := s.now().AddDate(0, 0, -2)
	for back := 1; back <= sweptQuarters; back++ {
		past := quarter(quarterStart(now, retainedQuarters+back))
		for shard := range shards {
			errs = append(errs,
				s.sweepActive(ctx, schema.UserActivity, share("active:"+past, shard), retained(now), listsOfUser),
				s.sweepActive(ctx, schema.VideoStats, share("active:"+past, shard), retained(now), listsOfRater),
				s.sweepWatched(ctx, share("watched:"+past, shard), retained(now)))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return errors.Join(errs...)
}

// sweepActive trims the lists of users who were active, then deletes the notes.
func (s *Retention) sweepActive(ctx context.Context, table, active string, since tally.Since, lists func(uuid.UUID) []string) error {
	var rows []activeRow
	where := filter.Eq("list", active)
	if err := s.table(ctx, table).Find(where).DecodeAll(ctx, &rows); err != nil || len(rows) == 0 {
		return failed(err, "find expired activity")
	}
	for _, row := range rows {
		for _, list := range lists(row.UserID) {
			if err := s.counters[table].Trim(ctx, list, since); err != nil {
				return failed(err, "delete expired activity")
			}
		}
	}
	return failed(s.table(ctx, table).DeleteMany(ctx, where), "delete the notes of expired activity")
}

// sweepWatched does the same with watch times. Their notes are in pending_work,
// in partitions that no queue reads.
func (s *Retention) sweepWatched(ctx context.Context, kind string, since tally.Since) error {
	var videos []workRow
	where := filter.Eq("kind", kind)
	if err := s.table(ctx, schema.PendingWork).Find(where).DecodeAll(ctx, &videos); err != nil || len(videos) == 0 {
		return failed(err, "find expired watch times")
	}
	for _, video := range videos {
		if err := s.deleteWatched(ctx, video.VideoID, since); err != nil {
			return failed(err, fmt.Sprintf("delete expired watch times of video %s", video.VideoID))
		}
	}
	return failed(s.table(ctx, schema.PendingWork).DeleteMany(ctx, where), "delete the notes of expired watch times")
}

func (s *Retention) deleteWatched(ctx context.Context, video uuid.UUID, since tally.Since) error {
	var rows []watchRow
	old := filter.F{"videoid": video, "id": filter.F{"$lt": since.ID}}
	if err := s.table(ctx, schema.WatchTime).Find(old).DecodeAll(ctx, &rows); err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.table(ctx, schema.WatchTime).DeleteOne(ctx, filter.F{"videoid": video, "id": row.ID}); err != nil {
			return err
		}
	}
	return nil
}
