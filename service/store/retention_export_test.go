package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// ActiveList is the list with the note that a user was active in a quarter.
func ActiveList(quarter string, user uuid.UUID) string { return shareOf("active:"+quarter, user) }

// TrimActivity sweeps the activity of one user.
func (s *Store) TrimActivity(ctx context.Context, user uuid.UUID) error {
	since := retained(s.db.now())
	var errs []error
	for _, list := range listsOfUser(user) {
		errs = append(errs, s.db.counters[schema.UserActivity].Trim(ctx, list, since))
	}
	return errors.Join(append(errs, s.db.stats.Trim(ctx, raterList(user), since))...)
}

// Buckets are the partitions of a day.
func Buckets(day time.Time) (all []string) {
	for shard := range shards {
		all = append(all, bucketName(day, shard))
	}
	return all
}
