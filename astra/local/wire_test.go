package local_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
)

const (
	keyspace = "default_keyspace"
	database = "00000000-0000-4000-8000-000000000001"
)

// embedded is a server in this process, met over HTTP.
type embedded struct {
	url, admin string
	end        func()
}

func start(t *testing.T) *embedded {
	t.Helper()
	return startWith(t, local.Config{})
}

func startWith(t *testing.T, c local.Config) *embedded {
	t.Helper()
	c.Dir = t.TempDir()
	e := serveWith(t, c)
	t.Cleanup(e.end)
	return e
}

// serve serves a folder until the test calls end.
func serve(t *testing.T, dir string) *embedded {
	t.Helper()
	return serveWith(t, local.Config{Dir: dir})
}

func serveWith(t *testing.T, c local.Config) *embedded {
	t.Helper()
	server, err := local.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	token, err := os.ReadFile(filepath.Join(c.Dir, "admin-token"))
	if err != nil {
		t.Fatal(err)
	}
	return &embedded{url: web.URL, admin: strings.TrimSpace(string(token)), end: func() {
		web.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}}
}

// reply is a response as it came.
type reply struct {
	status int
	text   string
}

func (e *embedded) send(t *testing.T, method, path, token, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, e.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Token", token)
	request.Header.Set("Authorization", "Bearer "+token)
	return receive(t, request)
}

// receive sends a request and reads the whole answer.
func receive(t *testing.T, request *http.Request) reply {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, string(text)}
}

// data sends a command of the Data API as the administrator; target is "",
// a keyspace, or keyspace/table.
func (e *embedded) data(t *testing.T, target, body string) reply {
	t.Helper()
	return e.send(t, http.MethodPost, "/api/json/v1/"+target, e.admin, body)
}

// done is a command that must succeed.
func (e *embedded) done(t *testing.T, target, body string) reply {
	t.Helper()
	r := e.data(t, target, body)
	if r.status != http.StatusOK || strings.Contains(r.text, `"errors"`) {
		t.Fatalf("%s\nanswered %d %s", body, r.status, r.text)
	}
	return r
}

// errorCodes are the codes of all errors of an answer.
func (r reply) errorCodes(t *testing.T) []string {
	t.Helper()
	return r.codes(t, func(b body) []problem { return b.Errors })
}

func (r reply) warningCodes(t *testing.T) []string {
	t.Helper()
	return r.codes(t, func(b body) []problem { return b.Status.Warnings })
}

// inCatalogue compares an error on the wire with the public catalogue.
func inCatalogue(p problem) bool {
	for _, e := range fault.Entries() {
		if e.Code == p.ErrorCode && e.Scope == p.Scope && e.Family == p.Family && e.Title == p.Title {
			return true
		}
	}
	return false
}

type problem struct{ ID, Family, Scope, ErrorCode, Title, Message string }

type body struct {
	Status struct{ Warnings []problem }
	Errors []problem
}

func (r reply) codes(t *testing.T, of func(body) []problem) []string {
	t.Helper()
	var b body
	if err := json.Unmarshal([]byte(r.text), &b); err != nil {
		t.Fatalf("%v in %s", err, r.text)
	}
	codes := []string{}
	for _, p := range of(b) {
		if p.ID == "" || p.Family == "" || p.Title == "" || p.Message == "" {
			t.Errorf("an error without all of its members: %s", r.text)
		}
		if !inCatalogue(p) {
			t.Errorf("family, scope or title of %s are not the catalogue's: %+v", p.ErrorCode, p)
		}
		codes = append(codes, p.ErrorCode)
	}
	return codes
}

// exchange is one command and what must come back: an error code, or else
// pieces of the answer.
type exchange struct {
	name, target, send string
	code               string
	want               []string
	warns              string // codes, separated by commas
}

// hold runs exchanges in their order, as subtests.
func (e *embedded) hold(t *testing.T, list []exchange) {
	t.Helper()
	for _, x := range list {
		t.Run(x.name, func(t *testing.T) {
			r := e.data(t, x.target, x.send)
			if r.status != http.StatusOK {
				t.Fatalf("status %d: %s", r.status, r.text)
			}
			if got := strings.Join(r.errorCodes(t), ","); got != x.code {
				t.Errorf("error %q, want %q: %s", got, x.code, r.text)
			}
			if got := strings.Join(r.warningCodes(t), ","); got != x.warns {
				t.Errorf("warnings %q, want %q: %s", got, x.warns, r.text)
			}
			for _, piece := range x.want {
				if !strings.Contains(r.text, piece) {
					t.Errorf("%s is not in %s", piece, r.text)
				}
			}
		})
	}
}
