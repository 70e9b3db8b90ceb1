package api

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// maxURL is the longest address that a submission may have.
const maxURL = 2083

// videoRoutes adds the routes below /videos.
func (a *API) videoRoutes(g *gin.RouterGroup) {
	videos := g.Group("/videos")
	videos.POST("", a.readJSON, a.require(killrvideo.RoleCreator), a.answer(http.StatusAccepted, a.submit))
	videos.POST("/preview", a.readJSON, a.answer(http.StatusOK, a.preview))
	videos.GET("/latest", a.read(a.latest))
	videos.GET("/trending", a.read(a.trending))
	videos.GET("/by-tag/:tag", a.read(a.byTag))
	videos.GET("/by-uploader/:uploaderId", a.read(a.byUploader))
	one := videos.Group("/id/:videoId", a.uuidParam("videoId"))
	one.GET("", a.read(a.video))
	one.PUT("", a.readJSON, a.require(killrvideo.RoleViewer), a.answer(http.StatusOK, a.update))
	one.DELETE("", a.require(killrvideo.RoleViewer), a.noContent(a.deleteVideo))
	one.POST("/view", a.noContent(a.view))
	one.POST("/watch-time", a.readJSON, a.requireToken(killrvideo.RoleViewer), a.noContent(a.watchTime))
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
	return viewVideo(&video), err
}

func checkURL(f *form, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		f.problem("youtubeUrl", "must be an absolute http or https URL")
	case utf8.RuneCountInString(text) > maxURL:
		f.problem("youtubeUrl", "must have at most 2083 characters")
	}
}

func (a *API) video(c *gin.Context) (any, error) {
	video, err := a.Catalogue.Detail(c.Request.Context(), a.viewer(c), pathID(c, "videoId"))
	return viewVideo(&video), err
}

func (a *API) update(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	var change killrvideo.VideoChange
	change.Title, _ = f.nullableText("title", "name") // by the contract null counts as absent
	change.Description, change.ClearDescription = f.nullableText("description")
	if tags, null := f.texts("tags"); tags != nil || null {
		change.Tags = &tags
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	video, err := a.Catalogue.Update(c.Request.Context(), caller(c), pathID(c, "videoId"), change)
	return viewVideo(&video), err
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

// byTag ignores upper and lower case.
func (a *API) byTag(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	tag := c.Param("tag")
	if !isText(tag) {
		return nil, killrvideo.Invalid(killrvideo.FieldError{In: "path", Field: "tag", Message: msgNoText})
	}
	listing, err := a.Catalogue.ByTag(c.Request.Context(), tag, page)
	return paginate(page, listing, viewSummary), err
}

func (a *API) deleteVideo(c *gin.Context) error {
	return a.Catalogue.Delete(c.Request.Context(), caller(c), pathID(c, "videoId"))
}

// byUploader checks its parameter itself: the contract answers 422 here.
func (a *API) byUploader(c *gin.Context) (any, error) {
	id, ok := parseUUID(c.Param("uploaderId"))
	if !ok {
		return nil, killrvideo.Invalid(killrvideo.FieldError{In: "path", Field: "uploaderId", Message: "must be a UUID"})
	}
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	listing, err := a.Catalogue.ByUploader(c.Request.Context(), a.viewer(c), id, page)
	return paginate(page, listing, viewSummary), err
}

// previewView is the title that a video would get.
type previewView struct {
	Title string `json:"title"`
}

func (a *API) preview(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	address := f.text("youtubeUrl")
	checkURL(f, address)
	if err := f.err(); err != nil {
		return nil, err
	}
	title, err := a.Catalogue.Preview(c.Request.Context(), address)
	return previewView{title}, err
}
