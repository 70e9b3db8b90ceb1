package enginetest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// servingPath is the latched question of a balancer.
const servingPath = "/health/serving"

// balancer passes each request to the next of the instances that are healthy. It
// repeats none.
type balancer struct {
	server *httptest.Server

	mu       sync.Mutex
	backends []*backend
	next     int
}

type backend struct {
	url   string
	proxy *httputil.ReverseProxy
	// failed are the questions in a row that it did not answer well.
	failed int
}

// unhealthyAfter is how many failed questions take an instance out.
const unhealthyAfter = 2

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{}
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chosen := b.choose()
		if chosen == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		chosen.proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	t.Cleanup(repeat(250*time.Millisecond, b.check))
	return b
}

func (b *balancer) add(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	target, _ := url.Parse(address)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
	b.backends = append(b.backends, &backend{url: address, proxy: proxy})
}

func (b *balancer) remove(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.backends = slices.DeleteFunc(b.backends, func(one *backend) bool { return one.url == address })
}

// choose is the next healthy instance, nil if there is none.
func (b *balancer) choose() *backend {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.backends {
		b.next++
		if one := b.backends[b.next%len(b.backends)]; one.failed < unhealthyAfter {
			return one
		}
	}
	return nil
}

// check asks every instance whether it serves.
func (b *balancer) check() {
	b.mu.Lock()
	all := slices.Clone(b.backends)
	b.mu.Unlock()
	for _, one := range all {
		ok := answersOK(one.url + servingPath)
		b.mu.Lock()
		if ok {
			one.failed = 0
		} else {
			one.failed++
		}
		b.mu.Unlock()
	}
}
