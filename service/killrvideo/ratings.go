package killrvideo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Stars that a video can be given.
const (
	MinStars = 1
	MaxStars = 5
)

// Rating is what one user thinks of one video. CreatedAt is when they rated it
// first. Without Stars there is none.
type Rating struct {
	VideoID   uuid.UUID
	UserID    uuid.UUID
	Stars     int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// RatingRepository keeps ratings and counts them.
type RatingRepository interface {
	// Rate stores the rating of a user in place of the one before, and gives
	// it with the time of the first.
	Rate(ctx context.Context, rating Rating) (Rating, error)
	// Rating gives one without Stars if the user has not rated the video.
	Rating(ctx context.Context, video, user uuid.UUID) (Rating, error)
}

// Rate gives a video the caller's stars; rating again replaces them.
func (c *Catalogue) Rate(ctx context.Context, caller User, video uuid.UUID, stars int) (Rating, error) {
	if stars < MinStars || stars > MaxStars {
		return Rating{}, Invalid(FieldError{In: "body", Field: "rating", Message: "must be 1 to 5"})
	}
	if err := c.usable(ctx, SignedIn(caller), video); err != nil {
		return Rating{}, err
	}
	return c.Ratings.Rate(ctx, Rating{VideoID: video, UserID: caller.ID, Stars: stars, UpdatedAt: timestamp(c.Now())})
}

// RatingsOf gives the video with its numbers and, for a caller who is known,
// their own rating.
func (c *Catalogue) RatingsOf(ctx context.Context, caller *User, id uuid.UUID) (Video, Rating, error) {
	video, err := c.Detail(ctx, func() (*User, error) { return caller, nil }, id)
	if err != nil || caller == nil {
		return video, Rating{}, err
	}
	own, err := c.Ratings.Rating(ctx, id, caller.ID)
	return video, own, err
}
