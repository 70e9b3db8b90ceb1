package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/youtube"
)

// meaning is what submits videos and finds them by what they mean, on an
// embedded Astra whose embedding provider can be down.
type meaning struct {
	store *store.Store
	now   time.Time
	down  atomic.Bool
}

func newMeaning(t *testing.T) *meaning {
	t.Helper()
	astra := astratest.New(t)
	m := &meaning{now: time.Now()}
	target, err := url.Parse(astra.URL)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(m.unreliable(httputil.NewSingleHostReverseProxy(target)))
	t.Cleanup(server.Close)
	astra.URL = server.URL
	m.store = store.New(store.Config{Database: astra.Database(astra.Admin, "killrvideo"), Log: slog.New(slog.DiscardHandler)})
	return m
}

// unreliable answers as Astra does when its provider is down, to whatever
// needs it.
func (m *meaning) unreliable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if m.down.Load() && bytes.Contains(body, []byte(`"content_features":"`)) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"errors":[{"errorCode":"EMBEDDING_PROVIDER_TIMEOUT","family":"SERVER","scope":"EMBEDDING_PROVIDER",`+
				`"title":"x","message":"y","id":"z"}]}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// with makes the two parts that need an embedder.
func (m *meaning) with(e killrvideo.Embedder) (*killrvideo.Catalogue, *killrvideo.Search) {
	quiet := slog.New(slog.DiscardHandler)
	queue := &killrvideo.IndexQueue{
		Work: m.store.Work, Locks: m.store.Locks, Videos: m.store.Videos, Search: m.store.Search, Embed: e, Backoff: killrvideo.DefaultBackoff,
		Now: func() time.Time { return m.now }, Log: quiet,
	}
	catalogue := &killrvideo.Catalogue{
		Repository: m.store.Videos, Views: m.store.Views, Ratings: m.store.Ratings, Activities: m.store.Activities, Audits: m.store.Audits,
		Host: youtube.NewClient(youtube.Config{}), Index: queue, Now: time.Now, Log: quiet,
	}
	return catalogue, &killrvideo.Search{Repository: m.store.Search, Videos: m.store.Videos, Embedder: e, Reembed: queue.Reembed}
}

func submitTo(t *testing.T, c *killrvideo.Catalogue, title string) {
	t.Helper()
	_, err := c.Submit(t.Context(), killrvideo.User{}, killrvideo.Submission{URL: "https://youtu.be/abcdefghijk", Title: &title})
	if err != nil {
		t.Fatal(err)
	}
}

// finds holds the titles that a search by meaning finds to the wanted ones.
func finds(t *testing.T, s *killrvideo.Search, text string, want ...string) {
	t.Helper()
	found, err := s.ByMeaning(t.Context(), text, killrvideo.Page{Number: 1, Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range found.Items {
		got = append(got, v.Title)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q finds %v, want %v", text, got, want)
	}
}

// likeSailing is similar to "Sailing boats", and contains none of its words: by
// words it finds nothing.
const likeSailing = "sail boat"

// A video is stored and found by its words while Astra's embedding provider is
// down, and by its meaning when it is back.
func TestVideoIsIndexedAfterAnOutageOfTheEmbeddingProvider(t *testing.T) {
	t.Parallel()
	m := newMeaning(t)
	catalogue, search := m.with(embedder{})
	m.down.Store(true)
	submitTo(t, catalogue, "Sailing boats")
	found, err := search.ByWords(t.Context(), "sailing", killrvideo.Page{Number: 1, Size: 10})
	if err != nil || len(found.Items) != 1 {
		t.Errorf("by words: %+v, %v", found, err)
	}
	_, err = search.ByMeaning(t.Context(), "sailing", killrvideo.Page{Number: 1, Size: 10})
	if killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE || !strings.Contains(err.Error(), "embedding service") {
		t.Errorf("by meaning: %v", err)
	}
	m.now = m.now.Add(time.Hour)
	catalogue.Index.Poll(t.Context()) // still down
	m.down.Store(false)
	finds(t, search, likeSailing)
	m.now = m.now.Add(time.Hour)
	catalogue.Index.Poll(t.Context())
	finds(t, search, likeSailing, "Sailing boats")
}

// standIn is NVIDIA for as long as a test runs. To it all texts mean the same,
// and a little of what they mean to the embedded Astra: compared with its
// vectors, they would be found.
func standIn(t *testing.T) *embed.NVIDIA {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		vector := make([]float32, embed.Dimension)
		vector[0] = 1
		_ = json.NewEncoder(w).Encode(map[string]any{"data": []any{map[string]any{"embedding": vector}}})
	}))
	t.Cleanup(server.Close)
	return embed.NewNVIDIA(embed.NVIDIAConfig{APIKey: "generated-by-the-test", URL: server.URL})
}

// A stack that gets a key, or loses it, has vectors of two models in one
// column. They are never compared, and those that a search reads are computed again.
func TestVectorsOfAnotherModelAreComputedAgain(t *testing.T) {
	t.Parallel()
	m := newMeaning(t)
	without, byAstra := m.with(embedder{})
	with, byNVIDIA := m.with(embedder{standIn(t)})
	submitTo(t, without, "Sailing boats")
	submitTo(t, with, "Sourdough bread")
	finds(t, byAstra, likeSailing, "Sailing boats")
	finds(t, byNVIDIA, likeSailing, "Sourdough bread")
	with.Index.Poll(t.Context())
	finds(t, byAstra, likeSailing)
	found, err := byNVIDIA.ByMeaning(t.Context(), likeSailing, killrvideo.Page{Number: 1, Size: 10})
	if err != nil || found.Total != 2 {
		t.Errorf("computed again, %d are found: %v", found.Total, err)
	}
	without.Index.Poll(t.Context()) // met above: the key is gone again
	finds(t, byAstra, likeSailing, "Sailing boats")
}
