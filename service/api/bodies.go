package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
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
	// maxClientBodies is the share of one client, which could use all of it
	// otherwise.
	maxClientBodies = maxBodies / 8
	// smallBody is enough for nearly every request. A quarter of each bound is
	// reserved for bodies up to it, so that large ones never use all of it.
	smallBody = 4 << 10
)

const (
	bodyKey = "killrvideo.body"
	msgBusy = "Too many request bodies are being read. Please try again."
)

// bodies counts the bytes that request bodies hold, of all clients and of each.
type bodies struct {
	mu   sync.Mutex
	held int64
	of   map[string]int64
}

// take reserves n bytes for a body of the client that then has size bytes.
func (b *bodies) take(client string, n, size int64) bool {
	most, mostOf := int64(maxBodies), int64(maxClientBodies)
	if size > smallBody {
		most, mostOf = most/4*3, mostOf/4*3
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held+n > most || b.of[client]+n > mostOf {
		return false
	}
	b.add(client, n)
	return true
}

func (b *bodies) release(client string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(client, -n)
}

func (b *bodies) add(client string, n int64) {
	if b.of == nil {
		b.of = map[string]int64{}
	}
	b.held += n
	if b.of[client] += n; b.of[client] == 0 {
		delete(b.of, client)
	}
}

var errBusy = killrvideo.Busy(nil, msgBusy, time.Second)

// read reads a client's body to its end, and returns how many bytes to release when
// it is no longer needed. It reserves as the body grows, whatever Content-Length
// says.
func (b *bodies) read(client string, from io.Reader) (raw []byte, reserved int64, err error) {
	for {
		if len(raw) == cap(raw) {
			size := max(1<<10, 4*cap(raw))
			if size >= maxBody {
				size = maxBody + 1 // one more, to see the end
			}
			more := int64(size - cap(raw))
			if !b.take(client, more, int64(size)) {
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
// answers 422 to a malformed one, with or without a valid token.
func (a *API) readJSON(c *gin.Context) {
	if encoding := c.GetHeader("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		c.Header("Accept-Encoding", "identity")
		a.refuseBody(c, killrvideo.Errorf(codeEncoded, msgEncoded))
		return
	}
	client := clientOf(c)
	raw, reserved, err := a.bodies.read(client, c.Request.Body)
	defer a.bodies.release(client, reserved)
	var tooLarge *http.MaxBytesError
	switch kind := c.GetHeader("Content-Type"); {
	case errors.As(err, &tooLarge), errors.Is(err, errBusy):
		a.refuseBody(c, err)
	case err != nil: // too slow, or incomplete
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
