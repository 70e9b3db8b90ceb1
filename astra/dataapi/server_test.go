package dataapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// canary is the token of these tests, made up for them.
const canary = astra.Token("AstraCS:canary:8899aabbccddeeff")

// recorder is a server that keeps requests and gives the next answer.
type recorder struct {
	mu      sync.Mutex
	answers []reply
	bodies  []map[string]any
	paths   []string
	header  http.Header
}

type reply struct {
	status int
	body   string
	header map[string]string
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, _ := io.ReadAll(request.Body)
	var body map[string]any
	_ = json.Unmarshal(text, &body)
	r.bodies, r.paths, r.header = append(r.bodies, body), append(r.paths, request.URL.EscapedPath()), request.Header
	answer := r.answers[min(len(r.bodies), len(r.answers))-1]
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(max(answer.status, 200))
	_, _ = io.WriteString(w, answer.body)
}

func (r *recorder) calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.bodies)
}

// serve starts a recorder and a client of it.
func serve(t *testing.T, answers ...reply) (*recorder, *dataapi.Db) {
	t.Helper()
	r := &recorder{answers: answers}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	client := dataapi.NewClient(options.API().SetToken(canary).SetKeyspace("ks").
		SetRequestTimeout(5 * time.Second).SetHTTPClient(server.Client()))
	return r, client.Database(server.URL)
}

// ok is an answer of the Data API.
func ok(body string) reply { return reply{body: body} }
