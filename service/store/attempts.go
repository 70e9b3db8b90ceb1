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
	Client   string    `json:"client"`
}

// LockAttempts implements killrvideo.AttemptRepository.
func (s *Store) LockAttempts(ctx context.Context, emailKey, client string) (unlock func(), err error) {
	unlock, err = s.attempting.take(ctx, attemptedBy{account(emailKey), client})
	if err != nil {
		return nil, killrvideo.Busy(fmt.Errorf("wait for earlier logins of a client: %w", err), msgQueued, queuedRetry)
	}
	return unlock, nil
}

// What is answered to a client whose earlier logins take too long.
const (
	msgQueued   = "Too many logins to this account at once. Please try again in a few seconds."
	queuedRetry = 5 * time.Second
)

// attemptedBy is an account and a client that logs in to it.
type attemptedBy struct{ account, client string }

// AddAttempt implements killrvideo.AttemptRepository.
func (s *Store) AddAttempt(ctx context.Context, a killrvideo.Attempt) (killrvideo.Attempt, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return a, fmt.Errorf("make the id of a login: %w", err)
	}
	a.ID = id
	name := account(a.EmailKey)
	row := attemptRow{bucket(a.At, []byte(name)), name, a.ID, a.At, a.Client}
	_, err = s.table(ctx, schema.LoginAttempts).InsertOne(ctx, row)
	return a, failed(err, "note a login")
}

// RemoveAttempt implements killrvideo.AttemptRepository.
func (s *Store) RemoveAttempt(ctx context.Context, a killrvideo.Attempt) error {
	name := account(a.EmailKey)
	row := filter.F{"bucket": bucket(a.At, []byte(name)), "account": name, "id": a.ID}
	return failed(s.table(ctx, schema.LoginAttempts).DeleteOne(ctx, row), "forget a login that did not fail")
}

// mostAttempts is how many of an account's are looked at, from the last one
// back: more than can count before an account is refused. Only an account under
// attack has more than one page of the Data API.
const mostAttempts = 250

// Attempts implements killrvideo.AttemptRepository. Around midnight they lie in
// two partitions.
func (s *Store) Attempts(ctx context.Context, emailKey string, since time.Time) ([]killrvideo.Attempt, error) {
	name := account(emailKey)
	buckets := []string{bucket(s.config.Now(), []byte(name)), bucket(since, []byte(name))}
	var attempts []killrvideo.Attempt
	for _, b := range slices.Compact(buckets) {
		var rows []attemptRow
		cursor := s.table(ctx, schema.LoginAttempts).Find(filter.F{"bucket": b, "account": name}, options.TableFind().SetLimit(mostAttempts))
		if err := cursor.DecodeAll(ctx, &rows); err != nil {
			return nil, failed(err, "read the failed logins of an account")
		}
		for _, row := range rows {
			if !row.FailedAt.Before(since) {
				attempts = append(attempts, killrvideo.Attempt{ID: row.ID, EmailKey: emailKey, Client: row.Client, At: row.FailedAt.UTC()})
			}
		}
	}
	return attempts, nil
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
