package killrvideo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// ActivityType is the type of an activity.
type ActivityType string

// The types of the contract.
const (
	ActivityView    ActivityType = "view"
	ActivityComment ActivityType = "comment"
	ActivityRate    ActivityType = "rate"
)

// ActivityTypes lists them.
func ActivityTypes() []ActivityType {
	return []ActivityType{ActivityView, ActivityComment, ActivityRate}
}

// Activity is a view, a comment or a rating of a video by a user. The ID of a comment
// is the comment's.
type Activity struct {
	ID      uuid.UUID
	UserID  uuid.UUID
	VideoID uuid.UUID
	Type    ActivityType
	At      time.Time
}

// ActivityRepository stores views and comments. RatingRepository stores ratings, and
// List includes them.
type ActivityRepository interface {
	Record(ctx context.Context, a Activity) error
	// Forget reverts Record. It is idempotent.
	Forget(ctx context.Context, a Activity) error
	// List returns those of a user, newest first, of one type unless it is "".
	List(ctx context.Context, user uuid.UUID, of ActivityType, page Page) (Listing[Activity], error)
}

// ActivitiesOf are the activities of a user, for the user and for moderators.
func (c *Catalogue) ActivitiesOf(
	ctx context.Context, caller Caller, user uuid.UUID, of ActivityType, page Page,
) (listing Listing[Activity], err error) {
	err = parallel.Do(
		func() error {
			asking, err := caller.Account()
			if err == nil && asking.ID != user && !asking.Can(RoleModerator) {
				err = Errorf(EFORBIDDEN, "User does not have permission to view this activity")
			}
			return err
		},
		func() (err error) { listing, err = c.Activities.List(ctx, user, of, page); return err },
	)
	if err != nil {
		return Listing[Activity]{}, err
	}
	return listing, nil
}
