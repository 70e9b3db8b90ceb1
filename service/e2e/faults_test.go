package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// faulty stands between an instance and Astra and does as it is told.
type faulty struct {
	url  string
	mode atomic.Value // string; "" passes everything on
	// unheard counts the writes that were done without an answer.
	unheard atomic.Int32
	// refused counts the requests that were not passed on.
	refused atomic.Int32
}

func newFaulty(t *testing.T) *faulty {
	t.Helper()
	target, err := url.Parse(system.astra.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{}
	f.mode.Store("")
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {} // who asked has gone
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mode := f.mode.Load().(string)
		if mode == "" {
			proxy.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !concerns(mode, r.URL.Path, body) {
			proxy.ServeHTTP(w, r)
			return
		}
		f.refused.Add(1)
		switch mode {
		case "late":
			time.Sleep(lateness)
			proxy.ServeHTTP(w, r)
			return
		case "writes unheard of":
			proxy.ServeHTTP(httptest.NewRecorder(), r) // done, and the answer is lost
			f.unheard.Add(1)
		}
		_, _ = io.Copy(io.Discard, r.Body) // lets the server notice when the client goes
		misbehave(w, r, mode)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// lateness is how long an answer takes that is late.
const lateness = time.Second

// concerns tells whether a fault of this mode is in the way of a command.
func concerns(mode, path string, body []byte) bool {
	switch mode {
	case "writes unheard of":
		return bytes.HasPrefix(body, []byte(`{"insertMany"`))
	case "embedding provider down":
		return bytes.Contains(body, []byte(`"content_features":"`))
	case "video writes slow":
		return strings.HasSuffix(path, "/"+schema.Videos) && !bytes.HasPrefix(body, []byte(`{"find`))
	}
	return true
}

func misbehave(w http.ResponseWriter, r *http.Request, mode string) {
	if status, err := strconv.Atoi(mode); err == nil {
		w.WriteHeader(status)
		return
	}
	switch mode {
	case "slow", "video writes slow":
		<-r.Context().Done()
	case "embedding provider down":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"errors":[{"errorCode":"EMBEDDING_PROVIDER_TIMEOUT","family":"SERVER","scope":"EMBEDDING_PROVIDER",`+
			`"title":"x","message":"y","id":"z"}]}`)
	case "token revoked":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"errors":[{"errorCode":"UNAUTHENTICATED_REQUEST","family":"REQUEST","scope":"AUTHENTICATION",`+
			`"title":"x","message":"canary"}]}`)
	case "half an answer":
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"data":{"documents":[`)
		panic(http.ErrAbortHandler)
	case "no JSON":
		_, _ = io.WriteString(w, "<html>canary</html>")
	default:
		panic(http.ErrAbortHandler) // drops the connection
	}
}

// deadline is what a request may take: its own limit, and time for a machine
// that is busy with other tests.
const deadline = 3 * time.Minute

// keptConnections are those that the service keeps to Astra at most.
const keptConnections = 64

// attempt is a request that needs Astra. One that writes must not be
// acknowledged without.
type attempt struct {
	method, path, token, body string
}

func attempts(t *testing.T) []attempt {
	t.Helper()
	c := creator(t)
	video := submit(t, c, nil)
	return []attempt{
		{"GET", "/api/v1/videos/latest", "", ""},
		{"GET", "/api/v1/videos/id/" + video, "", ""},
		{"GET", "/api/v1/users/me", c.token, ""},
		{"GET", "/api/v1/videos/" + video + "/comments", "", ""},
		{"POST", "/api/v1/videos/id/" + video + "/view", "", ""},
		{"POST", "/api/v1/videos/" + video + "/ratings", c.token, `{"rating":4}`},
		{"POST", "/api/v1/users/login", "", `{"email":"` + c.email + `","password":"` + password + `"}`},
		{"POST", "/api/v1/users/logout", c.token, ""},
		{"PUT", "/api/v1/users/me", c.token, `{"firstName":"New"}`},
	}
}

// try sends the attempt and gives the status and what is wrong with the answer.
func (a attempt) try(ctx context.Context, base string) (status int, wrong string) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, a.method, base+a.path, strings.NewReader(a.body))
	if err != nil {
		return 0, err.Error()
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return resp.StatusCode, err.Error()
	case strings.Contains(string(body), "canary"):
		return resp.StatusCode, "it tells what is inside: " + string(body)
	case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "":
		return resp.StatusCode, "503 without Retry-After"
	}
	return resp.StatusCode, ""
}

func TestFaultsOfAstra(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"slow", "429", "500", "503", "token revoked", "connections dropped", "half an answer", "no JSON"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			astra, all := newFaulty(t), attempts(t)
			p := instance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
			for _, a := range all[:4] {
				if status, wrong := a.try(t.Context(), p.url); status != 200 || wrong != "" {
					t.Fatalf("before: %s %s: %d %s", a.method, a.path, status, wrong)
				}
			}
			before, rounds := 0, 6
			if mode == "slow" {
				rounds = 2 // each takes as long as a request may
			}
			for round := range rounds {
				astra.mode.Store(mode)
				refuseAll(t, p, all)
				astra.mode.Store("")
				p.recovers(t, all[:3])
				// Connections are kept for later, and each has its goroutines: but
				// no more than keptConnections, and the requests are far more.
				if n := p.goroutines(t); round == 0 {
					before = n
				} else if n > before+2*keptConnections {
					t.Errorf("%d goroutines were %d before", n, before)
				}
			}
		})
	}
}

// A rating that was stored although its answer was lost is counted once all
// the same, whether it is sent again or not.
func TestARatingWhoseAnswerIsLostIsCounted(t *testing.T) {
	t.Parallel()
	astra, owner := newFaulty(t), creator(t)
	p := instance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
	for _, again := range []bool{false, true} {
		video := submit(t, owner, nil)
		path := "/api/v1/videos/" + video + "/ratings"
		before := astra.unheard.Load()
		astra.mode.Store("writes unheard of")
		p.call(t, http.MethodPost, path, owner.token, map[string]any{"rating": 4}).want(t, 503, "")
		astra.mode.Store("")
		if astra.unheard.Load() == before {
			t.Fatal("nothing was written")
		}
		if again {
			p.recovers(t, []attempt{{http.MethodPost, path, owner.token, `{"rating":4}`}})
		}
		p.settles(t, path, owner.token)
	}
}

// settles waits until the totals are those of the caller's rating, the only
// one there may be.
func (p *process) settles(t *testing.T, path, token string) {
	t.Helper()
	astratest.Eventually(t, func() (bool, any) {
		a := p.call(t, http.MethodGet, path, token, nil).want(t, 200, "")
		own := a.body["currentUserRating"]
		return own == a.body["averageRating"] && (own != nil) == (a.body["totalRatingsCount"] == 1.0), a.raw
	})
}

// refuseAll sends every attempt several times at once. None may succeed.
func refuseAll(t *testing.T, p *process, all []attempt) {
	t.Helper()
	var group sync.WaitGroup
	for range 4 {
		for _, a := range all {
			group.Go(func() {
				if status, wrong := a.try(t.Context(), p.url); status != 503 || wrong != "" {
					t.Errorf("%s %s: %d %s", a.method, a.path, status, wrong)
				}
			})
		}
	}
	group.Wait()
}

// recovers waits until the instance is as it was, without a restart.
func (p *process) recovers(t *testing.T, all []attempt) {
	t.Helper()
	for _, a := range all {
		astratest.Eventually(t, func() (bool, any) {
			status, _ := a.try(t.Context(), p.url)
			return status == 200, fmt.Sprintf("%s %s is still %d", a.method, a.path, status)
		})
	}
}

var goroutinesLine = regexp.MustCompile(`(?m)^go_goroutines (\d+)$`)

// metrics are those of the instance, as a scrape gets them.
func (p *process) metrics(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (p *process) goroutines(t *testing.T) int {
	t.Helper()
	match := goroutinesLine.FindStringSubmatch(p.metrics(t))
	if match == nil {
		t.Fatal("go_goroutines is not among the metrics")
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
