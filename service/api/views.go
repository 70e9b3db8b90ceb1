package api

import (
	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func (a *API) view(c *gin.Context) error {
	return a.Catalogue.View(c.Request.Context(), a.viewer(c), pathID(c, "videoId"))
}

// maxWatched is a day; no video of ours is longer.
const maxWatched = 24 * 60 * 60

func (a *API) watchTime(c *gin.Context) error {
	f, err := bind(c)
	if err != nil {
		return err
	}
	seconds := f.wholeNumber("watch_duration_seconds", 1, maxWatched)
	if err := f.err(); err != nil {
		return watchTimeProblem(err)
	}
	return a.Catalogue.Watched(c.Request.Context(), byToken(c), pathID(c, "videoId"), seconds)
}

// watchTimeProblem answers 400 to an invalid duration, which the contract requires
// of this operation.
func watchTimeProblem(err error) error {
	return &killrvideo.Error{Code: killrvideo.EREFUSED, Message: killrvideo.ErrorMessage(err), Fields: killrvideo.ErrorFields(err)}
}

// The bounds of the window, in days, and of the length of trending videos.
const (
	maxTrendingDays  = 30
	maxTrendingLimit = 10
)

func (a *API) trending(c *gin.Context) (any, error) {
	var problems []killrvideo.FieldError
	days := intQuery(c, "intervalDays", 1, 1, maxTrendingDays, &problems)
	limit := intQuery(c, "limit", maxTrendingLimit, 1, maxTrendingLimit, &problems)
	if err := killrvideo.Invalid(problems...); err != nil {
		return nil, err
	}
	if days != 1 && days != 7 && days != 30 {
		return nil, killrvideo.Errorf(killrvideo.EREFUSED, "interval_days must be one of 1, 7 or 30")
	}
	videos, err := a.Catalogue.Trending(c.Request.Context(), days, limit)
	return viewAll(videos, viewSummary), err
}

// viewAll shows every item of a list without pages.
func viewAll[T, V any](items []T, view func(*T) V) []V {
	views := make([]V, len(items))
	for i := range items {
		views[i] = view(&items[i])
	}
	return views
}
