package killrvideo

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// ActivityType is what a user did.
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

// Activity is one thing that a user did to a video. ID names it; a comment's
// is the comment's own.
type Activity struct {
	ID      uuid.UUID
	UserID  uuid.UUID
	VideoID uuid.UUID
	Type    ActivityType
	At      time.Time
}

// ActivityRepository keeps what users did. Ratings are kept as activities by
// whoever keeps ratings.
type ActivityRepository interface {
	Record(ctx context.Context, a Activity) error
	// Forget undoes Record. What is not recorded stays so.
	Forget(ctx context.Context, a Activity) error
	// Activities are those of a user, newest first; of one type if it is
	// not "".
	Activities(ctx context.Context, user uuid.UUID, of ActivityType, page Page) (Listing[Activity], error)
}

// remember records an activity. What was done is done by then: a client that
// was told of a failure would do it again.
func remember(ctx context.Context, to ActivityRepository, log *slog.Logger, a Activity) {
	if err := to.Record(ctx, a); err != nil {
		log.WarnContext(ctx, "an activity is not recorded", "user", a.UserID, "type", a.Type, "error", err)
	}
}

// ActivitiesOf are what a user did. Only the user and moderators may know.
func (c *Catalogue) ActivitiesOf(ctx context.Context, caller User, user uuid.UUID, of ActivityType, page Page) (Listing[Activity], error) {
	if caller.ID != user && !caller.Can(RoleModerator) {
		return Listing[Activity]{}, Errorf(EFORBIDDEN, "User does not have permission to view this activity")
	}
	return c.Activities.Activities(ctx, user, of, page)
}
