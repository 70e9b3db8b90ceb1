package call

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// canary is the token of these tests, made up for them.
const canary = astra.Token("AstraCS:canary:1122334455667788")

func TestTokenIsNotSentToRedirects(t *testing.T) {
	t.Parallel()
	var reached bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		t.Cleanup(server.Close)
		transport := Transport{Endpoint: server.URL, Token: canary, Client: Direct(server.Client())}
		_, err := transport.Call(t.Context(), Command{Name: "findOne", Keyspace: "ks", Table: "tb"})
		var failure *results.HTTPError
		if !errors.As(err, &failure) || failure.Status != status {
			t.Errorf("%d: got %v", status, err)
		}
	}
	if reached {
		t.Error("the request, with its token, went to another host")
	}
}

func TestEndpointWithPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	err := CheckEndpoint("https://user:canary-password@db.example")
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

func TestNamesAreEscapedInThePath(t *testing.T) {
	t.Parallel()
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		_, _ = w.Write([]byte(`{"status":{"ok":1}}`))
	}))
	t.Cleanup(server.Close)
	transport := Transport{Endpoint: server.URL + "/", Token: canary, Client: server.Client()}
	if _, err := transport.Call(t.Context(), Command{Name: "x", Keyspace: "a/b", Table: "../c?d"}); err != nil {
		t.Fatal(err)
	}
	if path != "/api/json/v1/a%2Fb/..%2Fc%3Fd" {
		t.Errorf("asked %s", path)
	}
}

// FuzzReadAnswer holds that no body makes the client panic, and that what is
// no answer of the Data API never passes as one.
func FuzzReadAnswer(f *testing.F) {
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"errors":[null]}`, `{"data":{"documents":[{"a":1}],"nextPageState":null}}`,
		`{"status":{"insertedIds":[["a"],[]],"warnings":[{"errorCode":"X"}]},"errors":[{"errorCode":"Y"}]}`,
		`{"status":{"projectionSchema":{"v":{"type":"vector","dimension":3}}}}`, `{"data":{"documents":null}} x`,
	} {
		f.Add(200, body)
		f.Add(401, body)
		f.Add(503, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		response, err := read(&http.Response{StatusCode: status, Header: http.Header{}}, []byte(body), nil)
		if err == nil && (response == nil || status >= 300 || len(response.Errors) > 0) {
			t.Errorf("%d %q passed as success", status, body)
		}
		if err != nil {
			_ = err.Error()
			_ = results.HasCode(err, "X")
		}
	})
}
