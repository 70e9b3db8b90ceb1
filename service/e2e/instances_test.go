package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// instance is another one of the service, on the same data.
func instance(t *testing.T, more ...string) *process {
	t.Helper()
	p, err := startAPI(t.Context(), t.TempDir(), more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// keyspaces numbers the keyspaces of instances that are alone.
var keyspaces atomic.Int32

// ownKeyspace creates a keyspace for one test, and returns the settings
// with which an instance works in it.
func ownKeyspace(t *testing.T, astra *astratest.Astra) []string {
	t.Helper()
	name := fmt.Sprint("alone_", keyspaces.Add(1))
	if err := astra.CreateKeyspace(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	token, err := astra.Mint(t.Context(), name, name, astratest.WriteActions())
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"ASTRA_DB_API_ENDPOINT=" + astra.URL, "ASTRA_DB_KEYSPACE=" + name,
		"ASTRA_DB_APPLICATION_TOKEN=" + token.Reveal(), "ASTRA_DB_READ_ONLY_TOKEN=",
	}
}

// alone is an instance with a keyspace of its own, for tests that have to know
// all that is in it or that may change anything. With it comes its moderator.
func alone(t *testing.T, more ...string) (*process, person) {
	t.Helper()
	p := instance(t, append(ownKeyspace(t, system.astra), more...)...)
	a := p.call(t, http.MethodPost, "/api/v1/users/register", "", moderatorRegistration()).want(t, 201, "")
	return p, person{id: a.text(t, "userId"), email: moderatorEmail, token: a.text(t, "token")}
}

// at sends a request to this instance.
func (p *process) at(t *testing.T, method, path, token string, body io.Reader) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp
}

func TestLogOutHoldsOnOtherInstancesAndAfterARestart(t *testing.T) {
	t.Parallel()
	other := instance(t)
	p := creator(t)
	a := login(t, p)
	token := a.text(t, "token")
	if got := other.at(t, http.MethodGet, "/api/v1/users/me", token, nil).StatusCode; got != 200 {
		t.Fatalf("on the other instance: %d", got)
	}
	call(t, http.MethodPost, "/api/v1/users/logout", token, nil).want(t, 204, "")
	for name, p := range map[string]*process{"running": other, "started later": instance(t)} {
		if got := p.at(t, http.MethodGet, "/api/v1/users/me", token, nil).StatusCode; got != 401 {
			t.Errorf("%s: access %d", name, got)
		}
		body := strings.NewReader(fmt.Sprintf(`{"refreshToken":%q}`, a.text(t, "refreshToken")))
		if got := p.at(t, http.MethodPost, "/api/v1/users/refresh", "", body).StatusCode; got != 401 {
			t.Errorf("%s: refresh %d", name, got)
		}
	}
}

// The settings reach the limits: clients behind a proxy are told apart, and
// each is slowed down.
func TestClientsBehindAProxyAreRateLimitedSeparately(t *testing.T) {
	t.Parallel()
	p := instance(t, "RATE_LIMIT_LOGINS=2", "TRUSTED_PROXIES=127.0.0.0/8")
	for i, want := range []int{422, 422, 429, 422} {
		client := "203.0.113.1"
		if i == 3 {
			client = "203.0.113.2"
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/v1/users/login", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", client)
		a := send(t, req).want(t, want, "")
		if want == 429 && a.header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
}

// between stands between an instance and Astra and notes with which token
// each request of ours asked.
type between struct {
	url string

	mu      sync.Mutex
	tokens  map[string]map[string]int // by request id
	parents map[string]string         // traceparent, by request id
}

func standBetween(t *testing.T) *between {
	t.Helper()
	target, err := url.Parse(system.astra.URL)
	if err != nil {
		t.Fatal(err)
	}
	b := &between{tokens: map[string]map[string]int{}, parents: map[string]string{}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		id := r.Header.Get("X-Request-Id")
		if b.tokens[id] == nil {
			b.tokens[id] = map[string]int{}
		}
		b.tokens[id][r.Header.Get("Token")]++
		b.parents[id] = r.Header.Get("Traceparent")
		b.mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *between) asked(id string) map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tokens[id]
}

func (b *between) parent(id string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.parents[id]
}

// setting is what the service was told.
func setting(name string) string {
	for _, pair := range system.environment {
		if value, found := strings.CutPrefix(pair, name+"="); found {
			return value
		}
	}
	return ""
}

// Whatever GETs there will ever be, none but the probe may write: each asks
// Astra with the token that can only read. The probe asks with both, for an
// instance that cannot write is not ready.
func TestNoGETUsesTheTokenThatWrites(t *testing.T) {
	t.Parallel()
	astra := standBetween(t)
	p := instance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
	c := creator(t)
	fill := strings.NewReplacer("{userId}", c.id, "{uploaderId}", c.id, "{tag}", "cats", "{videoId}", submit(t, c, nil),
		"{flagId}", report(t, c, "video", submit(t, c, nil)).text(t, "flagId"))
	readOnly, asked := setting("ASTRA_DB_READ_ONLY_TOKEN"), 0
	for i, o := range document(t) {
		path := o.path
		if o.method != http.MethodGet {
			continue
		}
		for _, token := range []string{"", c.token, moderator(t).token} {
			id := fmt.Sprint("reading-", i, "-", len(token))
			target := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(fill.Replace(path), unknownID())
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+target+"?query=cats&q=a", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Request-Id", id)
			if token != "" {
				req.Header.Set("Authorization", "Bearer "+token)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode >= 500 {
				t.Errorf("GET %s: %d", path, resp.StatusCode)
			}
			for used, n := range astra.asked(id) {
				asked += n
				if used != readOnly && path != "/health/ready" && path != "/health/serving" {
					t.Errorf("GET %s asks %d times with the token that writes", path, n)
				}
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d questions were seen; the recording must be wrong", asked)
	}
}
