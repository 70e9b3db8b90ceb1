package api

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// maxURL is the longest address that a submission may have.
const maxURL = 2083

// videoRoutes adds what lies under /videos.
func (a *API) videoRoutes(g *gin.RouterGroup) {
	videos := g.Group("/videos")
	videos.POST("", a.readJSON, a.require(killrvideo.RoleCreator), a.answer(http.StatusAccepted, a.submit))
	videos.POST("/preview", a.readJSON, a.answer(http.StatusOK, a.preview))
	videos.GET("/latest", a.answer(http.StatusOK, a.latest))
	videos.GET("/by-uploader/:uploaderId", a.answer(http.StatusOK, a.byUploader))
	one := videos.Group("/id/:videoId", a.uuidParam("videoId"))
	one.GET("", a.answer(http.StatusOK, a.video))
	one.PUT("", a.readJSON, a.authenticate, a.answer(http.StatusOK, a.update))
	one.GET("/status", a.authenticate, a.answer(http.StatusOK, a.status))
}

func (a *API) submit(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	s := killrvideo.Submission{URL: f.text("youtubeUrl")}
	s.Title, _ = f.nullableText("title", "name")
	s.Description, _ = f.nullableText("description")
	s.Tags, _ = f.texts("tags")
	checkURL(f, s.URL)
	if err := f.err(); err != nil {
		return nil, err
	}
	video, err := a.Catalogue.Submit(c.Request.Context(), caller(c), s)
	return viewVideo(video), err
}

func checkURL(f *form, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		f.problem("youtubeUrl", "must be an absolute http or https URL")
	case len(text) > maxURL:
		f.problem("youtubeUrl", "must have at most 2083 characters")
	}
}

func (a *API) video(c *gin.Context) (any, error) {
	video, err := a.Catalogue.Video(c.Request.Context(), pathID(c, "videoId"))
	return viewVideo(video), err
}

func (a *API) update(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	change := killrvideo.VideoChange{Title: f.optionalText("title", "name")}
	change.Description, change.ClearDescription = f.nullableText("description")
	if tags, null := f.texts("tags"); tags != nil || null {
		change.Tags = &tags
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	video, err := a.Catalogue.Update(c.Request.Context(), caller(c), pathID(c, "videoId"), change)
	return viewVideo(video), err
}

type statusView struct {
	VideoID uuid.UUID              `json:"videoId"`
	Status  killrvideo.VideoStatus `json:"status"`
}

func (a *API) status(c *gin.Context) (any, error) {
	video, err := a.Catalogue.Status(c.Request.Context(), caller(c), pathID(c, "videoId"))
	return statusView{VideoID: video.ID, Status: video.Status}, err
}

func (a *API) latest(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	listing, err := a.Catalogue.Latest(c.Request.Context(), page)
	return paginate(page, listing, viewSummary), err
}

// byUploader checks its parameter by itself: the contract answers 422 here.
func (a *API) byUploader(c *gin.Context) (any, error) {
	id, ok := parseUUID(c.Param("uploaderId"))
	if !ok {
		return nil, killrvideo.Invalid(killrvideo.FieldError{In: "path", Field: "uploader_id", Message: "must be a UUID"})
	}
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	listing, err := a.Catalogue.ByUploader(c.Request.Context(), id, page)
	return paginate(page, listing, viewSummary), err
}

// summaryView is a video in a list. Some values appear under a second name,
// because the contract and the official front end call them differently.
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

func viewSummary(s killrvideo.Summary) summaryView {
	rating := textOrNull(s.ContentRating)
	return summaryView{
		Key: s.ID, VideoID: s.ID, UserID: s.UserID, Title: s.Title, Description: textOrNull(s.Description),
		Tags: append([]string{}, s.Tags...), ThumbnailURL: textOrNull(s.ThumbnailURL),
		SubmittedAt: s.SubmittedAt, UploadDate: s.SubmittedAt, ContentRating: rating, ContentRatingCamel: rating,
		Category: textOrNull(s.Category), Status: s.Status, Views: s.Views, ViewCount: s.Views,
		AverageRating: s.AverageRating(), TotalRatingsCount: s.RatingCount,
	}
}

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// detailView is everything about a video. The embedding is nobody's business
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

func viewVideo(v killrvideo.Video) detailView {
	return detailView{
		summaryView: viewSummary(v.Summary), Location: v.Location, LocationType: v.LocationType,
		Language: textOrNull(v.Language), YouTubeVideoID: textOrNull(v.YouTubeID),
		UpdatedAt: timeOrNull(v.UpdatedAt), IsDeleted: v.Deleted(), DeletedAt: timeOrNull(v.DeletedAt),
	}
}
