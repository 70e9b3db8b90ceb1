package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestCredentialsFromANamedOrigin: a page of another origin asks in a real
// browser as the official front end does, with credentials: include. The browser
// lets it read the answer only where its origin is named.
func TestCredentialsFromANamedOrigin(t *testing.T) {
	t.Parallel()
	p := openPage(t) // before anything else: without a browser the test is skipped
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>front end</title>"))
	}))
	t.Cleanup(site.Close)
	p.do(t, chromedp.Navigate(site.URL))
	for name, test := range map[string]struct{ origins, credentials, want string }{
		"named":                       {site.URL, "include", "422 200"},
		"named beside another":        {"https://www.example.com," + site.URL, "include", "422 200"},
		"named, without credentials":  {site.URL, "omit", "422 200"},
		"any origin":                  {"*", "include", "refused"},
		"any origin, no credentials":  {"*", "omit", "422 200"},
		"another one":                 {"https://www.example.com", "include", "refused"},
		"another one, no credentials": {"https://www.example.com", "omit", "refused"},
	} {
		api := instance(t, "CORS_ORIGINS="+test.origins)
		// The first asks for a preflight, the second does not.
		script := fmt.Sprintf(`(async () => {
			const options = {credentials: %q};
			try {
				const login = await fetch(%[2]q + "/api/v1/users/login", {...options, method: "POST",
					headers: {"Content-Type": "application/json", "Authorization": "Bearer none"}, body: "{}"});
				const list = await fetch(%[2]q + "/api/v1/videos/latest", options);
				await list.json();
				return login.status + " " + list.status;
			} catch (problem) {
				return problem instanceof TypeError ? "refused" : String(problem);
			}
		})()`, test.credentials, api.url)
		got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
		if err != nil || got != test.want {
			t.Errorf("%s: the page gets %q, %v, want %q", name, got, err, test.want)
		}
	}
}
