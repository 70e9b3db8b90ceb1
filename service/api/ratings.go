package api

import (
	"math"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// ratingRoutes adds both ways to rate a video, the older one under /id.
func (a *API) ratingRoutes(g *gin.RouterGroup) {
	ratings := g.Group("/videos/:videoId/ratings", a.uuidParam("videoId"))
	ratings.POST("", a.readJSON, a.requireToken(killrvideo.RoleViewer), a.answer(http.StatusOK, a.rate))
	ratings.GET("", a.read(a.ratings))
	older := g.Group("/videos/id/:videoId/rating", a.uuidParam("videoId"))
	older.POST("", a.readJSON, a.requireToken(killrvideo.RoleViewer), a.noContent(a.rateOlder))
	older.GET("", a.read(a.ratingOlder))
}

type ratingView struct {
	Rating    int       `json:"rating"`
	VideoID   uuid.UUID `json:"videoid"`
	UserID    uuid.UUID `json:"userid"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (a *API) rate(c *gin.Context) (any, error) {
	r, err := a.rateVideo(c)
	return ratingView{Rating: r.Stars, VideoID: r.VideoID, UserID: r.UserID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}, err
}

func (a *API) rateOlder(c *gin.Context) error {
	_, err := a.rateVideo(c)
	return err
}

func (a *API) rateVideo(c *gin.Context) (killrvideo.Rating, error) {
	f, err := bind(c)
	if err != nil {
		return killrvideo.Rating{}, err
	}
	stars := f.wholeNumber("rating", killrvideo.MinStars, killrvideo.MaxStars)
	if err := f.err(); err != nil {
		return killrvideo.Rating{}, err
	}
	return a.Catalogue.Rate(c.Request.Context(), byToken(c), pathID(c, "videoId"), stars)
}

type ratingsView struct {
	VideoID           uuid.UUID `json:"videoId"`
	AverageRating     *float64  `json:"averageRating"`
	TotalRatingsCount int64     `json:"totalRatingsCount"`
	CurrentUserRating *int      `json:"currentUserRating"`
}

func (a *API) ratings(c *gin.Context) (any, error) {
	var claimed uuid.UUID
	if session, err := a.session(c); err == nil {
		claimed = session.UserID
	}
	video, own, err := a.Catalogue.RatingsOf(c.Request.Context(), a.viewer(c), claimed, pathID(c, "videoId"))
	view := ratingsView{VideoID: video.ID, AverageRating: rounded(video.AverageRating()), TotalRatingsCount: video.RatingCount}
	if own.Stars > 0 {
		view.CurrentUserRating = &own.Stars
	}
	return view, err
}

type ratingOlderView struct {
	VideoID       uuid.UUID `json:"videoId"`
	AverageRating float64   `json:"averageRating"`
	RatingCount   int64     `json:"ratingCount"`
}

func (a *API) ratingOlder(c *gin.Context) (any, error) {
	video, err := a.Catalogue.Detail(c.Request.Context(), killrvideo.Anonymous, pathID(c, "videoId"))
	view := ratingOlderView{VideoID: video.ID, RatingCount: video.RatingCount}
	if average := rounded(video.AverageRating()); average != nil {
		view.AverageRating = *average
	}
	return view, err
}

// rounded is an average to two decimals, as the contract shows it.
func rounded(average *float64) *float64 {
	if average == nil {
		return nil
	}
	to := math.Round(*average*100) / 100
	return &to
}
