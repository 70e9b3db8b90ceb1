package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/api"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// platform is an API without accounts and videos: what is tested here needs
// neither.
func platform(change func(*api.Dependencies)) http.Handler {
	d := api.Dependencies{Version: "1.2.3", Commit: "0123abc", Revision: "abc", CORSOrigins: []string{"*"}}
	if change != nil {
		change(&d)
	}
	return api.NewHandler(d)
}

func ask(h http.Handler, method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	return ask(h, http.MethodGet, target, nil, header...)
}

func decode(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%d %q: %v", w.Code, w.Body, err)
	}
	return body
}

func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, detail string) map[string]any {
	t.Helper()
	body := decode(t, w)
	if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" ||
		body["status"] != float64(status) || body["title"] != http.StatusText(status) || body["type"] != "about:blank" ||
		!strings.HasPrefix(body["instance"].(string), "/") {
		t.Errorf("not a problem of status %d: %d %s %s", status, w.Code, w.Header(), w.Body)
	}
	if got, _ := body["detail"].(string); !strings.Contains(got, detail) || got == "" {
		t.Errorf("detail %q, want something with %q", body["detail"], detail)
	}
	return body
}

func TestHealthNeverAsksTheDataStore(t *testing.T) {
	t.Parallel()
	h := platform(func(d *api.Dependencies) {
		d.Ready = func(context.Context) error { t.Error("asked"); return nil }
	})
	for _, path := range []string{"/health", "/api/v1/health"} {
		body := decode(t, get(h, path))
		if _, err := time.Parse(time.RFC3339Nano, body["timestamp"].(string)); err != nil || body["status"] != "ok" {
			t.Errorf("%s: %v %v", path, body, err)
		}
	}
	if body := decode(t, get(h, "/version")); body["version"] != "1.2.3" || body["commit"] != "0123abc" || body["revision"] != "abc" {
		t.Errorf("version %v", body)
	}
	if body := decode(t, get(h, "/")); body["message"] == "" {
		t.Errorf("root %v", body)
	}
}

func TestReadyAsksOnceASecond(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var now atomic.Int64
	var failure atomic.Pointer[error]
	h := platform(func(d *api.Dependencies) {
		d.Now = func() time.Time { return time.Unix(0, now.Load()) }
		d.Ready = func(context.Context) error {
			asked.Add(1)
			if err := failure.Load(); err != nil {
				return *err
			}
			return nil
		}
	})
	done := make(chan int)
	for range 8 {
		go func() { done <- get(h, "/health/ready").Code }()
	}
	for range 8 {
		if code := <-done; code != http.StatusOK {
			t.Errorf("status %d", code)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
	body := decode(t, get(h, "/health/ready"))
	if body["status"] != "ready" || body["database"] != "connected" || body["revision"] != "abc" {
		t.Errorf("got %v", body)
	}
	down := errors.New("dial canary.internal:443")
	failure.Store(&down)
	now.Add(int64(time.Second))
	w := get(h, "/health/ready")
	body = decode(t, w)
	if w.Code != http.StatusServiceUnavailable || body["status"] != "not ready" || body["reason"] != "data store unavailable" {
		t.Errorf("%d %v", w.Code, body)
	}
	if strings.Contains(w.Body.String(), "canary") {
		t.Error("the answer tells about the inside")
	}
	if asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestReadyNamesTheReason(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		killrvideo.EUNAUTHORIZED: "data store refuses the credentials", killrvideo.ENOTFOUND: "keyspace or tables not found",
		killrvideo.EINTERNAL: "data store unavailable",
	} {
		h := platform(func(d *api.Dependencies) {
			d.Ready = func(context.Context) error { return killrvideo.Errorf(code, "canary") }
		})
		if body := decode(t, get(h, "/health/ready")); body["reason"] != want {
			t.Errorf("%s: %v", code, body)
		}
	}
}

func TestReadyIgnoresDisconnectedProbes(t *testing.T) {
	t.Parallel()
	h := platform(func(d *api.Dependencies) {
		d.Ready = func(ctx context.Context) error { return ctx.Err() }
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/health/ready", nil).WithContext(ctx))
	if w.Code != http.StatusOK {
		t.Errorf("a probe that disconnected made the service unready: %s", w.Body)
	}
}

// TestServingIsLatched: a data store that is away keeps an instance from its
// first request, and takes no instance away that has served.
func TestServingIsLatched(t *testing.T) {
	t.Parallel()
	var down, draining atomic.Bool
	var asked, now atomic.Int64
	h := platform(func(d *api.Dependencies) {
		d.Now = func() time.Time { return time.Unix(0, now.Load()) }
		d.Draining = draining.Load
		d.Ready = func(context.Context) error {
			asked.Add(1)
			if down.Load() {
				return errors.New("dial canary.internal:443")
			}
			return nil
		}
	})
	want := func(step, path string, code int) {
		t.Helper()
		w := get(h, path)
		if w.Code != code || strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%s: %s is answered %d %s", step, path, w.Code, w.Body)
		}
	}
	down.Store(true)
	want("started during an outage", "/health/serving", http.StatusServiceUnavailable)
	want("started during an outage", "/health", http.StatusOK)
	down.Store(false)
	now.Add(int64(time.Second))
	want("the outage ends", "/health/serving", http.StatusOK)
	down.Store(true)
	now.Add(int64(time.Second))
	want("the next outage", "/health/ready", http.StatusServiceUnavailable)
	before := asked.Load()
	for range 100 {
		now.Add(int64(time.Second))
		want("the next outage", "/health/serving", http.StatusOK)
	}
	if asked.Load() != before {
		t.Error("an instance that serves asks the data store for every probe")
	}
	draining.Store(true)
	want("shutting down", "/health/serving", http.StatusServiceUnavailable)
}

func TestDrainingIsNotReadyButAnswers(t *testing.T) {
	t.Parallel()
	h := platform(func(d *api.Dependencies) { d.Draining = func() bool { return true } })
	w := get(h, "/health/ready")
	if w.Code != http.StatusServiceUnavailable || decode(t, w)["reason"] != "shutting down" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(h, "/health"); w.Code != http.StatusOK {
		t.Errorf("health %d", w.Code)
	}
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for _, path := range []string{"/nope", "/api/v1/nope", "/docs/assets/nope.js", "/API/V1/health", "//"} {
		wantProblem(t, get(h, path), http.StatusNotFound, "Not Found")
	}
	w := ask(h, http.MethodDelete, "/health", nil)
	wantProblem(t, w, http.StatusMethodNotAllowed, "Method Not Allowed")
	if w.Header().Get("Allow") == "" {
		t.Error("405 without Allow")
	}
}

func TestTrailingSlash(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for path, want := range map[string]string{
		"/health/": "/health", "/api/v1/videos/latest/?page=2": "/api/v1/videos/latest?page=2",
		"//canary.example/": "/canary.example", "/a%2Fb/": "/a%2Fb",
	} {
		w := ask(h, http.MethodPost, path, nil)
		if w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != want || w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%s: %d %q", path, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	var handed string
	h := platform(func(d *api.Dependencies) {
		d.WithRequestID = func(ctx context.Context, id string) context.Context { handed = id; return ctx }
	})
	if w := get(h, "/health", "X-Request-Id", "caller-1.a_B"); w.Header().Get("X-Request-Id") != "caller-1.a_B" || handed != "caller-1.a_B" {
		t.Errorf("not kept: %q, %q", w.Header().Get("X-Request-Id"), handed)
	}
	for _, bad := range []string{"", "a b", "a\"b", "é", strings.Repeat("a", 65)} {
		if got := get(h, "/health", "X-Request-Id", bad).Header().Get("X-Request-Id"); got == bad || len(got) != 36 {
			t.Errorf("%q became %q", bad, got)
		}
	}
}

func TestAccessLogSaysWhatHappenedAndNoSecret(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	h := platform(func(d *api.Dependencies) {
		d.Log = slog.New(slog.NewJSONHandler(&out, nil)).With("revision", "abc")
		d.Keys = refusing{}
	})
	get(h, "/health")
	if out.Len() != 0 {
		t.Errorf("a probe was logged: %s", out.String())
	}
	get(h, "/api/v1/users/me?token=canary-query", "Authorization", "Bearer canary-token", "X-Request-Id", "r1", "Cookie", "canary-cookie")
	ask(h, http.MethodPost, "/api/v1/users/login", strings.NewReader(`{"email":"canary","password":"canary-password"}`))
	if strings.Contains(out.String(), "canary") {
		t.Errorf("a secret is in %s", out.String())
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(strings.SplitN(out.String(), "\n", 2)[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line["request_id"] != "r1" || line["route"] != "/api/v1/users/me" || line["status"] != 401.0 ||
		line["method"] != "GET" || line["revision"] != "abc" || line["latency_ms"] == nil {
		t.Errorf("got %v", line)
	}
}

// A word in the place of a parameter is a path of its own, with its own methods.
func TestAllowNamesTheMethodsOfThePath(t *testing.T) {
	t.Parallel()
	for request, want := range map[string]string{
		"GET /api/v1/users/login":    "POST",
		"DELETE /api/v1/users/login": "POST",
		"DELETE /api/v1/users/me":    "GET, HEAD, PUT",
		"POST /health":               "GET, HEAD",
	} {
		method, path, _ := strings.Cut(request, " ")
		w := ask(platform(nil), method, path, nil)
		wantProblem(t, w, http.StatusMethodNotAllowed, "Method Not Allowed")
		if got := w.Header().Get("Allow"); got != want {
			t.Errorf("%s: Allow %q", request, got)
		}
	}
}

func TestMetricsNeedTheirToken(t *testing.T) {
	t.Parallel()
	h := platform(func(d *api.Dependencies) { d.MetricsToken = "generated-by-a-test" })
	for _, header := range []string{"", "Bearer ", "Bearer generated-by-a-tes", "Basic generated-by-a-test"} {
		wantProblem(t, get(h, "/metrics", "Authorization", header), http.StatusUnauthorized, "Not authenticated")
	}
	if w := get(h, "/metrics", "Authorization", "Bearer generated-by-a-test"); w.Code != http.StatusOK {
		t.Errorf("the token is refused: %d", w.Code)
	}
	if w := get(platform(nil), "/metrics"); w.Code != http.StatusOK {
		t.Errorf("without a token metrics are not open: %d", w.Code)
	}
}

func TestDocsCanBeDisabled(t *testing.T) {
	t.Parallel()
	h := platform(func(d *api.Dependencies) { d.WithoutDocs = true })
	for _, path := range []string{"/docs", "/redoc", "/openapi.json", "/docs/assets/redoc.js"} {
		wantProblem(t, get(h, path), http.StatusNotFound, "Not Found")
		if w := get(platform(nil), path); w.Code != http.StatusOK {
			t.Errorf("%s: %d by default", path, w.Code)
		}
	}
}
