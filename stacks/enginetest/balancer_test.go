package enginetest

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// TestBalancer goes round robin, and leaves out an instance that does not serve.
func TestBalancer(t *testing.T) {
	t.Parallel()
	b := newBalancer(t)
	status := func() int {
		response, err := http.Get(b.server.URL + "/any")
		must(t, err)
		must(t, response.Body.Close())
		return response.StatusCode
	}
	if got := status(); got != http.StatusServiceUnavailable {
		t.Errorf("without an instance it answers %d", got)
	}
	var got [replicas]atomic.Int32
	var drains atomic.Bool
	for i := range replicas {
		one := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != servingPath {
				got[i].Add(1)
			} else if i == 0 && drains.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
		t.Cleanup(one.Close)
		b.add(one.URL)
	}
	for range 10 {
		status()
	}
	if got[0].Load() != 5 || got[1].Load() != 5 {
		t.Errorf("of ten requests the instances got %d and %d", got[0].Load(), got[1].Load())
	}
	drains.Store(true)
	deadline := time.Now().Add(time.Minute)
	for {
		before := got[0].Load()
		status()
		status()
		if got[0].Load() == before {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("an instance that does not serve gets requests")
		}
	}
}
