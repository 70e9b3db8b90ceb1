package store

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// summaryRow has the columns of every table of videos.
type summaryRow struct {
	VideoID       uuid.UUID `json:"videoid"`
	UserID        uuid.UUID `json:"userid"`
	AddedDate     time.Time `json:"added_date"`
	Name          string    `json:"name"`
	Description   string    `json:"description,omitempty"`
	Tags          []string  `json:"tags,omitempty"`
	Preview       string    `json:"preview_image_location,omitempty"`
	ContentRating string    `json:"content_rating,omitempty"`
	Category      string    `json:"category,omitempty"`
	Status        string    `json:"status"`
}

type latestRow struct {
	Month string `json:"month"`
	summaryRow
}

type tagRow struct {
	Tag string `json:"tag"`
	summaryRow
}

type videoRow struct {
	summaryRow
	Language     string     `json:"language,omitempty"`
	Location     string     `json:"location"`
	LocationType int        `json:"location_type"`
	YouTubeID    string     `json:"youtube_id,omitempty"`
	Views        int64      `json:"views,omitempty"` // copies of the totals, seconds old
	RatingCount  int64      `json:"rating_count,omitempty"`
	RatingTotal  int64      `json:"rating_total,omitempty"`
	UpdatedAt    *time.Time `json:"updated_at,omitempty"`
	DeletedAt    *time.Time `json:"deleted_at,omitempty"`
}

// summary accepts incomplete rows, so that one row cannot break a list: a missing
// title gets a default, and a video that was loaded without a status is READY.
func (r summaryRow) summary() killrvideo.Summary {
	s := killrvideo.Summary{
		ID: r.VideoID, UserID: r.UserID, SubmittedAt: r.AddedDate.UTC(), Title: r.Name, Description: r.Description,
		Tags: r.Tags, ThumbnailURL: r.Preview, ContentRating: r.ContentRating, Category: r.Category,
		Status: killrvideo.VideoStatus(r.Status),
	}
	slices.Sort(s.Tags)
	if s.Title == "" {
		s.Title = killrvideo.UntitledVideo
	}
	if s.Status == "" {
		s.Status = killrvideo.StatusReady
	}
	return s
}

func (r videoRow) video() killrvideo.Video {
	v := killrvideo.Video{
		Summary: r.summary(), Location: r.Location, LocationType: r.LocationType, Language: r.Language,
		YouTubeID: r.YouTubeID, UpdatedAt: orZero(r.UpdatedAt), DeletedAt: orZero(r.DeletedAt),
	}
	v.Views, v.RatingCount, v.RatingTotal = r.Views, r.RatingCount, r.RatingTotal
	return v
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func rowOfVideo(v killrvideo.Video) videoRow {
	return videoRow{
		summaryRow: summaryRow{
			VideoID: v.ID, UserID: v.UserID, AddedDate: v.SubmittedAt, Name: v.Title, Description: v.Description,
			Tags: v.Tags, Preview: v.ThumbnailURL, ContentRating: v.ContentRating, Category: v.Category,
			Status: string(v.Status),
		},
		Language: v.Language, Location: v.Location, LocationType: v.LocationType, YouTubeID: v.YouTubeID,
	}
}

// changes are the updates from one state of a video to another, in its lists and in
// its own row; nil if there is nothing to write.
func changes(before, after killrvideo.Video) (listed, full *update.TableUpdateBuilder) {
	columns := map[string]any{}
	text := func(column, old, new string) {
		if old != new {
			columns[column] = orNull(new)
		}
	}
	text("name", before.Title, after.Title)
	text("description", before.Description, after.Description)
	text("preview_image_location", before.ThumbnailURL, after.ThumbnailURL)
	text("status", string(before.Status), string(after.Status))
	if !slices.Equal(before.Tags, after.Tags) {
		columns["tags"] = after.Tags
	}
	if len(columns) > 0 {
		listed = setAll(columns)
	}
	if !after.UpdatedAt.Equal(before.UpdatedAt) {
		columns["updated_at"] = after.UpdatedAt
	}
	if len(columns) > 0 {
		full = setAll(columns)
	}
	return listed, full
}

func setAll(columns map[string]any) *update.TableUpdateBuilder {
	u := update.Table()
	for column, value := range columns {
		if tags, ok := value.([]string); ok && len(tags) == 0 {
			value = nil
		}
		u.Set(column, value)
	}
	return u
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
