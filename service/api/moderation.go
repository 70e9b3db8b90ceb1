package api

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// moderationRoutes adds flags, and what moderators do about them.
func (a *API) moderationRoutes(g *gin.RouterGroup) {
	g.POST("/flags", a.readJSON, a.requireToken(killrvideo.RoleViewer), a.answer(http.StatusCreated, a.flag))
	m := g.Group("/moderation")
	only := a.require(killrvideo.RoleModerator)
	m.GET("/flags", only, a.answer(http.StatusOK, a.flags))
	m.GET("/flags/:flagId", a.uuidParam("flagId"), only, a.answer(http.StatusOK, a.oneFlag))
	m.POST("/flags/:flagId/action", a.uuidParam("flagId"), a.readJSON, only, a.answer(http.StatusOK, a.act))
	m.POST("/videos/:videoId/restore", a.uuidParam("videoId"), only, a.answer(http.StatusOK, a.restore(killrvideo.ContentVideo, "videoId")))
	m.GET("/comments/:commentId", a.uuidParam("commentId"), only, a.answer(http.StatusOK, a.oneComment))
	m.POST("/comments/:commentId/restore", a.uuidParam("commentId"), only,
		a.answer(http.StatusOK, a.restore(killrvideo.ContentComment, "commentId")))
	m.GET("/users", only, a.answer(http.StatusOK, a.findUsers))
	m.GET("/moderators", only, a.answer(http.StatusOK, a.moderators))
	one := m.Group("/users/:userId", a.uuidParam("userId"))
	one.POST("/assign-moderator", only, a.answer(http.StatusOK, a.setModerator(true)))
	one.POST("/revoke-moderator", only, a.answer(http.StatusOK, a.setModerator(false)))
	one.POST("/password-reset", only, a.answer(http.StatusCreated, a.issueReset))
	one.PUT("/status", a.readJSON, only, a.answer(http.StatusOK, a.setStatus))
}

type flagView struct {
	FlagID         uuid.UUID              `json:"flagId"`
	UserID         uuid.UUID              `json:"userId"`
	ContentType    killrvideo.ContentType `json:"contentType"`
	ContentID      uuid.UUID              `json:"contentId"`
	ReasonCode     string                 `json:"reasonCode"`
	ReasonText     *string                `json:"reasonText"`
	CreatedAt      time.Time              `json:"createdAt"`
	UpdatedAt      time.Time              `json:"updatedAt"`
	Status         killrvideo.FlagStatus  `json:"status"`
	ModeratorID    *uuid.UUID             `json:"moderatorId"`
	ModeratorNotes *string                `json:"moderatorNotes"`
	ResolvedAt     *time.Time             `json:"resolvedAt"`
}

func viewFlag(f *killrvideo.Flag) flagView {
	view := flagView{
		FlagID: f.ID, UserID: f.UserID, ContentType: f.ContentType, ContentID: f.ContentID, ReasonCode: f.ReasonCode,
		ReasonText: textOrNull(&f.ReasonText), CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, Status: f.Status,
		ModeratorNotes: textOrNull(&f.ModeratorNotes), ResolvedAt: timeOrNull(f.ResolvedAt),
	}
	if f.ModeratorID != uuid.Nil {
		view.ModeratorID = &f.ModeratorID
	}
	return view
}

func (a *API) flag(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	report := killrvideo.Report{
		ContentType: killrvideo.ContentType(f.text("contentType")), ContentID: f.id("contentId"), ReasonCode: f.text("reasonCode"),
	}
	if text, _ := f.nullableText("reasonText"); text != nil {
		report.ReasonText = *text
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	flag, err := a.Moderation.Flag(c.Request.Context(), byToken(c), report)
	return viewFlag(&flag), err
}

func (a *API) flags(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	status := killrvideo.FlagStatus(c.Query("status"))
	if _, given := c.GetQuery("status"); given && !slices.Contains(killrvideo.FlagStatuses(), status) {
		return nil, killrvideo.Invalid(killrvideo.FieldError{
			In: "query", Field: "status", Message: "must be open, under_review, approved or rejected",
		})
	}
	listing, err := a.Moderation.Flags.List(c.Request.Context(), status, page)
	return paginate(page, listing, viewFlag), err
}

func (a *API) oneFlag(c *gin.Context) (any, error) {
	flag, err := a.Moderation.Flags.Flag(c.Request.Context(), pathID(c, "flagId"))
	return viewFlag(&flag), err
}

func (a *API) act(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	status, notes := f.text("status"), ""
	if text, _ := f.nullableText("moderatorNotes"); text != nil {
		notes = *text
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	flag, err := a.Moderation.Act(c.Request.Context(), caller(c), pathID(c, "flagId"), killrvideo.FlagStatus(status), notes)
	return viewFlag(&flag), err
}

type restoredView struct {
	ContentID   uuid.UUID              `json:"content_id"`
	ContentType killrvideo.ContentType `json:"content_type"`
	Status      string                 `json:"status_message"`
}

func (a *API) restore(kind killrvideo.ContentType, param string) func(*gin.Context) (any, error) {
	return func(c *gin.Context) (any, error) {
		id := pathID(c, param)
		err := a.Moderation.Restore(c.Request.Context(), caller(c), kind, id)
		return restoredView{ContentID: id, ContentType: kind, Status: "restored"}, err
	}
}

// moderatedComment is a comment as moderators see it, deleted or not.
type moderatedComment struct {
	commentView
	IsDeleted bool       `json:"is_deleted"`
	DeletedAt *time.Time `json:"deleted_at"`
}

func viewModerated(c killrvideo.Comment) moderatedComment {
	return moderatedComment{viewComment(&c), c.Deleted(), timeOrNull(c.DeletedAt)}
}

func (a *API) oneComment(c *gin.Context) (any, error) {
	comment, err := a.Comments.One(c.Request.Context(), pathID(c, "commentId"))
	return viewModerated(comment), err
}

func (a *API) findUsers(c *gin.Context) (any, error) {
	var problems []killrvideo.FieldError
	page := killrvideo.Page{
		Number: intQuery(c, "page", 1, 1, math.MaxInt, &problems),
		Size:   intQuery(c, "pageSize", killrvideo.PageOfUsers, 1, maxPageSize, &problems),
	}
	if err := killrvideo.Invalid(problems...); err != nil {
		return nil, err
	}
	users, err := a.Accounts.SearchUsers(c.Request.Context(), c.Query("q"), page)
	return viewAll(users, viewUser), err
}

// moderatorView is a moderator, and whether by the settings.
type moderatorView struct {
	userView
	BySetting bool `json:"bySetting"`
}

func viewModerator(m *killrvideo.Moderator) moderatorView {
	return moderatorView{viewUser(&m.User), m.BySetting}
}

func (a *API) moderators(c *gin.Context) (any, error) {
	moderators, err := a.Accounts.ListModerators(c.Request.Context())
	return viewAll(moderators, viewModerator), err
}

// resetView is shown to the moderator once, for the user.
type resetView struct {
	UserID    uuid.UUID `json:"userId"`
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (a *API) issueReset(c *gin.Context) (any, error) {
	id := pathID(c, "userId")
	reset, err := a.Accounts.IssueReset(c.Request.Context(), caller(c), id)
	return resetView{id, reset.Code, reset.Until}, err
}

func (a *API) setModerator(is bool) func(*gin.Context) (any, error) {
	return func(c *gin.Context) (any, error) {
		user, err := a.Accounts.SetModerator(c.Request.Context(), caller(c), pathID(c, "userId"), is)
		return viewUser(&user), err
	}
}

func (a *API) setStatus(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	status := f.text("accountStatus")
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.SetStatus(c.Request.Context(), caller(c), pathID(c, "userId"), status)
	return viewUser(&user), err
}
