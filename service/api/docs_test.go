package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// loaded finds what a page makes the browser load.
var loaded = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestPagesLoadOnlyFromThisBinary(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for page, script := range map[string]string{"/docs": "SwaggerUIBundle", "/redoc": "Redoc"} {
		w := get(h, page)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Fatalf("%s: %d", page, w.Code)
		}
		all := ""
		for _, match := range loaded.FindAllStringSubmatch(w.Body.String(), -1) {
			if strings.HasPrefix(match[1], "data:") {
				continue
			}
			if !strings.HasPrefix(match[1], "/docs/assets/") {
				t.Errorf("%s loads %s", page, match[1])
			}
			asset := get(h, match[1])
			if asset.Code != http.StatusOK || asset.Body.Len() == 0 {
				t.Errorf("%s: %d", match[1], asset.Code)
			}
			all += asset.Body.String()
		}
		if !strings.Contains(all, script) || !strings.Contains(all, `"/openapi.json"`) {
			t.Errorf("%s does not start %s on the document", page, script)
		}
		if body := w.Body.String(); strings.Contains(body, "http:") || strings.Contains(body, "https:") || strings.Contains(body, "<script>") {
			t.Errorf("%s names another host or holds a script inline", page)
		}
	}
}

func TestPoliciesAllowNoOtherHost(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for _, page := range []string{"/docs", "/redoc"} {
		policy := get(h, page).Header().Get("Content-Security-Policy")
		for _, directive := range strings.Split(policy, ";") {
			words := strings.Fields(directive)
			for _, source := range words[1:] {
				switch source {
				case "'none'", "'self'", "data:", "blob:":
				case "'unsafe-inline'":
					if words[0] != "style-src" {
						t.Errorf("%s: %s", page, directive)
					}
				default:
					t.Errorf("%s admits %s", page, source)
				}
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") {
			t.Errorf("%s: %s", page, policy)
		}
	}
}

// fetches are the ways in which a style or script would name what it loads.
var fetches = regexp.MustCompile(`(?:url\(|@import|importScripts\(|fetch\()\s*["']?(https?:)?//[a-z0-9.-]+`)

func TestAssetsFetchNothing(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "redoc.js", "redoc.css"} {
		if found := fetches.FindString(get(h, "/docs/assets/"+name).Body.String()); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}

func TestAssetsAreCompressedOnRequest(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for _, name := range []string{"redoc.js", "swagger-ui-bundle.js", "swagger-init.js"} {
		plain := get(h, "/docs/assets/"+name)
		packed := get(h, "/docs/assets/"+name, "Accept-Encoding", "br, gzip")
		if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %q, %q", name, plain.Header().Get("Content-Encoding"), packed.Header().Get("Content-Encoding"))
		}
		if !strings.HasPrefix(packed.Header().Get("Content-Type"), "text/javascript") || packed.Header().Get("Vary") == "" {
			t.Errorf("%s: %v", name, packed.Header())
		}
		r, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(r); err != nil || string(text) != plain.Body.String() {
			t.Errorf("%s: the two forms differ: %v", name, err)
		}
	}
}

func TestAuthorizeIsByBearer(t *testing.T) {
	t.Parallel()
	_, text := document(t)
	if !strings.Contains(text, `"bearer":{"bearerFormat":"JWT"`) || !strings.Contains(text, `"scheme":"bearer"`) {
		t.Error("the document offers no bearer token")
	}
}
