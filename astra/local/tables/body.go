package tables

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
)

// MaxBody is the longest request body in bytes.
const MaxBody = 20 << 20

const (
	// largeBody is the length in bytes from which on bodies wait for each other.
	largeBody = 1 << 20
	// largeBodies is how many of them are in memory at a time.
	largeBodies = 4
	// bodyTimeout is the default of Handler.BodyTimeout.
	bodyTimeout = 30 * time.Second
)

// errTooLarge is answered with status 413 and no body, as Astra does.
var errTooLarge = errors.New("the body is too large")

// large bodies, and those of an unknown length, wait until fewer than largeBodies are
// in memory.
func large(r *http.Request) bool { return r.ContentLength < 0 || r.ContentLength > largeBody }

// readBody reads a whole body. A large one that does not arrive in time is given up.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if large(r) {
		connection := http.NewResponseController(w)
		_ = connection.SetReadDeadline(time.Now().Add(cmp.Or(h.BodyTimeout, bodyTimeout)))
		defer func() { _ = connection.SetReadDeadline(time.Time{}) }()
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		w.Header().Set("Connection", "close")
		return nil, fault.New("REQUEST_NOT_JSON", "The body could not be read.")
	}
	return raw, nil
}

// semaphore admits largeBodies holders; its zero value is ready.
type semaphore struct {
	once  sync.Once
	slots chan struct{}
}

func (s *semaphore) acquire(ctx context.Context) (release func(), err error) {
	s.once.Do(func() { s.slots = make(chan struct{}, largeBodies) })
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
