package api

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// searchRoutes adds search, suggestions and recommendations.
func (a *API) searchRoutes(g *gin.RouterGroup) {
	g.GET("/search/videos", a.read(a.searchVideos))
	g.GET("/search/tags/suggest", a.read(a.suggestTags))
	g.GET("/videos/id/:videoId/related", a.uuidParam("videoId"), a.read(a.related))
	g.GET("/recommendations/foryou", a.requireToken(killrvideo.RoleViewer), a.answer(http.StatusOK, a.forYou))
	g.POST("/reco/ingest", a.readJSON, a.require(killrvideo.RoleCreator), a.answer(http.StatusAccepted, a.ingest))
}

// maxQuery bounds a search, in characters. Longer texts are truncated before they
// are embedded.
const maxQuery = 1500

// textQuery reads a required text from the query.
func textQuery(c *gin.Context, name string, problems *[]killrvideo.FieldError) string {
	text := c.Query(name)
	switch {
	case strings.TrimSpace(text) == "":
		*problems = append(*problems, killrvideo.FieldError{In: "query", Field: name, Message: "must not be blank"})
	case utf8.RuneCountInString(text) > maxQuery:
		*problems = append(*problems, killrvideo.FieldError{In: "query", Field: name, Message: "must have at most 1500 characters"})
	}
	return text
}

func (a *API) searchVideos(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	problems := killrvideo.ErrorFields(err)
	text, mode := textQuery(c, "query", &problems), c.DefaultQuery("mode", "keyword")
	if mode != "keyword" && mode != "semantic" {
		problems = append(problems, killrvideo.FieldError{In: "query", Field: "mode", Message: "must be semantic or keyword"})
	}
	if err := killrvideo.Invalid(problems...); err != nil {
		return nil, err
	}
	search := a.Search.ByWords
	if mode == "semantic" {
		search = a.Search.ByMeaning
	}
	listing, err := search(c.Request.Context(), text, page)
	return paginate(page, listing, viewSummary), err
}

type tagView struct {
	Tag string `json:"tag"`
}

const maxSuggestions = 25

func (a *API) suggestTags(c *gin.Context) (any, error) {
	var problems []killrvideo.FieldError
	text := textQuery(c, "query", &problems)
	limit := intQuery(c, "limit", 10, 1, maxSuggestions, &problems)
	if err := killrvideo.Invalid(problems...); err != nil {
		return nil, err
	}
	tags, err := a.Search.Suggest(c.Request.Context(), text, limit)
	return viewAll(tags, func(tag *string) tagView { return tagView{*tag} }), err
}

// relatedView has what the front end shows of a video on top of the contract.
type relatedView struct {
	Key           uuid.UUID `json:"key"`
	VideoID       uuid.UUID `json:"videoId"`
	UserID        uuid.UUID `json:"userId"`
	Title         string    `json:"title"`
	ThumbnailURL  *string   `json:"thumbnailUrl"`
	Score         float64   `json:"score"`
	Views         int64     `json:"views"`
	AverageRating *float64  `json:"averageRating"`
	SubmittedAt   time.Time `json:"submittedAt"`
	UploadDate    time.Time `json:"uploadDate"`
}

func viewRelated(h *killrvideo.Hit) relatedView {
	return relatedView{
		Key: h.ID, VideoID: h.ID, UserID: h.UserID, Title: h.Title, ThumbnailURL: textOrNull(&h.ThumbnailURL),
		Score: math.Max(0, math.Min(1, h.Similarity)), Views: h.Views, AverageRating: h.AverageRating(),
		SubmittedAt: h.SubmittedAt, UploadDate: h.SubmittedAt,
	}
}

func (a *API) related(c *gin.Context) (any, error) {
	var problems []killrvideo.FieldError
	limit := intQuery(c, "limit", 5, 1, 20, &problems)
	if err := killrvideo.Invalid(problems...); err != nil {
		return nil, err
	}
	hits, err := a.Search.Related(c.Request.Context(), pathID(c, "videoId"), limit)
	return viewAll(hits, viewRelated), err
}

func (a *API) forYou(c *gin.Context) (any, error) {
	page, err := pageQuery(c)
	if err != nil {
		return nil, err
	}
	listing, err := a.Search.ForYou(c.Request.Context(), byToken(c), page)
	return paginate(page, listing, viewSummary), err
}

type ingestedView struct {
	VideoID uuid.UUID `json:"videoId"`
	Status  string    `json:"status"`
	Message string    `json:"message"`
}

func (a *API) ingest(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	id, vector := f.id("videoId"), f.vector("vector")
	if err := f.err(); err != nil {
		return nil, err
	}
	err = a.Search.Ingest(c.Request.Context(), caller(c), id, vector)
	return ingestedView{id, "stored", "The vector is stored; searches use it from now on."}, err
}

// dimension is how many numbers a vector has.
const dimension = 1024

// vector reads a list of numbers that has a direction.
func (f *form) vector(name string) []float32 {
	raw, found, _ := f.raw([]string{name})
	var numbers []*float64
	if !found {
		f.problem(name, "is required")
		return nil
	}
	if err := json.Unmarshal(raw, &numbers); err != nil || len(numbers) != dimension || slices.Contains(numbers, nil) {
		f.problem(name, "must be a list of 1024 numbers")
		return nil
	}
	vector, length := make([]float32, len(numbers)), 0.0
	for i, n := range numbers {
		vector[i] = float32(*n)
		length += *n * *n
	}
	if length == 0 || math.IsInf(length, 0) || float32(length) == 0 || math.IsInf(float64(float32(math.Sqrt(length))), 0) {
		f.problem(name, "must have a direction: not all zero, and not too great")
		return nil
	}
	return vector
}
