package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// commentRoutes adds the comments of videos and of users.
func (a *API) commentRoutes(g *gin.RouterGroup) {
	ofVideo := g.Group("/videos/:videoId/comments", a.uuidParam("videoId"))
	ofVideo.GET("", a.read(a.comments))
	ofVideo.POST("", a.readJSON, a.requireToken(killrvideo.RoleViewer), a.answer(http.StatusCreated, a.comment))
	ofVideo.DELETE("/:commentId", a.uuidParam("commentId"), a.require(killrvideo.RoleViewer), a.noContent(a.deleteComment))
	g.GET("/users/:userId/comments", a.uuidParam("userId"), a.read(a.commentsByUser))
}

// commentView has the contract's names in lower case and the others' in camel
// case.
type commentView struct {
	CommentID      uuid.UUID `json:"commentid"`
	CommentIDCamel uuid.UUID `json:"commentId"`
	VideoID        uuid.UUID `json:"videoid"`
	VideoIDCamel   uuid.UUID `json:"videoId"`
	UserID         uuid.UUID `json:"userid"`
	UserIDCamel    uuid.UUID `json:"userId"`
	Comment        string    `json:"comment"`
	Text           string    `json:"text"`
	Sentiment      *float64  `json:"sentiment_score"`
	FirstName      string    `json:"firstName"`
	LastName       string    `json:"lastName"`
	CreatedAt      time.Time `json:"created_at"`
	CreatedAtCamel time.Time `json:"createdAt"`
}

func viewComment(c *killrvideo.Comment) commentView {
	return commentView{
		CommentID: c.ID, CommentIDCamel: c.ID, VideoID: c.VideoID, VideoIDCamel: c.VideoID,
		UserID: c.UserID, UserIDCamel: c.UserID, Comment: c.Text, Text: c.Text, Sentiment: c.Sentiment,
		FirstName: c.FirstName, LastName: c.LastName, CreatedAt: c.CreatedAt, CreatedAtCamel: c.CreatedAt,
	}
}

func (a *API) comment(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	text := f.text("text", "comment")
	if err := f.err(); err != nil {
		return nil, err
	}
	comment, err := a.Comments.Add(c.Request.Context(), byToken(c), pathID(c, "videoId"), text)
	return viewComment(&comment), err
}

func (a *API) comments(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	listing, err := a.Comments.OfVideo(c.Request.Context(), a.viewer(c), pathID(c, "videoId"), page)
	return paginate(page, listing, viewComment), err
}

func (a *API) commentsByUser(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	listing, err := a.Comments.ByUser(c.Request.Context(), a.viewer(c), pathID(c, "userId"), page)
	return paginate(page, listing, viewComment), err
}

func (a *API) deleteComment(c *gin.Context) error {
	return a.Comments.Delete(c.Request.Context(), caller(c), pathID(c, "videoId"), pathID(c, "commentId"))
}
