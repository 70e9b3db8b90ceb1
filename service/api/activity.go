package api

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// activityRoutes adds the activity of users, which only they and moderators can
// read.
func (a *API) activityRoutes(g *gin.RouterGroup) {
	g.GET("/users/:userId/activity", a.requireToken(anyRole), a.answer(http.StatusOK, a.activity))
}

// activityView has both spellings of every name.
type activityView struct {
	UserID         uuid.UUID               `json:"userid"`
	UserIDCamel    uuid.UUID               `json:"userId"`
	Type           killrvideo.ActivityType `json:"activity_type"`
	TypeCamel      killrvideo.ActivityType `json:"activityType"`
	ActivityID     uuid.UUID               `json:"activity_id"`
	ActivityCamel  uuid.UUID               `json:"activityId"`
	Timestamp      time.Time               `json:"activity_timestamp"`
	TimestampCamel time.Time               `json:"activityTimestamp"`
	VideoID        uuid.UUID               `json:"videoid"`
	VideoIDCamel   uuid.UUID               `json:"videoId"`
}

func viewActivity(x *killrvideo.Activity) activityView {
	return activityView{
		UserID: x.UserID, UserIDCamel: x.UserID, Type: x.Type, TypeCamel: x.Type, ActivityID: x.ID, ActivityCamel: x.ID,
		Timestamp: x.At, TimestampCamel: x.At, VideoID: x.VideoID, VideoIDCamel: x.VideoID,
	}
}

// activity checks its parameter itself: the contract answers 422 here.
func (a *API) activity(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	id, ok := parseUUID(c.Param("userId"))
	if !ok {
		return nil, killrvideo.Invalid(killrvideo.FieldError{In: "path", Field: "userId", Message: "must be a UUID"})
	}
	of := killrvideo.ActivityType(c.Query("activity_type"))
	if _, given := c.GetQuery("activity_type"); given && !slices.Contains(killrvideo.ActivityTypes(), of) {
		return nil, killrvideo.Invalid(killrvideo.FieldError{In: "query", Field: "activity_type", Message: "must be view, comment or rate"})
	}
	listing, err := a.Catalogue.ActivitiesOf(c.Request.Context(), byToken(c), id, of, page)
	return paginate(page, listing, viewActivity), err
}
