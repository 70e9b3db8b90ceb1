package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// inFront is a row of testdata/proxies.yaml.
type inFront struct {
	Target, Way, Trusted, Peer string
	Arrives                    []string
}

// TestRateLimitHoldsAgainstForgedHeaders sends logins with another forged
// X-Forwarded-For each, as what is in front of the service on each target hands
// them on. That client is throttled nevertheless, and no other client is.
func TestRateLimitHoldsAgainstForgedHeaders(t *testing.T) {
	t.Parallel()
	for _, row := range readInFront(t) {
		t.Run(row.Target+": "+row.Way, func(t *testing.T) {
			t.Parallel()
			handler := limited(t, row.Trusted)
			for n := range 3 {
				got := login(handler, row.Peer, forged(row, fmt.Sprintf("198.51.100.%d", n)))
				if slowed := got == http.StatusTooManyRequests; slowed != (n >= 2) {
					t.Errorf("login %d with a forged header is answered %d", n+1, got)
				}
			}
			other := forged(row, "198.51.100.99")
			for i := range other {
				other[i] = strings.ReplaceAll(other[i], "203.0.113.7", "203.0.113.8")
			}
			peer := strings.ReplaceAll(row.Peer, "203.0.113.7", "203.0.113.8")
			if got := login(handler, peer, other); got == http.StatusTooManyRequests && row.Peer != "127.0.0.1" {
				t.Error("another client is slowed down too")
			}
		})
	}
}

func readInFront(t *testing.T) (rows []inFront) {
	t.Helper()
	text, err := os.ReadFile("testdata/proxies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &rows); err != nil || len(rows) < 9 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows
}

// limited is the handler of the real service, which lets two logins a minute
// through.
func limited(t *testing.T, trusted string) http.Handler {
	t.Helper()
	command, err := config.Load(nil, settings("RATE_LIMIT_LOGINS=2", "TRUSTED_PROXIES="+trusted), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := wire(command.Config, slog.New(slog.DiscardHandler), &drain{})
	if err != nil {
		t.Fatal(err)
	}
	return s.handler
}

func forged(row inFront, value string) []string {
	lines := make([]string, len(row.Arrives))
	for i, line := range row.Arrives {
		lines[i] = strings.ReplaceAll(line, "FORGED", value)
	}
	return lines
}

// login posts what is no login, so that no database is asked.
func login(handler http.Handler, peer string, forwarded []string) int {
	r := httptest.NewRequest(http.MethodPost, "/api/v1/users/login", strings.NewReader("{}"))
	r.RemoteAddr = net.JoinHostPort(peer, "40000")
	r.Header["X-Forwarded-For"] = forwarded
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code
}
