package store

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// ActiveList is the list that notes who was active in a quarter.
func ActiveList(quarter string, user uuid.UUID) string { return shareOf("active:"+quarter, user) }

// TrimActivity is what Sweep does to one user.
func (s *Store) TrimActivity(ctx context.Context, user uuid.UUID) error {
	since := kept(s.config.Now())
	var errs []error
	for _, list := range listsOfUser(user) {
		errs = append(errs, s.counters[schema.UserActivity].Trim(ctx, list, since))
	}
	return errors.Join(append(errs, s.stats.Trim(ctx, raterList(user), since))...)
}
