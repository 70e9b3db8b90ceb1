package vectorize_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	service := value.Service{Provider: "nvidia", ModelName: "NV-Embed-QA"}
	for name, test := range map[string]struct {
		status       int
		answer, code string
	}{
		"a shorter vector": {200, `{"data":[{"embedding":[0.5,-1]}]}`, ""},
		"a longer vector":  {200, `{"data":[{"embedding":[1,2,3,4]}]}`, "EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE"},
		"no vector":        {200, `{"data":[]}`, "EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE"},
		"no JSON":          {200, `yes`, "EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE"},
		"too many":         {429, `slow down`, "EMBEDDING_PROVIDER_RATE_LIMITED"},
		"refused":          {404, `no such model`, "EMBEDDING_PROVIDER_CLIENT_ERROR"},
		"failed":           {500, ``, "EMBEDDING_PROVIDER_SERVER_ERROR"},
		"too late":         {0, ``, "EMBEDDING_PROVIDER_TIMEOUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := map[string]string{}
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.URL.Path != "/v1/embeddings" {
					t.Errorf("%s: %v", r.URL, err)
				}
				if test.status == 0 {
					<-r.Context().Done()
					return
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.answer))
			}))
			defer api.Close()
			e, err := vectorize.NewEndpoint(api.URL+"/v1/", "small")
			if err != nil {
				t.Fatal(err)
			}
			if test.status == 0 {
				e.Client.Timeout = 50 * time.Millisecond
			}
			vector, err := e.Ask(service, "cats", 3)
			var f *fault.Error
			if errors.As(err, &f) != (test.code != "") || f != nil && f.Code != test.code {
				t.Errorf("%v, %v", vector, err)
			}
			if test.code == "" && (!slices.Equal(vector, []float32{0.5, -1, 0}) || asked["model"] != "small" || asked["input"] != "cats") {
				t.Errorf("asked %v, got %v", asked, vector)
			}
		})
	}
	t.Run("unreachable", func(t *testing.T) {
		t.Parallel()
		api := httptest.NewServer(nil)
		api.Close()
		e, err := vectorize.NewEndpoint(api.URL, "")
		if err != nil {
			t.Fatal(err)
		}
		var f *fault.Error
		if _, err := e.Ask(service, "cats", 3); !errors.As(err, &f) || f.Code != "EMBEDDING_PROVIDER_UNAVAILABLE" {
			t.Error(err)
		}
	})
	for _, address := range []string{"", "127.0.0.1:1", "ftp://host", "http://"} {
		if _, err := vectorize.NewEndpoint(address, ""); err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
}
