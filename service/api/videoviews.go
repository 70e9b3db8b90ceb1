package api

import (
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// summaryView is a video in a list. Some values have a second name, because the
// contract and the official front end name them differently.
type summaryView struct {
	Key                uuid.UUID              `json:"key"`
	VideoID            uuid.UUID              `json:"videoId"`
	UserID             uuid.UUID              `json:"userId"`
	Title              string                 `json:"title"`
	Description        *string                `json:"description"`
	Tags               []string               `json:"tags"`
	ThumbnailURL       *string                `json:"thumbnailUrl"`
	SubmittedAt        time.Time              `json:"submittedAt"`
	UploadDate         time.Time              `json:"uploadDate"`
	ContentRating      *string                `json:"content_rating"`
	ContentRatingCamel *string                `json:"contentRating"`
	Category           *string                `json:"category"`
	Status             killrvideo.VideoStatus `json:"status"`
	Views              int64                  `json:"views"`
	ViewCount          int64                  `json:"viewCount"`
	AverageRating      *float64               `json:"averageRating"`
	TotalRatingsCount  int64                  `json:"totalRatingsCount"`
}

// viewSummary points into the summary, as a page has many.
func viewSummary(s *killrvideo.Summary) summaryView {
	rating := textOrNull(&s.ContentRating)
	return summaryView{
		Key: s.ID, VideoID: s.ID, UserID: s.UserID, Title: s.Title, Description: textOrNull(&s.Description),
		Tags: listOrEmpty(s.Tags), ThumbnailURL: textOrNull(&s.ThumbnailURL),
		SubmittedAt: s.SubmittedAt, UploadDate: s.SubmittedAt, ContentRating: rating, ContentRatingCamel: rating,
		Category: textOrNull(&s.Category), Status: s.Status, Views: s.Views, ViewCount: s.Views,
		AverageRating: s.AverageRating(), TotalRatingsCount: s.RatingCount,
	}
}

func textOrNull(text *string) *string {
	if *text == "" {
		return nil
	}
	return text
}

func listOrEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// detailView is everything about a video. The embedding is internal
// and always null.
type detailView struct {
	summaryView
	Location        string     `json:"location"`
	LocationType    int        `json:"location_type"`
	ContentFeatures []float32  `json:"content_features"`
	Language        *string    `json:"language"`
	YouTubeVideoID  *string    `json:"youtubeVideoId"`
	UpdatedAt       *time.Time `json:"updatedAt"`
	IsDeleted       bool       `json:"is_deleted"`
	DeletedAt       *time.Time `json:"deleted_at"`
}

func viewVideo(v *killrvideo.Video) detailView {
	return detailView{
		summaryView: viewSummary(&v.Summary), Location: v.Location, LocationType: v.LocationType,
		Language: textOrNull(&v.Language), YouTubeVideoID: textOrNull(&v.YouTubeID),
		UpdatedAt: timeOrNull(v.UpdatedAt), IsDeleted: v.Deleted(), DeletedAt: timeOrNull(v.DeletedAt),
	}
}
