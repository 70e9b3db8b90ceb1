package youtube_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/youtube"
)

const testKey = "generated-by-the-test"

// answering makes a client whose YouTube answers everything with status and
// body, and counts and shows the requests it gets.
func answering(t *testing.T, status int, body string, see func(*http.Request), config youtube.Config) (*youtube.Client, *atomic.Int32) {
	t.Helper()
	asked := &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if see != nil {
			see(r)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	config.OEmbedURL, config.DataAPIURL, config.HTTP = server.URL+"/oembed", server.URL+"/v3/", server.Client()
	return youtube.NewClient(config), asked
}

func TestOEmbed(t *testing.T) {
	t.Parallel()
	client, _ := answering(t, 200, `{"title":"Cats","thumbnail_url":"https://i.ytimg.com/vi/x/hq.jpg"}`, func(r *http.Request) {
		if got := r.URL.Path + "?" + r.URL.RawQuery; got != "/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dabcdefghijk" {
			t.Errorf("asked %s", got)
		}
	}, youtube.Config{})
	got, err := client.Metadata(t.Context(), "abcdefghijk")
	want := killrvideo.Metadata{Title: "Cats", ThumbnailURL: "https://i.ytimg.com/vi/x/hq.jpg"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestDataAPIWithKey(t *testing.T) {
	t.Parallel()
	body := `{"items":[{"snippet":{"title":"Cats","description":"Many.","tags":["a"],
		"thumbnails":{"default":{"url":"https://i.ytimg.com/d"},"high":{"url":"javascript:alert(1)"}}}}]}`
	var methods []string
	observe := func(method string, took time.Duration, _ error) { methods = append(methods, method) }
	client, _ := answering(t, 200, body, func(r *http.Request) {
		if r.Header.Get("X-Goog-Api-Key") != testKey || strings.Contains(r.URL.String(), testKey) {
			t.Error("the key must travel in its header, and only there")
		}
		if r.URL.Path != "/v3/videos" || r.URL.Query().Get("id") != "abcdefghijk" {
			t.Errorf("asked %s", r.URL.Path)
		}
	}, youtube.Config{APIKey: testKey, Observe: observe})
	got, err := client.Metadata(t.Context(), "abcdefghijk")
	want := killrvideo.Metadata{Title: "Cats", Description: "Many.", Tags: []string{"a"}, ThumbnailURL: "https://i.ytimg.com/d"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if diff := cmp.Diff([]string{"v3_api"}, methods); diff != "" {
		t.Error(diff)
	}
}

func TestMetadataFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key    string
		status int
		body   string
		want   string
	}{
		"oEmbed knows no such video":  {"", 404, "Not Found", killrvideo.ENOTFOUND},
		"oEmbed: malformed id":        {"", 400, "Bad Request", killrvideo.ENOTFOUND},
		"oEmbed: private video":       {"", 401, "Unauthorized", killrvideo.ENOTFOUND},
		"oEmbed throttles":            {"", 429, "", killrvideo.EUPSTREAM},
		"oEmbed fails":                {"", 500, "", killrvideo.EUPSTREAM},
		"oEmbed speaks HTML":          {"", 200, "<html>", killrvideo.EUPSTREAM},
		"Data API knows no video":     {testKey, 200, `{"items":[]}`, killrvideo.ENOTFOUND},
		"Data API refuses the key":    {testKey, 400, `{"error":{}}`, killrvideo.EUPSTREAM},
		"Data API's quota is used up": {testKey, 403, `{"error":{}}`, killrvideo.EUPSTREAM},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := answering(t, test.status, test.body, nil, youtube.Config{APIKey: test.key})
			_, err := client.Metadata(t.Context(), "abcdefghijk")
			if killrvideo.ErrorCode(err) != test.want || strings.Contains(err.Error(), testKey) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestUnreachableYouTubeIsNotCalledForAWhile(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	client, asked := answering(t, 503, "", nil, youtube.Config{Rest: time.Minute, Now: func() time.Time { return now }})
	for range 3 {
		if _, err := client.Metadata(t.Context(), "abcdefghijk"); killrvideo.ErrorCode(err) != killrvideo.EUPSTREAM {
			t.Fatal(err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times while it was down", asked.Load())
	}
	now = now.Add(time.Minute)
	_, _ = client.Metadata(t.Context(), "abcdefghijk")
	if asked.Load() != 2 {
		t.Errorf("asked %d times after the rest", asked.Load())
	}
}

// hanging never answers, like a network that drops packets.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestMetadataGivesUpAfterItsTimeout(t *testing.T) {
	t.Parallel()
	client := youtube.NewClient(youtube.Config{Timeout: 20 * time.Millisecond, HTTP: &http.Client{Transport: hanging{}}})
	start := time.Now()
	_, err := client.Metadata(t.Context(), "abcdefghijk")
	if killrvideo.ErrorCode(err) != killrvideo.EUPSTREAM || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if took := time.Since(start); took > youtube.DefaultTimeout {
		t.Errorf("took %v", took)
	}
}
