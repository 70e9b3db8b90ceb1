package youtube

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// Metadata asks YouTube about a video. Errors: ENOTFOUND for a video that
// YouTube does not know or show, EUPSTREAM for anything that may pass.
func (c *Client) Metadata(ctx context.Context, videoID string) (killrvideo.Metadata, error) {
	if c.pause.on(c.config.Now()) {
		return killrvideo.Metadata{}, killrvideo.Errorf(killrvideo.EUPSTREAM, "YouTube cannot be reached")
	}
	limited, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	ask, method := c.askOEmbed, "oembed"
	if c.config.APIKey != "" {
		ask, method = c.askDataAPI, "v3_api"
	}
	start := c.config.Now()
	metadata, err := ask(limited, videoID)
	c.config.Observe(method, c.config.Now().Sub(start), err)
	if killrvideo.ErrorCode(err) == killrvideo.EUPSTREAM && ctx.Err() == nil { // not the caller's own doing
		c.pause.start(c.config.Now().Add(c.config.Rest))
	}
	return metadata, err
}

func (c *Client) askOEmbed(ctx context.Context, videoID string) (killrvideo.Metadata, error) {
	var answer struct {
		Title        string `json:"title"`
		ThumbnailURL string `json:"thumbnail_url"`
	}
	query := url.Values{"url": {"https://www.youtube.com/watch?v=" + videoID}, "format": {"json"}}
	if err := c.get(ctx, c.config.OEmbedURL, query, nil, &answer); err != nil {
		return killrvideo.Metadata{}, err
	}
	return killrvideo.Metadata{Title: answer.Title, ThumbnailURL: webURL(answer.ThumbnailURL)}, nil
}

// get asks and decodes the answer. The API key travels in a header, so that it
// is in no URL and thus in no error or log.
func (c *Client) get(ctx context.Context, base string, query url.Values, header http.Header, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"?"+query.Encode(), nil)
	if err != nil {
		return fmt.Errorf("ask YouTube at %s: %w", base, err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := c.config.HTTP.Do(req)
	if err != nil {
		return killrvideo.Wrap(err, killrvideo.EUPSTREAM, "YouTube cannot be reached")
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound:
		if header == nil { // oEmbed: no such video, or not shown to the public
			return errNoVideo
		}
		fallthrough
	default:
		return killrvideo.Errorf(killrvideo.EUPSTREAM, "YouTube answered %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(answer); err != nil {
		return killrvideo.Wrap(err, killrvideo.EUPSTREAM, "YouTube's answer is not understood")
	}
	return nil
}

var errNoVideo = killrvideo.Errorf(killrvideo.ENOTFOUND, "Unable to retrieve video metadata from YouTube")

// webURL keeps a URL only if a browser may be sent to it.
func webURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || len(text) > 2083 {
		return ""
	}
	return text
}
