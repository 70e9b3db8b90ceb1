package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// Whatever a client puts into X-Forwarded-For, it stays who it is, and a
// trusted proxy's header names one client that counts as one.
func FuzzForwardedFor(f *testing.F) {
	for _, seed := range []string{"", "203.0.113.1", "203.0.113.1, 10.0.0.8", "::1%eth0", "a, b,, 1.2.3.4:80", "[2001:db8::1]:443", "\x00",
		strings.Repeat("10.0.0.8,", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, forwarded string) {
		for _, peer := range []string{"192.0.2.1:1", "10.0.0.7:1"} {
			handler, _ := limited("10.0.0.0/8")
			for i, want := range []int{422, 422, 429} {
				if got := logIn(handler, peer, forwarded).Code; got != want {
					t.Fatalf("%s for %q, login %d: %d", peer, forwarded, i, got)
				}
			}
		}
	})
}

func FuzzClientKey(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "unknown", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		key := clientKey(address)
		ip, err := netip.ParseAddr(address)
		switch {
		case err != nil || ip.Unmap().Is4():
			want := address
			if err == nil {
				want = ip.Unmap().String()
			}
			if key != want {
				t.Errorf("%q is counted as %q", address, key)
			}
		default:
			network, err := netip.ParsePrefix(key)
			if err != nil || !network.Contains(ip.WithZone("")) || network.Bits() != 64 {
				t.Errorf("%q is counted as %q", address, key)
			}
		}
	})
}

// Whatever query comes, what is not refused is read as it was written: nothing
// is left out without a word.
func FuzzCheckQuery(f *testing.F) {
	for _, seed := range []string{"", "page=1", "page=1&page=2", "a=%zz", "a;b=1", "%ff=1", "a=%00", "=", "&&", "a=b=c", "a+b=c%20d"} {
		f.Add(seed)
	}
	a := &API{Dependencies: Dependencies{}.withDefaults()}
	f.Fuzz(func(t *testing.T, query string) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{}}
		a.checkQuery(c)
		if c.IsAborted() {
			if c.Writer.Status() != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", query, c.Writer.Status())
			}
			return
		}
		read, err := url.ParseQuery(query)
		if err != nil {
			t.Errorf("%q is let through, and yet: %v", query, err)
		}
		for name, values := range read {
			for _, value := range values {
				if !isText(value) {
					t.Errorf("%q: %q is %q", query, name, value)
				}
			}
		}
	})
}
