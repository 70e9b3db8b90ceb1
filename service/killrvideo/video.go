package killrvideo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// VideoStatus is how far the processing of a submitted video is.
type VideoStatus string

// A video is PENDING until its title is known, then READY; ERROR if YouTube
// says later that there is no such video. PENDING and ERROR videos are
// unpublished. PROCESSING is for data made elsewhere.
const (
	StatusPending    VideoStatus = "PENDING"
	StatusProcessing VideoStatus = "PROCESSING"
	StatusReady      VideoStatus = "READY"
	StatusError      VideoStatus = "ERROR"
)

// LocationYouTube is the location type of videos that YouTube hosts.
const LocationYouTube = 0

// Summary is what a list shows of a video. Optional texts are "" when absent.
type Summary struct {
	ID            uuid.UUID
	UserID        uuid.UUID
	SubmittedAt   time.Time // milliseconds, UTC
	Title         string
	Description   string
	Tags          []string
	ThumbnailURL  string
	ContentRating string
	Category      string
	Status        VideoStatus
	Views         int64
	RatingCount   int64
	RatingTotal   int64
}

// AverageRating is nil for a video that nobody rated.
func (s Summary) AverageRating() *float64 {
	if s.RatingCount <= 0 {
		return nil
	}
	average := float64(s.RatingTotal) / float64(s.RatingCount)
	return &average
}

// Video is everything about a video. UpdatedAt and DeletedAt are zero until it
// happens.
type Video struct {
	Summary
	Location     string
	LocationType int
	Language     string
	YouTubeID    string
	UpdatedAt    time.Time
	DeletedAt    time.Time
}

// Deleted reports whether the video was removed; only moderators see it.
func (v Video) Deleted() bool { return !v.DeletedAt.IsZero() }

// OwnedBy reports whether the user submitted the video or may act for the one
// who did.
func (v Video) OwnedBy(user User) bool {
	return v.UserID == user.ID || user.Can(RoleModerator)
}

// VideoRepository keeps videos and the lists they are in. Errors are ENOTFOUND
// ("Video not found"), EUNAVAILABLE or internal.
type VideoRepository interface {
	// CreateVideo stores the video and puts it in its lists, or neither. Of an
	// unpublished video that is its uploader's list alone; a change that
	// publishes it puts it in the others.
	CreateVideo(ctx context.Context, video Video) error
	// Video gives deleted videos too, without views and ratings.
	Video(ctx context.Context, id uuid.UUID) (Video, error)
	// VideoDetail is Video with its views and ratings.
	VideoDetail(ctx context.Context, id uuid.UUID) (Video, error)
	// UpdateVideo stores what of title, description, tags, thumbnail, status
	// and update time differs between the two, in the lists also.
	UpdateVideo(ctx context.Context, before, after Video) error
	// RemoveVideo stores the deletion time and takes the video off its lists.
	RemoveVideo(ctx context.Context, video Video) error
	// RestoreVideo undoes RemoveVideo.
	RestoreVideo(ctx context.Context, video Video) error
	// MendVideo makes the lists that a video is in, or was in by its former
	// tags, what the video's own row says, whatever a change that ended in the
	// middle has left in them.
	MendVideo(ctx context.Context, video Video, former []string) error
	// LatestVideos are all videos, newest first.
	LatestVideos(ctx context.Context, page Page) (Listing[Summary], error)
	// VideosByUser are one uploader's videos, newest first. Whether the
	// unpublished ones are among them is asked only if there are any.
	VideosByUser(ctx context.Context, userID uuid.UUID, page Page, unpublished func() (bool, error)) (Listing[Summary], error)
	// VideosByTag are the videos with a tag, newest first. The tag is in the
	// form that NormalizeTag gives it.
	VideosByTag(ctx context.Context, tag string, page Page) (Listing[Summary], error)
}

// Metadata is what YouTube tells about a video; each may be "".
type Metadata struct {
	Title        string
	Description  string
	Tags         []string
	ThumbnailURL string
}

// Host knows the addresses of videos at the place that hosts them. It asks
// nobody.
type Host interface {
	// VideoID finds the id in any of the forms that the host's URLs have.
	VideoID(url string) (id string, ok bool)
	// EmbedURL is where the player of a video is.
	EmbedURL(id string) string
	// ThumbnailURL is a picture that every video of the host has.
	ThumbnailURL(id string) string
}

// MetadataSource looks videos up at their host. Metadata fails with ENOTFOUND
// when there is no such video, with EUPSTREAM when the host could not be asked.
type MetadataSource interface {
	Metadata(ctx context.Context, videoID string) (Metadata, error)
}
