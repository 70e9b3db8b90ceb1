package load_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
)

// byAstra leaves texts to the embedded Astra.
type byAstra struct{}

func (byAstra) Embed(_ context.Context, text string, _ bool) (killrvideo.Embedding, error) {
	return embed.ByAstra(text), nil
}

func (byAstra) Model() string { return embed.AstraModel }

// TestQueriesOnTheSampleData asks what people look for. Whatever contains all
// words of a query is found, and what comes first is about it.
func TestQueriesOnTheSampleData(t *testing.T) {
	t.Parallel()
	to, set := repository(t), seed.New(seed.Size{Name: "queries", Users: 12, Videos: 300}, time.Now())
	if _, err := load.All(t.Context(), to, set, "no hash of anything", func() {}); err != nil {
		t.Fatal(err)
	}
	search := &killrvideo.Search{Repository: to.Search, Videos: to.Videos, Embedder: byAstra{}, Reembed: func(...uuid.UUID) {}}
	for query, about := range map[string]string{
		"guitar":                   "guitar",
		"learn to play guitar":     "guitar",
		"a slow ballad":            "music",
		"kitten":                   "cats",
		"kittens":                  "cats",
		"a cat who naps":           "cats",
		"sourdough bread":          "baking",
		"how to bake bread":        "baking",
		"cassandra partition keys": "cassandra",
		"vector search":            "cassandra",
		"the night train":          "trains",
		"telescope":                "astronomy",
		"Saturn's rings":           "astronomy",
		"golang goroutines":        "golang",
		"tomatoes in my garden":    "gardening",
		"gravel bike":              "cycling",
	} {
		found := all(t, search, query)
		if len(found) == 0 || !slices.Contains(found[0].Tags, about) && !strings.Contains(strings.ToLower(found[0].Title), about) {
			t.Errorf("%q: first of %d is %+v, not about %s", query, len(found), found[:min(1, len(found))], about)
		}
		times := map[uuid.UUID]int{}
		for _, v := range found {
			times[v.ID]++
		}
		words := killrvideo.Words(query)
		for i := range set.Size().Videos {
			v := set.Clip(i).Video
			if !v.Deleted() && containsAll(v.SearchWords(), words) && times[v.ID] != 1 {
				t.Errorf("%q: %q contains it, and is found %d times", query, v.Title, times[v.ID])
			}
		}
	}
}

func containsAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(word string) bool { return !slices.Contains(have, word) })
}

// all is everything that a search by meaning finds, page by page.
func all(t *testing.T, search *killrvideo.Search, query string) (found []killrvideo.Summary) {
	t.Helper()
	for number := 1; ; number++ {
		page, err := search.ByMeaning(t.Context(), query, killrvideo.Page{Number: number, Size: 20})
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, page.Items...)
		if len(page.Items) == 0 {
			if page.Total != len(found) {
				t.Errorf("%q: %d of %d", query, len(found), page.Total)
			}
			return found
		}
	}
}
