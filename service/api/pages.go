package api

import (
	"fmt"
	"math"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// The sizes of a page, in items.
const (
	defaultPageSize = 10
	maxPageSize     = 100
)

// pageQuery reads page, pageSize and cursor.
func pageQuery(c *gin.Context) (killrvideo.Page, error) {
	var problems []killrvideo.FieldError
	page := killrvideo.Page{
		Number: intQuery(c, "page", 1, 1, math.MaxInt, &problems),
		Size:   intQuery(c, "pageSize", defaultPageSize, 1, maxPageSize, &problems),
	}
	page.After = c.Query("cursor")
	return page, killrvideo.Invalid(problems...)
}

// intQuery reads a number from the query; otherwise is the value if it is absent.
func intQuery(c *gin.Context, name string, otherwise, least, most int, problems *[]killrvideo.FieldError) int {
	text, given := c.GetQuery(name)
	if !given {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	message := ""
	switch {
	case err != nil:
		message = "must be a whole number"
	case n < least:
		message = fmt.Sprintf("must be at least %d", least)
	case n > most:
		message = fmt.Sprintf("must be at most %d", most)
	default:
		return n
	}
	*problems = append(*problems, killrvideo.FieldError{In: "query", Field: name, Message: message})
	return otherwise
}

// paginated is the answer of every list with pages.
type paginated[T any] struct {
	Data       []T        `json:"data"`
	Pagination pagination `json:"pagination"`
}

type pagination struct {
	CurrentPage int `json:"currentPage"`
	PageSize    int `json:"pageSize"`
	TotalItems  int `json:"totalItems"`
	TotalPages  int `json:"totalPages"`
	// NextCursor requests the next page without reading those before it; null at the end.
	NextCursor *string `json:"nextCursor"`
}

// paginate shows every item of a listing by view.
func paginate[T, V any](page killrvideo.Page, listing killrvideo.Listing[T], view func(*T) V) paginated[V] {
	data := make([]V, 0, len(listing.Items))
	for i := range listing.Items {
		data = append(data, view(&listing.Items[i]))
	}
	return paginated[V]{Data: data, Pagination: pagination{
		CurrentPage: page.Number, PageSize: page.Size, TotalItems: listing.Total, TotalPages: listing.Pages(page.Size),
		NextCursor: textOrNull(&listing.Next),
	}}
}
