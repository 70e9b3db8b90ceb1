package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// What users do adds up for ever, so it is kept for a while: activity, the
// events of ratings that are part of it, and watch times. Tables have no time
// to live through the Data API, and nothing but a full read would find what is
// old in them. So it is noted, with what is written, who was active in a
// quarter of a year; whoever sweeps later goes by these notes.

// keptQuarters is how many quarters before the current one are kept: a year at
// least, and less than five quarters.
const keptQuarters = 4

// sweptQuarters is how many quarters before those are looked through. A service
// that was off for less leaves nothing behind.
const sweptQuarters = 4

// quarter names one, such that later ones sort later.
func quarter(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%04dQ%d", t.Year(), (int(t.Month())+2)/3)
}

// quarterStart is when the quarter begins that lies so many before that of t.
func quarterStart(t time.Time, back int) time.Time {
	t = t.UTC()
	first := (int(t.Month()) - 1) / 3 * 3
	return time.Date(t.Year(), time.Month(first+1-3*back), 1, 0, 0, 0, 0, time.UTC)
}

// kept is how far back what is kept for a while goes, seen at a time.
func kept(now time.Time) tally.Since {
	start := quarterStart(now, keptQuarters)
	return tally.NewSince(start, quarter(start))
}

// expired reports whether what happened then is kept no more.
func (s *Store) expired(at time.Time) bool {
	return at.Before(quarterStart(s.config.Now(), keptQuarters))
}

// activeRow notes that a user was active in a quarter. It lies in the table of
// what it is about, so that it costs no call.
type activeRow struct {
	List   string    `json:"list"`
	ID     uuid.UUID `json:"id"`
	UserID uuid.UUID `json:"userid"`
}

func activeIn(at time.Time, user uuid.UUID) activeRow {
	return activeRow{shareOf("active:"+quarter(at), user), tally.PlainID(user), user}
}

func shareOf(name string, id uuid.UUID) string {
	return share(name, int(sha256.Sum256(id[:])[0])%shards)
}

func share(name string, shard int) string { return fmt.Sprintf("%s/%02d", name, shard) }

// sweepOld removes what is kept no more. It lags two days behind, for clocks
// that differ.
func (s *Store) sweepOld(ctx context.Context) error {
	var errs []error
	now := s.config.Now().AddDate(0, 0, -2)
	for back := 1; back <= sweptQuarters; back++ {
		past := quarter(quarterStart(now, keptQuarters+back))
		for shard := range shards {
			errs = append(errs,
				s.sweepActive(ctx, schema.UserActivity, share("active:"+past, shard), kept(now), listsOfUser),
				s.sweepActive(ctx, schema.VideoStats, share("active:"+past, shard), kept(now), listsOfRater),
				s.sweepWatched(ctx, share("watched:"+past, shard), kept(now)))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return errors.Join(errs...)
}

// sweepActive trims the lists of those who were active, and forgets then that
// they were.
func (s *Store) sweepActive(ctx context.Context, table, active string, since tally.Since, lists func(uuid.UUID) []string) error {
	var rows []activeRow
	where := filter.Eq("list", active)
	if err := s.table(ctx, table).Find(where).DecodeAll(ctx, &rows); err != nil || len(rows) == 0 {
		return failed(err, "find who was active")
	}
	for _, row := range rows {
		for _, list := range lists(row.UserID) {
			if err := s.counters[table].Trim(ctx, list, since); err != nil {
				return failed(err, "remove old activity")
			}
		}
	}
	return failed(s.table(ctx, table).DeleteMany(ctx, where), "forget who was active")
}

// sweepWatched does the same with watch times. Those who watched are noted as
// pending work, whose kind is not that of videos.
func (s *Store) sweepWatched(ctx context.Context, kind string, since tally.Since) error {
	var videos []workRow
	where := filter.Eq("kind", kind)
	if err := s.table(ctx, schema.PendingWork).Find(where).DecodeAll(ctx, &videos); err != nil || len(videos) == 0 {
		return failed(err, "find what was watched")
	}
	for _, video := range videos {
		if err := s.dropWatched(ctx, video.VideoID, since); err != nil {
			return failed(err, fmt.Sprintf("remove old watch times of video %s", video.VideoID))
		}
	}
	return failed(s.table(ctx, schema.PendingWork).DeleteMany(ctx, where), "forget what was watched")
}

func (s *Store) dropWatched(ctx context.Context, video uuid.UUID, since tally.Since) error {
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
