package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// limited is an API that lets two log in a minute, and the hands of its clock.
func limited(proxies ...string) (handler http.Handler, now *time.Time) {
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return NewHandler(Dependencies{
		Now: func() time.Time { return clock }, Limits: Limits{Logins: 2}, TrustedProxies: proxies,
	}), &clock
}

func logIn(handler http.Handler, peer, forwarded string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, Prefix+"/users/login", strings.NewReader("{}"))
	r.RemoteAddr = peer
	for line := range strings.SplitSeq(forwarded, "\n") {
		if line != "" {
			r.Header.Add("X-Forwarded-For", line)
		}
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestRateLimitIsPerClient(t *testing.T) {
	t.Parallel()
	handler, now := limited()
	for i, want := range []int{422, 422, 429} {
		if w := logIn(handler, "192.0.2.1:1000", ""); w.Code != want {
			t.Fatalf("login %d: %d", i, w.Code)
		}
	}
	w := logIn(handler, "192.0.2.1:2000", "")
	if w.Code != 429 || w.Header().Get("Retry-After") != "30" || w.Header().Get("Content-Type") != problemType {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := logIn(handler, "192.0.2.2:1000", ""); w.Code != 422 {
		t.Errorf("another client: %d", w.Code)
	}
	*now = now.Add(30 * time.Second)
	for i, want := range []int{422, 429} {
		if w := logIn(handler, "192.0.2.1:1000", ""); w.Code != want {
			t.Errorf("after half a minute, login %d: %d", i, w.Code)
		}
	}
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/health", nil))
	if w.Code != 200 {
		t.Errorf("health: %d", w.Code)
	}
}

func TestOnlyTrustedProxiesSetTheClientAddress(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		peer    string
		forward func(int) string
		third   int
	}{
		"clients behind a proxy":             {"10.0.0.7:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, 422},
		"one client behind a proxy":          {"10.0.0.7:1", func(i int) string { return fmt.Sprintf("198.51.100.%d, 203.0.113.9", i) }, 429},
		"a chain of proxies":                 {"10.0.0.7:1", func(i int) string { return fmt.Sprintf("203.0.113.%d, 10.0.0.8", i) }, 422},
		"a client that makes it up":          {"192.0.2.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, 429},
		"one network of IPv6":                {"10.0.0.7:1", func(i int) string { return fmt.Sprintf("2001:db8::%d", i) }, 429},
		"networks of IPv6":                   {"10.0.0.7:1", func(i int) string { return fmt.Sprintf("2001:db8:0:%d::1", i) }, 422},
		"a header that is no address":        {"10.0.0.7:1", func(int) string { return "unknown" }, 429},
		"a proxy that says nothing":          {"10.0.0.7:1", func(int) string { return "" }, 429},
		"two lines, the last is the proxy's": {"10.0.0.7:1", func(i int) string { return fmt.Sprintf("198.51.100.%d\n203.0.113.9", i) }, 429},
		"an address that IPv6 carries":       {"[::ffff:10.0.0.7]:1", func(i int) string { return fmt.Sprintf("::ffff:203.0.113.%d", i) }, 422},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, _ := limited("10.0.0.0/8")
			var last int
			for i := range 3 {
				last = logIn(handler, test.peer, test.forward(i+1)).Code
			}
			if last != test.third {
				t.Errorf("the third login: %d", last)
			}
		})
	}
}

func TestLimitsAreBoundedInMemory(t *testing.T) {
	t.Parallel()
	b, now := newBuckets(1), time.Unix(0, 0)
	for i := range mostClients + 500 {
		if wait := b.take(fmt.Sprint(i), now); wait != 0 {
			t.Fatal(wait)
		}
	}
	if len(b.full) > mostClients {
		t.Errorf("%d clients are remembered", len(b.full))
	}
	b.take("after a minute", now.Add(2*time.Minute))
	if len(b.full) != 1 {
		t.Errorf("%d idle clients are remembered", len(b.full))
	}
}

func TestWithoutLimitsNothingIsThrottled(t *testing.T) {
	t.Parallel()
	handler := NewHandler(Dependencies{})
	for range 500 {
		if w := logIn(handler, "192.0.2.1:1000", ""); w.Code != 422 {
			t.Fatal(w.Code)
		}
	}
}

// TestSearchesByMeaningAreLimited: each asks the embedding service, which has a quota
// and a price. Others are not.
func TestSearchesByMeaningAreLimited(t *testing.T) {
	t.Parallel()
	for mode, last := range map[string]int{"semantic": 429, "keyword": 422} {
		handler := NewHandler(Dependencies{Limits: Limits{Views: 2}})
		for i, want := range []int{422, 422, last} {
			r := httptest.NewRequest(http.MethodGet, Prefix+"/search/videos?query=&mode="+mode, nil)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s, search %d: %d", mode, i, w.Code)
			}
		}
	}
}

// A route that is renamed must not lose its limit.
func TestEveryLimitIsOfARoute(t *testing.T) {
	t.Parallel()
	a := &API{Dependencies: Dependencies{Limits: Limits{1, 1, 1, 1}}.withDefaults()}
	var routes []string
	for _, r := range NewHandler(Dependencies{}).(*gin.Engine).Routes() {
		routes = append(routes, r.Method+" "+r.Path)
	}
	for route := range a.limited() {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is no route", route)
		}
	}
}
