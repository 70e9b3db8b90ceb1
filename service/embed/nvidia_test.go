package embed_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const testKey = "generated-by-the-test"

// standIn answers like NVIDIA's API, or with status and body if they are given.
func standIn(t *testing.T, status int, body string, asked *map[string]any) *embed.NVIDIA {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer "+testKey ||
			r.Header.Get("Content-Type") != "application/json" || strings.Contains(r.URL.String(), testKey) {
			t.Errorf("asked %s %s %v", r.Method, r.URL, r.Header["Content-Type"])
		}
		if err := json.NewDecoder(r.Body).Decode(asked); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return embed.NewNVIDIA(embed.NVIDIAConfig{APIKey: testKey, URL: server.URL + "/v1/", HTTP: server.Client()})
}

func vectorOf(n int) string {
	return fmt.Sprintf(`{"object":"list","data":[{"index":0,"embedding":[%s],"object":"embedding"}],`+
		`"model":"m","usage":{"prompt_tokens":3,"total_tokens":3}}`,
		strings.TrimSuffix(strings.Repeat("0.25,", n), ","))
}

func TestNVIDIA(t *testing.T) {
	t.Parallel()
	for _, purpose := range []embed.Purpose{embed.Query, embed.Passage} {
		asked := map[string]any{}
		vector, err := standIn(t, 200, vectorOf(embed.Dimension), &asked).Embed(t.Context(), "two cats", purpose)
		if err != nil || len(vector) != embed.Dimension || vector[7] != 0.25 {
			t.Errorf("%d numbers, %v", len(vector), err)
		}
		want := map[string]any{"input": []any{"two cats"}, "model": embed.DefaultNVIDIAModel, "input_type": string(purpose),
			"encoding_format": "float", "truncate": "END"}
		if diff := cmp.Diff(want, asked); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTextsForNVIDIAAreTruncated(t *testing.T) {
	t.Parallel()
	asked := map[string]any{}
	if _, err := standIn(t, 200, vectorOf(embed.Dimension), &asked).Embed(t.Context(), strings.Repeat("cat ", 600),
		embed.Passage); err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(asked["input"].([]any)[0].(string))); n != fitting {
		t.Errorf("%d words were sent", n)
	}
}

func TestNVIDIAFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
	}{
		"key refused": {401, `{"detail":"` + testKey + `"}`},
		"throttled":   {429, ""},
		"down":        {500, ""},
		"HTML":        {200, "<html>"},
		"no vector":   {200, `{"data":[]}`},
		"other model": {200, vectorOf(384)},
		"two vectors": {200, `{"data":[{},{}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := standIn(t, test.status, test.body, &map[string]any{}).Embed(t.Context(), "cats", embed.Query)
			if killrvideo.ErrorCode(err) != killrvideo.EUPSTREAM || strings.Contains(err.Error(), testKey) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEmptyTextIsNotEmbedded(t *testing.T) {
	t.Parallel()
	nowhere := embed.NewNVIDIA(embed.NVIDIAConfig{APIKey: testKey, URL: "http://127.0.0.1:1"})
	if _, err := nowhere.Embed(t.Context(), " !", embed.Query); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Error(err)
	}
	if _, err := nowhere.Embed(t.Context(), "cats", embed.Query); killrvideo.ErrorCode(err) != killrvideo.EUPSTREAM {
		t.Error(err)
	}
}

func TestNVIDIATimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	start := time.Now()
	slow := embed.NewNVIDIA(embed.NVIDIAConfig{APIKey: testKey, URL: server.URL, Timeout: 20 * time.Millisecond})
	if _, err := slow.Embed(t.Context(), "cats", embed.Query); killrvideo.ErrorCode(err) != killrvideo.EUPSTREAM {
		t.Error(err)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("took %v", took)
	}
}
