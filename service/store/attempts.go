package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// LoginAttempts implements killrvideo.AttemptRepository.
type LoginAttempts struct {
	*db
	local keyedMutex[loginBy]
}

var _ killrvideo.AttemptRepository = (*LoginAttempts)(nil)

// account names an e-mail address without storing it.
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
func (s *LoginAttempts) LockAttempts(ctx context.Context, emailKey, client string) (unlock func(), err error) {
	unlock, err = s.local.lock(ctx, loginBy{account(emailKey), client})
	if err != nil {
		return nil, killrvideo.Busy(fmt.Errorf("wait for earlier logins of a client: %w", err), msgQueued, queuedRetry)
	}
	return unlock, nil
}

// The answer to a client whose earlier logins take too long.
const (
	msgQueued   = "Too many logins to this account at once. Please try again in a few seconds."
	queuedRetry = 5 * time.Second
)

// loginBy is an account and a client that logs in to it.
type loginBy struct{ account, client string }

// AddAttempt implements killrvideo.AttemptRepository.
func (s *LoginAttempts) AddAttempt(ctx context.Context, a killrvideo.Attempt) (killrvideo.Attempt, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return a, fmt.Errorf("make the id of a login: %w", err)
	}
	a.ID = id
	name := account(a.EmailKey)
	row := attemptRow{bucket(a.At, []byte(name)), name, a.ID, a.At, a.Client}
	_, err = s.table(ctx, schema.LoginAttempts).InsertOne(ctx, row)
	return a, failed(err, "store a login attempt")
}

// RemoveAttempt implements killrvideo.AttemptRepository.
func (s *LoginAttempts) RemoveAttempt(ctx context.Context, a killrvideo.Attempt) error {
	name := account(a.EmailKey)
	row := filter.F{"bucket": bucket(a.At, []byte(name)), "account": name, "id": a.ID}
	return failed(s.table(ctx, schema.LoginAttempts).DeleteOne(ctx, row), "delete a login attempt that did not fail")
}

// maxAttempts bounds how many of an account's latest attempts are read: more than
// count before an account is refused. Only an account under attack has more than
// one page of the Data API.
const maxAttempts = 250

// Attempts implements killrvideo.AttemptRepository. Around midnight they are in
// two partitions.
func (s *LoginAttempts) Attempts(ctx context.Context, emailKey string, since time.Time) ([]killrvideo.Attempt, error) {
	name := account(emailKey)
	buckets := []string{bucket(s.now(), []byte(name)), bucket(since, []byte(name))}
	var attempts []killrvideo.Attempt
	for _, b := range slices.Compact(buckets) {
		var rows []attemptRow
		cursor := s.table(ctx, schema.LoginAttempts).Find(filter.F{"bucket": b, "account": name}, options.TableFind().SetLimit(maxAttempts))
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
