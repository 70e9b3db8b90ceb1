package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const (
	// maxBody is how many bytes of a body are read, whether a token is needed
	// and verified or not. The largest valid request, a description and tags
	// whose every character is escaped, has less.
	maxBody = 64 << 10
	// maxBodies is how many bytes the bodies of all requests under way may hold
	// together: it bounds what clients that stall in the middle of a body cost.
	maxBodies = 4 << 20
	// smallBody is what nearly every request needs. A quarter of maxBodies is
	// kept for bodies up to it, so that large ones never shut out all others.
	smallBody = 4 << 10
)

const (
	bodyKey = "killrvideo.body"
	msgBusy = "Too many request bodies are being read. Please try again."
)

// bodies counts the bytes that request bodies hold.
type bodies struct{ held atomic.Int64 }

// take reserves n bytes for a body that then has size bytes.
func (b *bodies) take(n, size int64) bool {
	most := int64(maxBodies)
	if size > smallBody {
		most = maxBodies / 4 * 3
	}
	if b.held.Add(n) > most {
		b.held.Add(-n)
		return false
	}
	return true
}

func (b *bodies) release(n int64) { b.held.Add(-n) }

var errBusy = killrvideo.Busy(nil, msgBusy, time.Second)

// read reads a body to its end and gives how many bytes to release when it is
// no longer needed. It reserves as the body grows: a client that announces much
// and sends little holds little.
func (b *bodies) read(from io.Reader) (raw []byte, reserved int64, err error) {
	for {
		if len(raw) == cap(raw) {
			size := max(1<<10, 4*cap(raw))
			if size >= maxBody {
				size = maxBody + 1 // room to see the end
			}
			more := int64(size - cap(raw))
			if !b.take(more, int64(size)) {
				return nil, reserved, errBusy
			}
			reserved += more
			raw = append(make([]byte, 0, size), raw...)
		}
		n, err := from.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if errors.Is(err, io.EOF) {
			return raw, reserved, nil
		}
		if err != nil {
			return nil, reserved, err
		}
	}
}

// readJSON reads the body before anything else is looked at: the contract
// answers 422 to a malformed one, whoever sends it.
func (a *API) readJSON(c *gin.Context) {
	if encoding := c.GetHeader("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		c.Header("Accept-Encoding", "identity")
		a.refuseBody(c, killrvideo.Errorf(codeEncoded, msgEncoded))
		return
	}
	raw, reserved, err := a.bodies.read(c.Request.Body)
	defer a.bodies.release(reserved)
	var tooLarge *http.MaxBytesError
	switch kind := c.GetHeader("Content-Type"); {
	case errors.As(err, &tooLarge), errors.Is(err, errBusy):
		a.refuseBody(c, err)
	case err != nil: // it came too slowly, or not to its end
		a.fail(c, killrvideo.Wrap(err, codeIncomplete, msgIncomplete))
	case len(bytes.TrimSpace(raw)) == 0:
		c.Set(bodyKey, []byte(nil))
	case !isJSON(kind):
		a.fail(c, killrvideo.Invalid(killrvideo.FieldError{In: "header", Field: "Content-Type", Message: "must be application/json"}))
	case !utf8.Valid(raw):
		a.fail(c, bodyError("is not valid UTF-8"))
	case !json.Valid(raw):
		a.fail(c, bodyError("is not valid JSON"))
	default:
		c.Set(bodyKey, raw)
	}
	c.Next() // within the reservation
}

// refuseBody answers without reading the rest of the body, and so ends the
// connection.
func (a *API) refuseBody(c *gin.Context, err error) {
	c.Header("Connection", "close")
	a.fail(c, err)
}
