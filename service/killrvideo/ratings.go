package killrvideo

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// The range of stars.
const (
	MinStars = 1
	MaxStars = 5
)

// Rating is a user's rating of a video. CreatedAt is the time of the first one. Without
// Stars there is none.
type Rating struct {
	VideoID   uuid.UUID
	UserID    uuid.UUID
	Stars     int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// RatingRepository stores and counts ratings.
type RatingRepository interface {
	// Rate replaces the user's rating of the video and returns it with the time of
	// the first one. It calls allowed while it reads, and if that fails it stores
	// nothing and returns its error.
	Rate(ctx context.Context, rating Rating, allowed func() error) (Rating, error)
	// Rating returns one without Stars if the user has not rated the video.
	Rating(ctx context.Context, video, user uuid.UUID) (Rating, error)
}

// Rate stores the caller's rating of a video, in place of an earlier one.
func (c *Catalogue) Rate(ctx context.Context, caller Caller, video uuid.UUID, stars int) (Rating, error) {
	if stars < MinStars || stars > MaxStars {
		return Rating{}, Invalid(FieldError{In: "body", Field: "rating", Message: "must be 1 to 5"})
	}
	rating := Rating{VideoID: video, UserID: caller.ID, Stars: stars, UpdatedAt: timestamp(c.Now())}
	return c.Ratings.Rate(ctx, rating, func() error {
		_, err := c.usable(ctx, caller.viewer, video)
		return err
	})
}

// RatingsOf returns the video with its numbers and the viewer's own rating. claimed
// is the account that the viewer's token names, the nil UUID for an anonymous
// viewer.
func (c *Catalogue) RatingsOf(ctx context.Context, viewer Viewer, claimed, id uuid.UUID) (video Video, own Rating, err error) {
	if claimed == uuid.Nil {
		video, err = c.Detail(ctx, viewer, id)
		return video, Rating{}, err
	}
	viewer = sync.OnceValues(viewer)
	var user *User
	err = parallel.Do(
		func() (err error) { user, err = viewer(); return err },
		func() (err error) { own, err = c.Ratings.Rating(ctx, id, claimed); return err },
		func() (err error) { video, err = c.Detail(ctx, viewer, id); return err },
	)
	if err != nil {
		return Video{}, Rating{}, err
	}
	if user == nil || user.ID != claimed {
		own = Rating{}
	}
	return video, own, nil
}
