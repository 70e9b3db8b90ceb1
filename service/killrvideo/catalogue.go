package killrvideo

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Catalogue is what one can do with videos. All fields are required, except
// that without Metadata every video is READY with what its creator sent.
type Catalogue struct {
	Repository VideoRepository
	Views      ViewRepository
	Ratings    RatingRepository
	Activities ActivityRepository
	Audits     AuditRepository
	Host       Host
	Metadata   MetadataSource
	// Completer makes videos found, and finishes what could not be looked up in
	// time.
	Completer *Completer
	Now       func() time.Time
	Log       *slog.Logger

	trends Trends
}

var errNoVideo = Errorf(ENOTFOUND, "Video not found")

var errNoVideoURL = Errorf(EREFUSED, "Invalid YouTube URL or unable to extract video ID")

// Submit stores a video of the uploader. While YouTube cannot be asked, a video
// with a title is READY with what its uploader gave; one without is PENDING,
// seen by its uploader and moderators only, until its title is known. Errors:
// EINVALID, EREFUSED for a URL that is not of a YouTube video, ENOTFOUND when
// YouTube says that there is no such video or does not show it.
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
	// Who finds it in a list and edits it before it is indexed has to wait.
	unlock, err := c.Completer.Work.Lock(ctx, video.ID)
	if err != nil {
		return Video{}, err
	}
	defer unlock()
	if err := c.Completer.Expect(ctx, video, nil); err != nil {
		return Video{}, err
	}
	if err := c.Repository.CreateVideo(ctx, video); err != nil {
		return Video{}, err
	}
	c.Completer.Try(ctx, video, nil)
	return video, nil
}

// lookUp completes a new video with what YouTube knows. It fails only when
// YouTube is definite that there is no such video.
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

// Video gives a video that is not deleted and that the viewer may see.
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

// Detail gives a video that the viewer may see, with its views and ratings.
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

// usable fails unless the caller may view, rate or comment on the video.
func (c *Catalogue) usable(ctx context.Context, caller Viewer, id uuid.UUID) error {
	video, err := c.Repository.Video(ctx, id)
	if err != nil {
		return err
	}
	return video.usableBy(caller)
}

// Status gives the video for its processing status, which only its uploader
// and moderators may see.
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

// Update edits a video of the caller, any video for a moderator, and gives it
// as it then is.
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
	locked, unlock, err := c.Completer.Lock(ctx, id)
	if err != nil {
		return Video{}, err
	}
	defer unlock()
	now := locked.Video
	if now.Deleted() { // by somebody else, just now
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
	if err := c.Completer.Expect(ctx, now, changed.Tags); err != nil {
		return Video{}, err
	}
	if err := c.Repository.UpdateVideo(ctx, now, changed); err != nil {
		return Video{}, err
	}
	c.Completer.Try(ctx, changed, append(now.SearchWords(), locked.Forget...))
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

// Hide deletes a video for whoever may. It is in no list then, and found by
// nothing soon after.
func (c *Catalogue) Hide(ctx context.Context, id uuid.UUID) error {
	locked, unlock, err := c.Completer.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	video := locked.Video
	if video.Deleted() { // by somebody else, just now
		return nil
	}
	defer c.trends.forget()
	if err := c.Completer.Expect(ctx, video, nil); err != nil {
		return err
	}
	video.DeletedAt = timestamp(c.Now())
	if err := c.Repository.RemoveVideo(ctx, video); err != nil {
		return err
	}
	c.Completer.TryForget(ctx, video, locked.Forget)
	return nil
}

// Restore brings a deleted video back into all its lists. What is not deleted
// stays as it is.
func (c *Catalogue) Restore(ctx context.Context, id uuid.UUID) error {
	locked, unlock, err := c.Completer.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	video := locked.Video
	if !video.Deleted() {
		return nil
	}
	defer c.trends.forget()
	if err := c.Completer.Expect(ctx, video, nil); err != nil {
		return err
	}
	video.DeletedAt = time.Time{}
	if err := c.Repository.RestoreVideo(ctx, video); err != nil {
		return err
	}
	c.Completer.Try(ctx, video, locked.Forget)
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
	if len(tags) == 0 || len([]rune(tags[0])) > maxTagLength { // no video has it, and Astra takes no key of 64 KiB
		return Listing[Summary]{}, nil
	}
	return c.Repository.VideosByTag(ctx, tags[0], page)
}
