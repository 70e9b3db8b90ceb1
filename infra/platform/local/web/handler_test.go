package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
)

// build is a folder as a bundler leaves it, with what must not be served.
func build(t *testing.T) string {
	t.Helper()
	outside := filepath.Join(t.TempDir(), "outside.txt")
	dir := t.TempDir()
	for path, text := range map[string]string{
		outside: "OUTSIDE", filepath.Join(dir, "index.html"): "INDEX", filepath.Join(dir, "assets", "app-1f.js"): "0123456789",
		filepath.Join(dir, ".env"): "HIDDEN", filepath.Join(dir, ".git", "config"): "HIDDEN",
		filepath.Join(dir, ".well-known", "security.txt"): "KNOWN", filepath.Join(dir, "docs", "a.txt"): "A",
	} {
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	must(t, os.Symlink(outside, filepath.Join(dir, "link.txt")))
	must(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "way")))
	must(t, os.Symlink("assets/app-1f.js", filepath.Join(dir, "app.js")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe.txt"), 0o600))
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a request whose path is not cleaned, as attackers do.
func ask(t *testing.T, dir string, api *url.URL, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8080/", nil)
	parsed, err := url.ParseRequestURI(target)
	must(t, err)
	r.URL = parsed
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler(dir, api).ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	t.Parallel()
	dir, later := build(t), time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for name, test := range map[string]struct {
		method, path string
		header       []string
		status       int
		body         string
	}{
		"start":                         {"GET", "/", nil, 200, "INDEX"},
		"a page of the router":          {"GET", "/watch/0c6b3f9e-0000-4000-8000-000000000000", nil, 200, "INDEX"},
		"a folder is not listed":        {"GET", "/docs/", nil, 200, "INDEX"},
		"a file":                        {"GET", "/assets/app-1f.js", nil, 200, "0123456789"},
		"a link within":                 {"GET", "/app.js", nil, 200, "0123456789"},
		"a part":                        {"GET", "/assets/app-1f.js", []string{"Range", "bytes=2-4"}, 206, "234"},
		"no body":                       {"HEAD", "/assets/app-1f.js", nil, 200, ""},
		"not changed":                   {"GET", "/assets/app-1f.js", []string{"If-Modified-Since", later}, 304, ""},
		"well known":                    {"GET", "/.well-known/security.txt", nil, 200, "KNOWN"},
		"a file that is missing":        {"GET", "/assets/app-2f.js", nil, 404, ""},
		"a hidden file":                 {"GET", "/.env", nil, 404, ""},
		"in a hidden folder":            {"GET", "/.git/config", nil, 404, ""},
		"a link to the outside":         {"GET", "/link.txt", nil, 404, ""},
		"through a link":                {"GET", "/way/outside.txt", nil, 404, ""},
		"a pipe":                        {"GET", "/pipe.txt", nil, 404, ""},
		"up":                            {"GET", "/../outside.txt", nil, 404, ""},
		"up, encoded":                   {"GET", "/%2e%2e/%2e%2e/etc/passwd", nil, 400, ""},
		"up, with an encoded slash":     {"GET", "/assets/..%2f..%2foutside.txt", nil, 404, ""},
		"up, with a backslash":          {"GET", `/assets/..%5c..%5coutside.txt`, nil, 404, ""},
		"a null byte":                   {"GET", "/index.html%00.txt", nil, 404, ""},
		"a write":                       {"POST", "/", nil, 405, ""},
		"api without its slash":         {"GET", "/api", nil, 200, "INDEX"},
		"a page with an API in its way": {"GET", "/watch/api/", nil, 200, "INDEX"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := ask(t, dir, nowhere(), test.method, test.path, test.header...)
			if w.Code != test.status || test.status < 300 && w.Body.String() != test.body ||
				strings.Contains(w.Body.String(), "OUTSIDE") || strings.Contains(w.Body.String(), "HIDDEN") {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, test.status, test.body)
			}
			header := w.Header()
			if header.Get("Cache-Control") != "no-cache" && w.Code < 400 || header.Get("X-Content-Type-Options") != "nosniff" ||
				header.Get("Content-Security-Policy") == "" {
				t.Errorf("the headers are %v", header)
			}
		})
	}
	if kind := ask(t, dir, nowhere(), "GET", "/assets/app-1f.js").Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") {
		t.Errorf("a script is %q", kind)
	}
}

// nowhere is an API that does not answer.
func nowhere() *url.URL { return &url.URL{Scheme: "http", Host: "127.0.0.1:1"} }

// TestAnotherBuild takes the place of the one before, folder and all.
func TestAnotherBuild(t *testing.T) {
	t.Parallel()
	dir := build(t)
	must(t, os.RemoveAll(dir))
	if w := ask(t, dir, nowhere(), "GET", "/"); w.Code != 404 {
		t.Errorf("without a build: %d %s", w.Code, w.Body)
	}
	must(t, os.Mkdir(dir, 0o700))
	if w := ask(t, dir, nowhere(), "GET", "/"); w.Code != 404 || !strings.Contains(w.Body.String(), "index.html") {
		t.Errorf("with an empty one: %d %s", w.Code, w.Body)
	}
	must(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte("NEXT"), 0o600))
	if w := ask(t, dir, nowhere(), "GET", "/trending"); w.Body.String() != "NEXT" {
		t.Errorf("with the next one: %d %s", w.Code, w.Body)
	}
}

// TestProxy passes everything on, and the host of the page with it.
func TestProxy(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Request-ID", "one")
		w.WriteHeader(http.StatusTeapot)
		_, _ = fmt.Fprintf(w, "%s %s %s %s %s %s", r.Method, r.RequestURI, r.Host, r.Header.Get("Authorization"),
			r.Header.Get("X-Forwarded-For"), body)
	}))
	t.Cleanup(api.Close)
	target, err := url.Parse(api.URL)
	must(t, err)
	r := httptest.NewRequest("PUT", "http://127.0.0.1:8080/api/v1/a%2Fb//c?q=1&q=2", strings.NewReader("BODY"))
	r.Header.Set("Authorization", "Bearer generated")
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	w := httptest.NewRecorder()
	handler(t.TempDir(), target).ServeHTTP(w, r)
	const want = "PUT /api/v1/a%2Fb//c?q=1&q=2 127.0.0.1:8080 Bearer generated 192.0.2.1 BODY"
	if w.Code != http.StatusTeapot || w.Body.String() != want || w.Header().Get("X-Request-Id") != "one" {
		t.Errorf("got %d %q %v, want %q", w.Code, w.Body, w.Header(), want)
	}
	api.Close()
	w = ask(t, t.TempDir(), target, "GET", "/api/v1/videos/latest")
	if w.Code != http.StatusBadGateway || w.Header().Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(w.Body.String(), `"status":502`) {
		t.Errorf("without an API: %d %s", w.Code, w.Body)
	}
}

// TestRun serves until it is told to end.
func TestRun(t *testing.T) {
	t.Parallel()
	address := porttest.Address(porttest.Free(t))
	listener, err := net.Listen("tcp", address)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := run(ctx, address, "", ""); err == nil {
		t.Error("a taken port is no error")
	}
	must(t, listener.Close())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, address, build(t), "http://127.0.0.1:1") }()
	for {
		response, err := http.Get("http://" + address + "/")
		if err == nil {
			_ = response.Body.Close()
			break
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	must(t, <-ended)
}
