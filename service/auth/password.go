package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"runtime"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/argon2"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// DefaultParams are OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
var DefaultParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Hasher implements killrvideo.Passwords with argon2id. It works on as many
// passwords at once as it was made for; some others wait, so that a burst of
// logins costs time and not memory, and the rest are refused.
type Hasher struct {
	params argon2id.Params
	// working and admitted bound who hashes, and who hashes or waits.
	working, admitted chan struct{}
	// standIn is a hash that no password has, to compare with where there is
	// none. It is not computed: no start pays for it.
	standIn string
}

// The bounds of the queue: so many wait for each that is worked on, and none
// longer than that.
const (
	queuedPerWorker = 64
	longestWait     = 10 * time.Second
)

var _ killrvideo.Passwords = (*Hasher)(nil)

// NewHasher makes a Hasher that works on at most concurrency passwords at
// once, and on one per core if that is zero. Memory in use is concurrency
// times params.Memory KiB.
func NewHasher(params argon2id.Params, concurrency int) *Hasher {
	if concurrency <= 0 {
		concurrency = runtime.GOMAXPROCS(0)
	}
	return &Hasher{
		params: params, standIn: standIn(params),
		working: make(chan struct{}, concurrency), admitted: make(chan struct{}, concurrency*(1+queuedPerWorker)),
	}
}

// standIn encodes a random salt and key as a hash with these parameters.
func standIn(p argon2id.Params) string {
	salt, key := make([]byte, p.SaltLength), make([]byte, p.KeyLength)
	_, _ = rand.Read(salt) // never fails
	_, _ = rand.Read(key)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.Memory, p.Iterations, p.Parallelism,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// Hash gives the encoded hash of password under a new random salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// Verify compares with a stand-in when hash is empty, of another kind or
// damaged, so that this takes no less time than a real comparison.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (match, outdated bool, err error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	known := h.affordable(hash)
	if !known {
		hash = h.standIn
	}
	match, used, err := argon2id.CheckHash(password, hash)
	if err != nil || !known || !match {
		return false, false, nil
	}
	return true, *used != h.params, nil
}

// affordable reports whether a stored hash can be recomputed: it is readable,
// and what it asks for would neither panic nor exhaust memory.
func (h *Hasher) affordable(hash string) bool {
	const most = 256 * 1024 // KiB
	p, _, key, err := argon2id.DecodeHash(hash)
	return err == nil && len(key) > 0 && p.Iterations >= 1 && p.Iterations <= 16 &&
		p.Parallelism >= 1 && p.Memory <= most
}

// What is answered when the queue is full, or too slow.
const (
	msgBusy   = "Too many passwords are being checked at once. Please try again in a few seconds."
	busyRetry = 5 * time.Second
)

// acquire waits until there is capacity to hash. Errors: EBUSY, at once when
// the queue is full.
func (h *Hasher) acquire(ctx context.Context) (release func(), err error) {
	select {
	case h.admitted <- struct{}{}:
	default:
		return nil, killrvideo.Busy(nil, msgBusy, busyRetry)
	}
	waiting, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	select {
	case h.working <- struct{}{}:
		return func() { <-h.working; <-h.admitted }, nil
	case <-waiting.Done():
		<-h.admitted
		return nil, killrvideo.Busy(waiting.Err(), msgBusy, busyRetry)
	}
}
