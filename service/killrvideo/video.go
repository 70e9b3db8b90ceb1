package killrvideo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// VideoStatus is the state of processing of a video.
type VideoStatus string

// A video is PENDING until its title is known, then READY, or ERROR if YouTube has no such
// video. PENDING and ERROR videos are unpublished. PROCESSING is for loaded data.
const (
	StatusPending    VideoStatus = "PENDING"
	StatusProcessing VideoStatus = "PROCESSING"
	StatusReady      VideoStatus = "READY"
	StatusError      VideoStatus = "ERROR"
)

// LocationYouTube is the location type of videos that YouTube hosts.
const LocationYouTube = 0

// Summary are the fields of a video in lists. Optional texts are "".
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

// AverageRating is nil for a video without ratings.
func (s Summary) AverageRating() *float64 {
	if s.RatingCount <= 0 {
		return nil
	}
	average := float64(s.RatingTotal) / float64(s.RatingCount)
	return &average
}

// Video has all fields of a video. UpdatedAt and DeletedAt are zero until it happens.
type Video struct {
	Summary
	Location     string
	LocationType int
	Language     string
	YouTubeID    string
	UpdatedAt    time.Time
	DeletedAt    time.Time
}

// Deleted reports whether the video is deleted; only moderators see it.
func (v Video) Deleted() bool { return !v.DeletedAt.IsZero() }

// OwnedBy reports whether the user submitted the video or is a moderator.
func (v Video) OwnedBy(user User) bool {
	return v.UserID == user.ID || user.Can(RoleModerator)
}

// VideoRepository stores videos and their lists. Errors are ENOTFOUND ("Video not
// found"), EUNAVAILABLE or internal.
type VideoRepository interface {
	// CreateVideo stores the video and adds it to its lists, or neither. An unpublished
	// video is in its uploader's list alone.
	CreateVideo(ctx context.Context, video Video) error
	// Video returns deleted videos too, without views and ratings.
	Video(ctx context.Context, id uuid.UUID) (Video, error)
	// VideoDetail is Video with its views and ratings.
	VideoDetail(ctx context.Context, id uuid.UUID) (Video, error)
	// VideosByID are those of at most 100 videos that exist, as Video returns them.
	VideosByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Video, error)
	// UpdateVideo stores changes of title, description, tags, thumbnail, status and
	// update time, also in the lists. It may be repeated.
	UpdateVideo(ctx context.Context, before, after Video) error
	// RemoveVideo stores the deletion time and deletes the video from its lists.
	RemoveVideo(ctx context.Context, video Video) error
	// RestoreVideo reverts RemoveVideo.
	RestoreVideo(ctx context.Context, video Video) error
	// RepairVideo makes all lists of a video, also those of former tags, consistent with
	// its own row after a change was interrupted.
	RepairVideo(ctx context.Context, video Video, former []string) error
	// LatestVideos are all videos, newest first.
	LatestVideos(ctx context.Context, page Page) (Listing[Summary], error)
	// VideosByUser are one uploader's videos, newest first. unpublished says whether the
	// unpublished ones are included; it is called only if there are any.
	VideosByUser(ctx context.Context, userID uuid.UUID, page Page, unpublished func() (bool, error)) (Listing[Summary], error)
	// VideosByTag are the videos with a normalized tag, newest first.
	VideosByTag(ctx context.Context, tag string, page Page) (Listing[Summary], error)
}

// Metadata is YouTube's metadata of a video; each text may be "".
type Metadata struct {
	Title        string
	Description  string
	Tags         []string
	ThumbnailURL string
}

// Host converts URLs and ids of videos at their host. It sends no requests.
type Host interface {
	// VideoID extracts the id from a URL of any form of the host.
	VideoID(url string) (id string, ok bool)
	// EmbedURL is the URL of the player of a video.
	EmbedURL(id string) string
	// ThumbnailURL is the URL of an image that every video of the host has.
	ThumbnailURL(id string) string
}

// MetadataSource reads metadata from the host. Metadata fails with ENOTFOUND if there is
// no such video, and with EUPSTREAM if the host is unavailable.
type MetadataSource interface {
	Metadata(ctx context.Context, videoID string) (Metadata, error)
}
