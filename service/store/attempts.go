package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

var _ killrvideo.AttemptRepository = (*Store)(nil)

// shards spread one day's rows over as many partitions.
const shards = 32

// bucket is the partition of what belongs to id on a day. Tables with such
// partitions are swept a partition at a time.
func bucket(day time.Time, id []byte) string {
	return bucketName(day, int(sha256.Sum256(id)[0])%shards)
}

func bucketName(day time.Time, shard int) string {
	return fmt.Sprintf("%s/%02d", day.UTC().Format(time.DateOnly), shard)
}

// account names an e-mail without telling it.
func account(emailKey string) string {
	sum := sha256.Sum256([]byte(emailKey))
	return hex.EncodeToString(sum[:])
}

type attemptRow struct {
	Bucket   string    `json:"bucket"`
	Account  string    `json:"account"`
	ID       uuid.UUID `json:"id"`
	FailedAt time.Time `json:"failed_at"`
}

// RecordFailure implements killrvideo.AttemptRepository.
func (s *Store) RecordFailure(ctx context.Context, emailKey string, at time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make the id of a failed login: %w", err)
	}
	name := account(emailKey)
	_, err = s.table(ctx, schema.LoginAttempts).InsertOne(ctx, attemptRow{bucket(at, []byte(name)), name, id, at})
	return failed(err, "note a failed login")
}

// mostFailures is how many of an account's failures are looked at, from the
// last one back: one page of the Data API.
const mostFailures = 50

// Failures implements killrvideo.AttemptRepository. Around midnight they lie in
// two partitions.
func (s *Store) Failures(ctx context.Context, emailKey string, since time.Time) ([]time.Time, error) {
	name := account(emailKey)
	buckets := []string{bucket(s.config.Now(), []byte(name)), bucket(since, []byte(name))}
	var times []time.Time
	for _, b := range slices.Compact(buckets) {
		var rows []attemptRow
		cursor := s.table(ctx, schema.LoginAttempts).Find(filter.F{"bucket": b, "account": name}, options.TableFind().SetLimit(mostFailures))
		if err := cursor.DecodeAll(ctx, &rows); err != nil {
			return nil, failed(err, "read the failed logins of an account")
		}
		for _, row := range rows {
			if !row.FailedAt.Before(since) {
				times = append(times, row.FailedAt.UTC())
			}
		}
	}
	return times, nil
}

// LockUntil implements killrvideo.AttemptRepository.
func (s *Store) LockUntil(ctx context.Context, c killrvideo.Credentials, until time.Time) error {
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx, claimKey(c.EmailKey, c.UserID), update.Table().Set("locked_until", until))
	return failed(err, fmt.Sprintf("lock out user %s for a while", c.UserID))
}

// sweptDays is how many past days are looked through: a service that was off
// for less leaves nothing behind.
const sweptDays = 14

// Sweep implements killrvideo.SessionRepository. It leaves the last two days:
// clocks differ, and failures count for a while after midnight.
func (s *Store) Sweep(ctx context.Context) error {
	var errs []error
	today := s.config.Now()
	for _, name := range []string{schema.RefreshTokens, schema.LoginAttempts} {
		for back := 2; back < 2+sweptDays; back++ {
			for shard := range shards {
				errs = append(errs, s.sweepPartition(ctx, name, filter.Eq("bucket", bucketName(today.AddDate(0, 0, -back), shard))))
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		}
	}
	return errors.Join(append(errs, s.sweepTrends(ctx), s.sweepOld(ctx))...)
}

// sweepPartition looks before it deletes: most partitions are gone already, and
// each deletion would leave a mark.
func (s *Store) sweepPartition(ctx context.Context, name string, where filter.F) error {
	err := s.table(ctx, name).FindOne(ctx, where).Err()
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	if err == nil {
		err = s.table(ctx, name).DeleteMany(ctx, where)
	}
	return failed(err, fmt.Sprintf("remove what is past from %s", name))
}
