package official

import (
	"fmt"
	"math"
	"slices"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/youtube"
)

var videoColumns = []string{
	"videoid", "added_date", "description", "location", "name", "preview_image_location", "tags", "userid",
	"content_rating", "category", "language",
}

func (r *reader) readVideos() error {
	rows := 0
	err := r.each(r.videosFile, videoColumns, func(at row) error {
		rows++
		video := videoOf(&at)
		if at.err != nil {
			return at.err
		}
		uploader, known := r.users[video.UserID]
		if !known {
			r.leave(at, "videos by users who are not in "+usersFile)
			return nil
		}
		if _, twice := r.clips[video.ID]; twice {
			return fmt.Errorf("%s: video %s is there a second time; remove one of the lines", at.place(), video.ID)
		}
		r.makeCreator(uploader)
		r.clips[video.ID] = len(r.data.clips)
		r.data.clips = append(r.data.clips, seed.Clip{Video: video})
		return nil
	})
	if err == nil && rows > 0 && len(r.clips) == 0 {
		return fmt.Errorf("none of those who submitted the %d videos of %s is in %s: the files are of different generations; take all of "+
			"them from one release, or a %s with the ids of the others",
			rows, r.videosFile, usersFile, videosFile)
	}
	return err
}

// makeCreator gives the uploader of a video the role for it; the files
// know no roles.
func (r *reader) makeCreator(i int) {
	user := &r.data.people[i]
	if !slices.Contains(user.Roles, killrvideo.RoleCreator) {
		user.Roles = append(user.Roles, killrvideo.RoleCreator)
	}
}

// videoOf takes the id at YouTube from the address of the player, as only some
// editions of the file have a column for it.
func videoOf(at *row) killrvideo.Video {
	video := killrvideo.Video{
		Location: at.text("location"), LocationType: killrvideo.LocationYouTube, Language: at.text("language"),
	}
	video.ID, video.UserID, video.SubmittedAt = at.id("videoid"), at.id("userid"), at.date("added_date")
	video.Title, video.Description = at.text("name"), at.text("description")
	video.Tags = killrvideo.NormalizeTags(at.set("tags"))
	video.ThumbnailURL, video.ContentRating = at.text("preview_image_location"), at.text("content_rating")
	video.Category, video.Status = at.text("category"), killrvideo.StatusReady
	id, ok := youtube.ParseID(video.Location)
	if !ok {
		at.wrong("location", "the address of a video at YouTube")
	}
	video.YouTubeID = id
	return video
}

// readPlayback takes the views. When they were is unknown, so none trends.
func (r *reader) readPlayback() error {
	return r.each(playbackFile, []string{"videoid", "views"}, func(at row) error {
		id, views := at.id("videoid"), at.number("views", 0, math.MaxInt32)
		if at.err != nil {
			return at.err
		}
		i, known := r.clips[id]
		if !known {
			r.leave(at, "numbers of views of no video that was read")
			return nil
		}
		r.data.clips[i].Earlier = views
		return nil
	})
}
