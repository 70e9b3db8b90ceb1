package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	json "github.com/go-json-experiment/json/v1" // writes what encoding/json does, in two thirds of the time
)

// Answers that anyone may read may be stored, and are revalidated before each
// use: a change is seen by the next request. Answers to a token stay with their
// client.
const (
	cachePublic  = "no-cache"
	cachePrivate = "private, no-cache"
)

// readable is an encoded answer.
type readable struct {
	body []byte
	etag string
}

// read makes a handler of an operation that anyone may call and that changes
// nothing. Identical requests without a token share one read, see flights. The
// answer has an ETag, and is 304 to a client that has it already.
func (a *API) read(of func(*gin.Context) (any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		answer, err := a.shared(c, of)
		if err != nil {
			a.fail(c, err)
			return
		}
		header := c.Writer.Header()
		header.Set("Cache-Control", cachePublic)
		if c.GetHeader("Authorization") != "" {
			header.Set("Cache-Control", cachePrivate)
		}
		header.Add("Vary", "Authorization")
		header.Set("ETag", answer.etag)
		if matches(c.Request.Header.Values("If-None-Match"), answer.etag) {
			c.Status(http.StatusNotModified)
			return
		}
		header.Set("Content-Length", strconv.Itoa(len(answer.body))) // else long ones are sent in chunks
		c.Data(http.StatusOK, "application/json; charset=utf-8", answer.body)
	}
}

// shared encodes the answer of an operation. A request with a token, or one that
// asks for an answer of its own by Cache-Control: no-cache, shares none.
func (a *API) shared(c *gin.Context, of func(*gin.Context) (any, error)) (readable, error) {
	own := func() (readable, error) { return encode(of(c)) }
	if c.GetHeader("Authorization") != "" || strings.Contains(c.GetHeader("Cache-Control"), "no-cache") {
		return own()
	}
	answer, shared, err := a.flights.do(c.Request.Context(), c.Request.URL.RequestURI(), a.RequestTimeout, own,
		func(ctx context.Context) func() (readable, error) {
			copied := c.Copy() // the original is reused once the request has ended
			copied.Request = c.Request.WithContext(ctx)
			return func() (readable, error) { return encode(of(copied)) }
		})
	if shared {
		a.Metrics.shared.Inc()
	}
	return answer, err
}

func encode(value any, err error) (readable, error) {
	if err != nil {
		return readable{}, err
	}
	body, err := json.Marshal(value)
	if err != nil {
		return readable{}, err
	}
	hash := sha256.Sum256(body)
	return readable{body: body, etag: `"` + base64.RawURLEncoding.EncodeToString(hash[:16]) + `"`}, nil
}

// matches compares weakly, as RFC 9110 has it for If-None-Match: a proxy that
// compresses an answer weakens its tag.
func matches(ifNoneMatch []string, etag string) bool {
	for _, line := range ifNoneMatch {
		for tag := range strings.SplitSeq(line, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}
