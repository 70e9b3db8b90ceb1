package local_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// TestEmbeddingsOfAModel runs the program with -embeddings: it says so, and a text
// becomes the vector that the API answers.
func TestEmbeddingsOfAModel(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Model, Input string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Model != "small" || in.Input != "cats" {
			t.Errorf("asked for %+v: %v", in, err)
		}
		_, _ = io.WriteString(w, `{"data":[{"embedding":[0.5,0.25]}]}`)
	}))
	defer api.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := local.Run(ctx, []string{"-memory", "-embeddings", api.URL + "/v1", "-embedding-model", "small"}, nil, in)
		_ = in.CloseWithError(io.EOF)
		ended <- err
	}()
	said := map[string]string{}
	for lines := bufio.NewScanner(out); said["token file"] == "" && lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), ": ")
		said[name] = text
	}
	if !strings.Contains(said["astra-local"], api.URL) || strings.Contains(said["astra-local"], "without a model") {
		t.Errorf("the banner is %q", said["astra-local"])
	}
	token, err := os.ReadFile(said["token file"])
	if err != nil {
		t.Fatal(err)
	}
	e := &embedded{url: said["url"], admin: strings.TrimSpace(string(token))}
	e.done(t, keyspace, `{"createCollection":{"name":"c","options":{"vector":{"service":{"provider":"nvidia","modelName":"NV-Embed-QA"}}}}}`)
	e.done(t, keyspace+"/c", `{"insertOne":{"document":{"_id":1,"$vectorize":"cats"}}}`)
	found := e.done(t, keyspace+"/c", `{"findOne":{"filter":{"_id":1},"projection":{"$vector":1}}}`).text
	if !strings.Contains(found, `[0.5,0.25,0.0,`) {
		t.Errorf("found %.200s", found)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
