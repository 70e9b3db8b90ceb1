package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/api"
)

func preflight(h http.Handler, origin string) http.Header {
	return ask(h, http.MethodOptions, "/api/v1/videos", nil, "Origin", origin,
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type").Header()
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	one := []string{"https://a.example", "https://b.example"}
	tests := map[string]struct {
		origins      []string
		origin, want string
	}{
		"any":           {[]string{"*"}, "https://x.example", "*"},
		"allowed":       {one, "https://b.example", "https://b.example"},
		"foreign":       {one, "https://x.example", ""},
		"prefix":        {one, "https://a.example.evil.example", ""},
		"none allowed":  {nil, "https://a.example", ""},
		"null":          {one, "null", ""},
		"another case":  {one, "HTTPS://A.EXAMPLE", ""},
		"another port":  {one, "https://a.example:8443", ""},
		"plain http":    {one, "http://a.example", ""},
		"first of them": {one, "https://a.example", "https://a.example"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := platform(func(d *api.Dependencies) { d.CORSOrigins = test.origins })
			got := preflight(h, test.origin)
			if got.Get("Access-Control-Allow-Origin") != test.want {
				t.Errorf("preflight: %v", got)
			}
			if test.want != "" && (got.Get("Access-Control-Allow-Methods") == "" || got.Get("Access-Control-Allow-Headers") == "") {
				t.Errorf("preflight without methods and headers: %v", got)
			}
			if test.want != "" && !strings.Contains(got.Get("Access-Control-Allow-Headers"), "If-None-Match") {
				t.Errorf("preflight does not allow If-None-Match: %v", got)
			}
			credentials := "" // by the standard none with "*", and none for a foreign origin
			if test.want != "" && test.want != "*" {
				credentials = "true"
			}
			w := get(h, "/health", "Origin", test.origin)
			for kind, header := range map[string]http.Header{"preflight": got, "plain request": w.Header()} {
				if admitted := header.Get("Access-Control-Allow-Credentials"); admitted != credentials {
					t.Errorf("%s: credentials %q, want %q", kind, admitted, credentials)
				}
			}
			if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != test.want {
				t.Errorf("plain request: %d %v", w.Code, w.Header())
			}
		})
	}
}

func TestEveryResponseIsHardened(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for _, path := range []string{"/health", "/nope", "/docs", "/redoc", "/openapi.json", "/docs/assets/redoc.js"} {
		header := get(h, path).Header()
		for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "X-Request-Id"} {
			if header.Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
	}
}

func TestRequestsHaveADeadlineAndReadsAreMarked(t *testing.T) {
	t.Parallel()
	type key struct{}
	marked := map[string]bool{}
	h := platform(func(d *api.Dependencies) {
		d.RequestTimeout = time.Minute
		d.ReadOnly = func(ctx context.Context) context.Context {
			if _, bounded := ctx.Deadline(); !bounded {
				t.Error("no deadline")
			}
			marked["now"] = true
			return context.WithValue(ctx, key{}, true)
		}
	})
	get(h, "/version")
	if !marked["now"] {
		t.Error("a GET is not marked")
	}
	marked["now"] = false
	ask(h, http.MethodPost, "/api/v1/users/login", nil)
	if marked["now"] {
		t.Error("a POST is marked")
	}
}
