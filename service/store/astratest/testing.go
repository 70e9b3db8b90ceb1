package astratest

import (
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
)

// ServiceKeyspace is the keyspace that [New] creates.
const ServiceKeyspace = "killrvideo"

// New starts an embedded Astra with the service's keyspace for one test, and
// stops it afterwards.
func New(t testing.TB) *Astra {
	t.Helper()
	embedded, err := Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := embedded.CreateKeyspace(t.Context(), ServiceKeyspace); err != nil {
		t.Fatal(err)
	}
	return embedded
}

// MustMint is [Astra.Mint] in the service's keyspace. It ends the test on an
// error.
func (a *Astra) MustMint(t testing.TB, name string, actions []string) astra.Token {
	t.Helper()
	token, err := a.Mint(t.Context(), name, ServiceKeyspace, actions)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// SigningKey generates a JWT signing key of 256 bits, in hexadecimal digits.
func SigningKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return hex.EncodeToString(key)
}

// EventuallyLimit bounds [Eventually]. It is generous, for a busy machine.
const EventuallyLimit = 5 * time.Minute

// Eventually calls done until it returns true, and ends the test with the last
// state if it does not within [EventuallyLimit].
func Eventually(t testing.TB, done func() (ok bool, state any)) {
	t.Helper()
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for limit := time.Now().Add(EventuallyLimit); ; <-pace.C {
		ok, state := done()
		if ok {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("not reached within %v; last: %v", EventuallyLimit, state)
		}
	}
}
