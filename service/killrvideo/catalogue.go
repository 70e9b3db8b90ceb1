package killrvideo

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// Catalogue submits, changes, lists, views and rates videos. All fields are required
// except Metadata: without it every video is READY with what its creator sent.
type Catalogue struct {
	Repository VideoRepository
	Views      ViewRepository
	Ratings    RatingRepository
	Activities ActivityRepository
	Audits     AuditRepository
	Host       Host
	Metadata   MetadataSource
	// Index indexes videos and fetches metadata that was not available in time.
	Index *IndexQueue
	Now   func() time.Time
	Log   *slog.Logger

	trends Trends
}

var errNoVideo = Errorf(ENOTFOUND, "Video not found")

var errNoVideoURL = Errorf(EREFUSED, "Invalid YouTube URL or unable to extract video ID")

// Submit stores a video of the uploader. While YouTube is unavailable, a video with a
// title is READY with the uploader's texts; one without is PENDING, visible to its
// uploader and to moderators, until its title is known. Errors: EINVALID; EREFUSED for
// a URL that is not of a YouTube video; ENOTFOUND if YouTube has no such video or does
// not show it.
func (c *Catalogue) Submit(ctx context.Context, uploader User, s Submission) (Video, error) {
	summary, err := s.validate()
	if err != nil {
		return Video{}, err
	}
	youtubeID, ok := c.Host.VideoID(s.URL)
	if !ok {
		return Video{}, errNoVideoURL
	}
	video := Video{
		Summary: summary, YouTubeID: youtubeID, Location: c.Host.EmbedURL(youtubeID), LocationType: LocationYouTube,
	}
	video.ID, video.UserID, video.SubmittedAt = uuid.New(), uploader.ID, timestamp(c.Now())
	video.ThumbnailURL = c.Host.ThumbnailURL(youtubeID)
	if err := c.lookUp(ctx, &video); err != nil {
		return Video{}, err
	}
	// An edit waits until the video is indexed.
	unlock, err := c.Index.Locks.Lock(ctx, video.ID)
	if err != nil {
		return Video{}, err
	}
	defer unlock()
	if err := c.Index.Enqueue(ctx, video, nil); err != nil {
		return Video{}, err
	}
	if err := c.Repository.CreateVideo(ctx, video); err != nil {
		return Video{}, err
	}
	c.Index.Run(ctx, video, nil)
	return video, nil
}

// lookUp completes a new video by YouTube's metadata. It fails only if YouTube says
// that there is no such video.
func (c *Catalogue) lookUp(ctx context.Context, video *Video) error {
	if c.Metadata == nil {
		video.fill(Metadata{})
		return nil
	}
	metadata, err := c.Metadata.Metadata(ctx, video.YouTubeID)
	switch {
	case err == nil:
		video.fill(metadata)
	case ErrorCode(err) == ENOTFOUND:
		return err
	case video.Title != "":
		video.Status = StatusReady
	default:
		video.Status, video.Title = StatusPending, UntitledVideo
	}
	return nil
}

// Video returns a video that is not deleted and is visible to the viewer.
func (c *Catalogue) Video(ctx context.Context, viewer Viewer, id uuid.UUID) (Video, error) {
	video, err := c.Repository.Video(ctx, id)
	if err == nil && video.Deleted() {
		err = errNoVideo
	}
	if err == nil {
		err = video.visibleTo(viewer)
	}
	if err != nil {
		return Video{}, err
	}
	return video, nil
}

// Detail returns a video that is visible to the viewer, with its views and ratings.
// Moderators see deleted ones too.
func (c *Catalogue) Detail(ctx context.Context, viewer Viewer, id uuid.UUID) (Video, error) {
	video, err := c.Repository.VideoDetail(ctx, id)
	if err == nil {
		err = video.visibleTo(viewer)
	}
	if err != nil {
		return Video{}, err
	}
	return video, nil
}

// usable reads a video and its viewer, nil for an anonymous one. It fails unless the
// viewer is allowed to view, rate and comment on the video.
func (c *Catalogue) usable(ctx context.Context, viewer Viewer, id uuid.UUID) (*User, error) {
	return usable(ctx, c.Repository, viewer, id)
}

func usable(ctx context.Context, videos VideoRepository, viewer Viewer, id uuid.UUID) (user *User, err error) {
	var video Video
	err = parallel.Do(
		func() (err error) { user, err = viewer(); return err },
		func() (err error) { video, err = videos.Video(ctx, id); return err },
	)
	if err != nil {
		return nil, err
	}
	return user, video.usableBy(func() (*User, error) { return user, nil })
}

// Status returns the video for its processing status, which its uploader and
// moderators are allowed to see.
func (c *Catalogue) Status(ctx context.Context, caller User, id uuid.UUID) (Video, error) {
	video, err := c.Repository.Video(ctx, id)
	if err == nil {
		err = video.visibleTo(SignedIn(caller))
	}
	if err == nil && !video.OwnedBy(caller) {
		err = Errorf(EFORBIDDEN, "User does not have permission to view status of this video")
	}
	if err != nil {
		return Video{}, err
	}
	return video, nil
}

// Update edits a video of the caller, any video for a moderator, and returns it.
func (c *Catalogue) Update(ctx context.Context, caller User, id uuid.UUID, change VideoChange) (Video, error) {
	video, err := c.Detail(ctx, SignedIn(caller), id)
	if err == nil && video.Deleted() {
		err = errNoVideo
	}
	if err != nil {
		return Video{}, err
	}
	if !video.OwnedBy(caller) {
		return Video{}, errNotOwner
	}
	if change.empty() {
		return video, nil
	}
	locked, unlock, err := c.Index.Lock(ctx, id)
	if err != nil {
		return Video{}, err
	}
	defer unlock()
	now := locked.Video
	if now.Deleted() { // meanwhile
		return Video{}, errNoVideo
	}
	now.Views, now.RatingCount, now.RatingTotal = video.Views, video.RatingCount, video.RatingTotal
	changed, err := change.apply(now, c.Now())
	if err != nil {
		return Video{}, err
	}
	if err := auditOf(ctx, c.Audits, caller, video.UserID, id, "edit video", c.Now()); err != nil {
		return Video{}, err
	}
	if err := c.Index.Enqueue(ctx, now, changed.Tags); err != nil {
		return Video{}, err
	}
	if err := c.Repository.UpdateVideo(ctx, now, changed); err != nil {
		return Video{}, err
	}
	c.Index.Run(ctx, changed, append(now.SearchWords(), locked.Forget...))
	return changed, nil
}

var errNotOwner = Errorf(EFORBIDDEN, "User does not have permission to modify this video")

// Delete hides a video of the caller, any video for a moderator. A moderator
// can restore it.
func (c *Catalogue) Delete(ctx context.Context, caller User, id uuid.UUID) error {
	video, err := c.Video(ctx, SignedIn(caller), id)
	if err != nil {
		return err
	}
	if !video.OwnedBy(caller) {
		return errNotOwner
	}
	if err := auditOf(ctx, c.Audits, caller, video.UserID, id, "delete video", c.Now()); err != nil {
		return err
	}
	return c.Hide(ctx, id)
}

// Hide deletes a video from all lists and from the search. The caller is authorized.
func (c *Catalogue) Hide(ctx context.Context, id uuid.UUID) error {
	locked, unlock, err := c.Index.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	video := locked.Video
	if video.Deleted() { // meanwhile
		return nil
	}
	defer c.trends.drop()
	if err := c.Index.Enqueue(ctx, video, nil); err != nil {
		return err
	}
	video.DeletedAt = timestamp(c.Now())
	if err := c.Repository.RemoveVideo(ctx, video); err != nil {
		return err
	}
	c.Index.RunDelete(ctx, video, locked.Forget)
	return nil
}

// Restore adds a deleted video to its lists again. It is idempotent.
func (c *Catalogue) Restore(ctx context.Context, id uuid.UUID) error {
	locked, unlock, err := c.Index.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	video := locked.Video
	if !video.Deleted() {
		return nil
	}
	defer c.trends.drop()
	if err := c.Index.Enqueue(ctx, video, nil); err != nil {
		return err
	}
	video.DeletedAt = time.Time{}
	if err := c.Repository.RestoreVideo(ctx, video); err != nil {
		return err
	}
	c.Index.Run(ctx, video, locked.Forget)
	return nil
}

// Latest are all videos, newest first.
func (c *Catalogue) Latest(ctx context.Context, page Page) (Listing[Summary], error) {
	return c.Repository.LatestVideos(ctx, page)
}

// ByUploader are one user's videos, newest first; none for an unknown user.
// Unpublished ones are among them for that user and for moderators.
func (c *Catalogue) ByUploader(ctx context.Context, viewer Viewer, userID uuid.UUID, page Page) (Listing[Summary], error) {
	return c.Repository.VideosByUser(ctx, userID, page, sync.OnceValues(func() (bool, error) {
		user, err := viewer()
		return user != nil && (user.ID == userID || user.Can(RoleModerator)), err
	}))
}

// ByTag are the videos with a tag, however it is written, newest first.
func (c *Catalogue) ByTag(ctx context.Context, tag string, page Page) (Listing[Summary], error) {
	tags := NormalizeTags([]string{tag})
	if len(tags) == 0 || len([]rune(tags[0])) > maxTagLength { // no video has it, and it may be too long for a key
		return Listing[Summary]{}, nil
	}
	return c.Repository.VideosByTag(ctx, tags[0], page)
}
