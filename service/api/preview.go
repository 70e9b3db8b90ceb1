package api

import "github.com/gin-gonic/gin"

// previewView is what a video would be called.
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
