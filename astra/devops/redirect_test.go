package devops

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTokenIsNotSentToRedirects(t *testing.T) {
	t.Parallel()
	var reached bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	c, err := NewClient(server.URL, canary, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Organization(t.Context())
	if failure, answered := asError(err); !answered || failure.Status != http.StatusTemporaryRedirect {
		t.Errorf("got %v", err)
	}
	if reached {
		t.Error("the redirect was followed")
	}
}

func TestLongRetryAfterEndsRetries(t *testing.T) {
	t.Parallel()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	t.Cleanup(server.Close)
	c, err := NewClient(server.URL, canary, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Roles(t.Context()); err == nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
