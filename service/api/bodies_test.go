package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBodiesAreReadToTheEnd(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 1023, 1024, 1025, 4096, 16 << 10, 16<<10 + 1, maxBody - 1, maxBody} {
		var b bodies
		text := strings.Repeat("x", size)
		raw, reserved, err := b.read("", iotestOneByte{strings.NewReader(text)})
		if string(raw) != text || err != nil || reserved < int64(size) || reserved > 4*max(int64(size), 1<<10)+1 {
			t.Errorf("%d bytes: %d read, %d reserved, %v", size, len(raw), reserved, err)
		}
		if b.release("", reserved); b.held != 0 {
			t.Errorf("%d bytes: %d stay reserved", size, b.held)
		}
	}
}

// iotestOneByte reads as slowly as a client may send.
type iotestOneByte struct{ r io.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func TestSmallBodiesAreReadWhileLargeOnesAreRefused(t *testing.T) {
	t.Parallel()
	var b bodies
	b.held = maxBodies / 4 * 3
	if _, reserved, err := b.read("", strings.NewReader(strings.Repeat("x", smallBody+1))); !errors.Is(err, errBusy) {
		t.Errorf("a large body: %v", err)
	} else {
		b.release("", reserved)
	}
	_, reserved, err := b.read("", strings.NewReader("{}"))
	if err != nil {
		t.Errorf("a small body: %v", err)
	}
	b.release("", reserved)
	b.held = maxBodies
	if _, _, err := b.read("", strings.NewReader("{}")); !errors.Is(err, errBusy) {
		t.Errorf("a small body, all in use: %v", err)
	}
	if b.held != maxBodies || len(b.of) > 0 {
		t.Errorf("a refused body stays reserved: %d", b.held-maxBodies)
	}
}

// TestBodiesOfOneClientAreBounded: whatever one client holds, others go on.
func TestBodiesOfOneClientAreBounded(t *testing.T) {
	t.Parallel()
	var b bodies
	for _, size := range []int64{maxBody, 1} {
		for b.take("a", size, size) {
		}
	}
	if b.held != maxClientBodies {
		t.Errorf("one client holds %d bytes, want %d", b.held, maxClientBodies)
	}
	if _, reserved, err := b.read("b", strings.NewReader(strings.Repeat("x", maxBody))); err != nil {
		t.Errorf("another client: %v", err)
	} else {
		b.release("b", reserved)
	}
	if b.release("a", maxClientBodies); b.held != 0 || len(b.of) > 0 {
		t.Errorf("%d bytes of %d clients stay", b.held, len(b.of))
	}
}

func TestTooManyBodiesAnswer503(t *testing.T) {
	t.Parallel()
	a := &API{Dependencies: Dependencies{}.withDefaults()}
	handler := newRouter(a)
	a.bodies.held = maxBodies
	w := logIn(handler, "192.0.2.1:1", "")
	if w.Code != 503 || w.Header().Get("Retry-After") != "1" || w.Header().Get("Connection") != "close" ||
		!strings.Contains(w.Body.String(), msgBusy) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	a.bodies.held = 0
	if w := logIn(handler, "192.0.2.1:1", ""); w.Code != 422 || a.bodies.held != 0 {
		t.Errorf("afterwards: %d, %d bytes reserved", w.Code, a.bodies.held)
	}
}

func TestEncodedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	handler := NewHandler(Dependencies{})
	for encoding, want := range map[string]int{"gzip": 415, "br, gzip": 415, "x-none": 415, "identity": 422, "Identity": 422, "": 422} {
		r := httptest.NewRequest(http.MethodPost, Prefix+"/users/login", strings.NewReader("{}"))
		r.Header.Set("Content-Encoding", encoding)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want || (want == 415) != (w.Header().Get("Accept-Encoding") == "identity") {
			t.Errorf("%q: %d %v", encoding, w.Code, w.Header())
		}
	}
}

func TestHeadIsAGetWithoutBody(t *testing.T) {
	t.Parallel()
	metrics := NewMetrics()
	server := httptest.NewServer(NewHandler(Dependencies{Metrics: metrics}))
	t.Cleanup(server.Close)
	for path, want := range map[string]int{
		"/health": 200, "/health/ready": 200, "/version": 200, "/openapi.json": 200, "/docs": 200, "/metrics": 200,
		Prefix + "/health": 200, Prefix + "/users/me": 401, "/nope": 404, Prefix + "/users/login": 405,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != want || len(body) > 0 || err != nil || response.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %d, %d bytes, %v", path, response.StatusCode, len(body), err)
		}
	}
	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`http_requests_total{handler="/health",method="HEAD",status="2xx"} 1`, `http_requests_total{handler="none",method="HEAD",status="4xx"}`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestStrictTransportSecurityBehindTLS(t *testing.T) {
	t.Parallel()
	handler := NewHandler(Dependencies{})
	for forwarded, want := range map[string]string{
		"https": "max-age=31536000", "HTTPS": "max-age=31536000", "https, http": "max-age=31536000",
		"http": "", "http, https": "", "": "", "httpsx": "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/health", nil)
		r.Header.Set("X-Forwarded-Proto", forwarded)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("%q: %q", forwarded, got)
		}
	}
}

// TestEveryWriteHasALimit by its client, also those added later.
func TestEveryWriteHasALimit(t *testing.T) {
	t.Parallel()
	handler := newRouter(&API{Dependencies: Dependencies{Limits: Limits{1, 1, 1, 1}}.withDefaults()})
	const id = "6b2c1f0e-8a54-4c6e-9a3b-0d1f2e3c4b5a"
	writes := 0
	for i, route := range handler.Routes() {
		if route.Method == http.MethodGet {
			continue
		}
		writes++
		var path strings.Builder
		for part := range strings.SplitSeq(strings.TrimPrefix(route.Path, "/"), "/") {
			if strings.HasPrefix(part, ":") {
				part = id
			}
			path.WriteString("/" + part)
		}
		var codes []int
		for range 2 {
			r := httptest.NewRequest(route.Method, path.String(), strings.NewReader("{}"))
			r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i+1)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			codes = append(codes, w.Code)
		}
		if codes[0] == 429 || codes[1] != 429 {
			t.Errorf("%s %s: %v", route.Method, route.Path, codes)
		}
	}
	if writes < 15 {
		t.Errorf("only %d writes", writes)
	}
}
