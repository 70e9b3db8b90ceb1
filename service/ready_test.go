package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// ask gives the status and JSON of an answer.
func ask(t *testing.T, url string) (int, map[string]any) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// TestReadinessOnEmbeddedAstra runs the real program on a real Data API with a
// token that may do no more than the service needs.
func TestReadinessOnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	astra := astratest.New(t)
	token := astra.MustMint(t, "ready", astratest.WriteActions())
	good := settings("ASTRA_DB_API_ENDPOINT="+astra.URL, "ASTRA_DB_APPLICATION_TOKEN="+token.Reveal())
	tests := map[string]struct {
		change       string
		status       int
		key, message string
	}{
		"ready": {"", http.StatusOK, "database", "connected"},
		"unknown token": {"ASTRA_DB_APPLICATION_TOKEN=" + unknownToken, http.StatusServiceUnavailable, "reason",
			"data store refuses the credentials"},
		"other keyspace": {"ASTRA_DB_KEYSPACE=default_keyspace", http.StatusServiceUnavailable, "reason", "keyspace or tables not found"},
		"unreachable":    {"ASTRA_DB_API_ENDPOINT=http://127.0.0.1:1", http.StatusServiceUnavailable, "reason", "data store unavailable"},
	}
	for name, test := range tests {
		p := start(t, append(good[:len(good):len(good)], test.change)...)
		status, body := ask(t, p.url+"/health/ready")
		if status != test.status || body[test.key] != test.message || body["revision"] != "r1" {
			t.Errorf("%s: %d %v", name, status, body)
		}
		if status == http.StatusOK {
			wantMetric(t, p, `astra_db_query_duration_seconds_count{operation="find"} 1`)
		}
		if err := p.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if code := p.end(t); code != 0 || strings.Contains(p.out.String(), token.Reveal()) {
			t.Errorf("%s: exit code %d, or the token is in the log", name, code)
		}
	}
}

func wantMetric(t *testing.T, p *process, want string) {
	t.Helper()
	response, err := http.Get(p.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), want) {
		t.Errorf("no %s: %v", want, err)
	}
}

func TestStartWithoutADatabase(t *testing.T) {
	t.Parallel()
	p := start(t, settings("SHUTDOWN_GRACE_SECONDS=0")...)
	if status, body := ask(t, p.url+"/api/v1/videos/latest"); status != http.StatusServiceUnavailable || body["status"] != 503.0 {
		t.Errorf("%d %v", status, body)
	}
	if got := status(t, p.url+"/health"); got != http.StatusOK {
		t.Errorf("health %d", got)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
