package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// cheap keeps these tests fast; what they show does not depend on the cost.
var cheap = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func hasher(t testing.TB, params argon2id.Params, concurrency int) *auth.Hasher {
	t.Helper()
	return auth.NewHasher(params, concurrency)
}

func TestHashVerifiesAndDiffersEachTime(t *testing.T) {
	t.Parallel()
	h, ctx := hasher(t, auth.DefaultParams, 0), t.Context()
	long := strings.Repeat("é", 100)
	first, err := h.Hash(ctx, long)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.Hash(ctx, long)
	if err != nil || first == second {
		t.Errorf("two hashes %q %q, %v", first, second, err)
	}
	if !strings.HasPrefix(first, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("parameters of %q", first)
	}
	if match, outdated, err := h.Verify(ctx, long, first); !match || outdated || err != nil {
		t.Errorf("%v %v %v", match, outdated, err)
	}
	if match, _, _ := h.Verify(ctx, long[:72], first); match {
		t.Error("the first 72 bytes are enough")
	}
}

func TestVerifyAsksForARehashWhenParametersChange(t *testing.T) {
	t.Parallel()
	old, err := hasher(t, cheap, 1).Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	stronger := cheap
	stronger.Iterations++
	h := hasher(t, stronger, 1)
	if match, outdated, err := h.Verify(t.Context(), "correct horse", old); !match || !outdated || err != nil {
		t.Errorf("%v %v %v", match, outdated, err)
	}
	if _, outdated, _ := h.Verify(t.Context(), "wrong horse", old); outdated {
		t.Error("a wrong password asks for a new hash")
	}
}

func TestVerifyRefusesUnusableHashes(t *testing.T) {
	t.Parallel()
	salt := "$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b+dWRWJTmaaJObG"
	for _, hash := range []string{
		"", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", "$2b$12$abc",
		"$argon2id$v=19$m=64,t=0,p=1" + salt, "$argon2id$v=19$m=64,t=1,p=0" + salt,
		"$argon2id$v=19$m=4000000000,t=1,p=1" + salt, "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
	} {
		match, outdated, err := hasher(t, cheap, 1).Verify(t.Context(), "password", hash)
		if match || outdated || err != nil {
			t.Errorf("%q: %v %v %v", hash, match, outdated, err)
		}
	}
}

// An unknown e-mail must cost what a wrong password costs. Measured coarsely: a
// comparison that is skipped is hundreds of times faster. On a busy machine it
// takes some rounds until the fastest of each says so.
func TestVerifyWithoutAHashTakesAsLongAsWithOne(t *testing.T) {
	h := hasher(t, auth.DefaultParams, 1)
	hash, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	wrong, unknown := time.Hour, time.Hour
	for round := 0; round < 5 || round < 100 && unknown < wrong/4; round++ {
		wrong, unknown = min(wrong, timed(t, h, hash)), min(unknown, timed(t, h, ""))
	}
	if unknown < wrong/4 {
		t.Errorf("unknown %v, wrong %v", unknown, wrong)
	}
}

func timed(t *testing.T, h *auth.Hasher, hash string) time.Duration {
	t.Helper()
	start := time.Now()
	if match, _, err := h.Verify(t.Context(), "wrong horse", hash); match || err != nil {
		t.Fatal(match, err)
	}
	return time.Since(start)
}

func TestWaitingToHashEndsWithTheContext(t *testing.T) {
	t.Parallel()
	h := hasher(t, cheap, 1)
	release, err := h.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "comes too late"); killrvideo.ErrorCode(err) != killrvideo.EBUSY || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release()
	if _, err := h.Hash(t.Context(), "in time"); err != nil {
		t.Error(err)
	}
}

// A queue that is full says so, when to come back, and at once.
func TestAFullQueueIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := hasher(t, cheap, 1)
		release, err := h.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var waiting sync.WaitGroup
		for range 64 {
			waiting.Go(func() {
				if _, err := h.Hash(t.Context(), "waits"); killrvideo.ErrorCode(err) != killrvideo.EBUSY {
					t.Errorf("waited for ever: %v", err)
				}
			})
		}
		synctest.Wait() // all are in the queue
		start := time.Now()
		_, _, err = h.Verify(t.Context(), "one too many", "")
		if killrvideo.ErrorCode(err) != killrvideo.EBUSY || killrvideo.ErrorRetryAfter(err) <= 0 {
			t.Errorf("got %v, retry after %v", err, killrvideo.ErrorRetryAfter(err))
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("refused after %v", waited)
		}
		waiting.Wait()
		if waited := time.Since(start); waited > 20*time.Second {
			t.Errorf("waited %v", waited)
		}
		release()
		if _, err := h.Hash(t.Context(), "there is capacity again"); err != nil {
			t.Error(err)
		}
	})
}
