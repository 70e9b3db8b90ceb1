package youtube

import (
	"context"
	"net/http"
	"net/url"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

type videoList struct {
	Items []struct {
		Snippet snippet `json:"snippet"`
	} `json:"items"`
}

type snippet struct {
	Title       string               `json:"title"`
	Description string               `json:"description"`
	Tags        []string             `json:"tags"`
	Thumbnails  map[string]thumbnail `json:"thumbnails"`
}

type thumbnail struct {
	URL string `json:"url"`
}

// askDataAPI asks the YouTube Data API v3, which answers an unknown id with an
// empty list.
func (c *Client) askDataAPI(ctx context.Context, videoID string) (killrvideo.Metadata, error) {
	var list videoList
	query := url.Values{"part": {"snippet"}, "id": {videoID}}
	key := http.Header{"X-Goog-Api-Key": {c.config.APIKey}}
	if err := c.get(ctx, c.config.DataAPIURL+"/videos", query, key, &list); err != nil {
		return killrvideo.Metadata{}, err
	}
	if len(list.Items) == 0 {
		return killrvideo.Metadata{}, errNoVideo
	}
	s := list.Items[0].Snippet
	return killrvideo.Metadata{
		Title: s.Title, Description: s.Description, Tags: s.Tags, ThumbnailURL: s.thumbnail(),
	}, nil
}

// thumbnail is the largest one that does not exceed what a list shows.
func (s snippet) thumbnail() string {
	for _, size := range []string{"high", "medium", "default"} {
		if u := webURL(s.Thumbnails[size].URL); u != "" {
			return u
		}
	}
	return ""
}
