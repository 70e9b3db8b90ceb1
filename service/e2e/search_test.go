package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func search(t *testing.T, query string) answer {
	t.Helper()
	return call(t, http.MethodGet, "/api/v1/search/videos?"+query, "", nil).want(t, 200, "")
}

// titles are those of the videos in an answer.
func titles(a answer) []string {
	items := a.list
	if a.body != nil {
		items = a.body["data"].([]any)
	}
	var all []string
	for _, item := range items {
		all = append(all, item.(map[string]any)["title"].(string))
	}
	return all
}

func TestSearchRefusesInvalidQueries(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "query=", "query=%20", "query=!%3F", "query=cats&mode=fuzzy", "query=cats&page=0", "query=" +
		strings.Repeat("x", 10001)} {
		call(t, http.MethodGet, "/api/v1/search/videos?"+query, "", nil).want(t, 422, "")
	}
	call(t, http.MethodGet, "/api/v1/search/videos?mode=semantic&query=%20", "", nil).want(t, 422, "")
}

func TestSearchByWordsMatchesWholeWords(t *testing.T) {
	t.Parallel()
	p, mark := creator(t), "w"+unknownID()[:8]
	submit(t, p, map[string]any{"title": mark + " Purring kittens", "description": "A slow river.", "tags": []string{"felines"}})
	submit(t, p, map[string]any{"title": mark + " Barking dogs", "description": "A slow river too."})
	for query, want := range map[string]int{
		mark: 2, mark + " KITTENS": 1, mark + " kitten": 0, "felines " + mark: 1, "slow river " + mark: 2, "kittens dogs " + mark: 0,
	} {
		a := search(t, "query="+url.QueryEscape(query))
		if got := titles(a); len(got) != want || a.body["pagination"].(map[string]any)["totalItems"] != float64(want) {
			t.Errorf("%q: %v in %s", query, got, a.raw)
		}
	}
	paged := search(t, "pageSize=1&page=2&query="+mark)
	if got := titles(paged); len(got) != 1 || !strings.Contains(got[0], "kittens") {
		t.Errorf("the second page: %v", got)
	}
}

func TestSearchByMeaning(t *testing.T) {
	t.Parallel()
	p, mark := creator(t), "m"+unknownID()[:8]
	submit(t, p, map[string]any{"title": mark + " sailing boats on the ocean", "tags": []string{"sailing"}})
	submit(t, p, map[string]any{"title": "A loaf of sourdough", "tags": []string{"bread"}})
	a := search(t, "mode=semantic&pageSize=5&query="+url.QueryEscape(mark+" sailing boats"))
	if got := titles(a); len(got) == 0 || !strings.HasPrefix(got[0], mark) || slices.Contains(got, "A loaf of sourdough") {
		t.Errorf("found %v", got)
	}
	for _, far := range []string{"&page=4&pageSize=100", "&page=11&pageSize=100"} {
		search(t, "mode=semantic&query=sailing"+far)
	}
	long := strings.Repeat("at sea ", 200)
	search(t, "mode=semantic&query="+url.QueryEscape(long))
}

func TestDeletedVideosAreNotFoundBySearching(t *testing.T) {
	t.Parallel()
	p, m, mark := creator(t), moderator(t), "d"+unknownID()[:8]
	id := submit(t, p, map[string]any{"title": mark + " vanishing", "tags": []string{mark}})
	near := submit(t, p, map[string]any{"title": mark + " vanishing twice", "tags": []string{mark}})
	found := func(when string, want int) {
		t.Helper()
		for _, query := range []string{"query=", "mode=semantic&query="} {
			if got := titles(search(t, query+mark)); len(got) != want {
				t.Errorf("%s, %s finds %v", when, query, got)
			}
		}
	}
	found("at first", 2)
	call(t, http.MethodDelete, "/api/v1/videos/id/"+id, p.token, nil).want(t, 204, "")
	found("deleted", 1)
	related := call(t, http.MethodGet, "/api/v1/videos/id/"+near+"/related", "", nil).want(t, 200, "")
	if slices.Contains(titles(related), mark+" vanishing") {
		t.Error(related.raw)
	}
	call(t, http.MethodPost, "/api/v1/moderation/videos/"+id+"/restore", m.token, nil).want(t, 200, "")
	found("restored", 2)
}

func TestAnEditedVideoIsFoundByItsNewWords(t *testing.T) {
	t.Parallel()
	p, old, now := creator(t), "o"+unknownID()[:8], "n"+unknownID()[:8]
	id := submit(t, p, map[string]any{"title": old + " title"})
	call(t, http.MethodPut, "/api/v1/videos/id/"+id, p.token, map[string]any{"title": now + " title"}).want(t, 200, "")
	for word, want := range map[string]int{old: 0, now: 1} {
		for _, mode := range []string{"keyword", "semantic"} {
			if a := search(t, "mode="+mode+"&query="+word); len(titles(a)) != want {
				t.Errorf("%s %s: %s", mode, word, a.raw)
			}
		}
	}
}

func TestTagsAreSuggested(t *testing.T) {
	t.Parallel()
	p, mark := creator(t), "q"+unknownID()[:8]
	id := submit(t, p, map[string]any{"tags": []string{mark + "thon", "my" + mark}})
	suggest := func(query string) string {
		a := call(t, http.MethodGet, "/api/v1/search/tags/suggest?"+query, "", nil).want(t, 200, "")
		return fmt.Sprint(a.list)
	}
	if got := suggest("query=" + mark[1:]); got != fmt.Sprintf("[map[tag:my%s] map[tag:%sthon]]", mark, mark) {
		t.Error(got)
	}
	if got := suggest("limit=1&query=" + strings.ToUpper(mark)); got != fmt.Sprintf("[map[tag:my%s]]", mark) {
		t.Error(got)
	}
	call(t, http.MethodDelete, "/api/v1/videos/id/"+id, p.token, nil).want(t, 204, "")
	if got := suggest("query=" + mark); got != "[]" {
		t.Errorf("of a deleted video: %s", got)
	}
	for _, query := range []string{"", "query=", "query=py&limit=26", "query=py&limit=0"} {
		call(t, http.MethodGet, "/api/v1/search/tags/suggest?"+query, "", nil).want(t, 422, "")
	}
}

func TestRelatedVideosAreSimilarAndStable(t *testing.T) {
	t.Parallel()
	p, mark := creator(t), "r"+unknownID()[:8]
	id := submit(t, p, map[string]any{"title": mark + " volcano eruption", "tags": []string{mark}})
	submit(t, p, map[string]any{"title": mark + " volcano lava", "tags": []string{mark}})
	submit(t, p, map[string]any{"title": "Something else"}) // for when this test is the first
	path := "/api/v1/videos/id/" + id + "/related?limit=2"
	a := call(t, http.MethodGet, path, "", nil).want(t, 200, "")
	if got := titles(a); len(got) != 2 || got[0] != mark+" volcano lava" {
		t.Fatalf("related: %v", got)
	}
	first := a.list[0].(map[string]any)
	keys(t, first, "videoId title thumbnailUrl score views averageRating uploadDate userId")
	if score := first["score"].(float64); score < 0.5 || score > 1 {
		t.Errorf("score %v", score)
	}
	none := call(t, http.MethodGet, "/api/v1/videos/id/"+unknownID()+"/related", "", nil).want(t, 200, "")
	if none.raw != "[]" {
		t.Error(none.raw)
	}
	for _, limit := range []string{"0", "21", "x"} {
		call(t, http.MethodGet, "/api/v1/videos/id/"+id+"/related?limit="+limit, "", nil).want(t, 422, "")
	}
}

func TestForYou(t *testing.T) {
	t.Parallel()
	p, fan, mark := creator(t), viewer(t), "f"+unknownID()[:8]
	call(t, http.MethodGet, "/api/v1/recommendations/foryou", "", nil).want(t, 401, "")
	if a := call(t, http.MethodGet, "/api/v1/recommendations/foryou", fan.token, nil).want(t, 200, ""); a.body["pagination"] == nil {
		t.Error(a.raw)
	}
	liked := submit(t, p, map[string]any{"title": mark + " chess openings", "tags": []string{mark}})
	like := submit(t, p, map[string]any{"title": mark + " chess endgames", "tags": []string{mark}})
	call(t, http.MethodPost, "/api/v1/videos/"+liked+"/ratings", fan.token, map[string]any{"rating": 5}).want(t, 200, "")
	a := call(t, http.MethodGet, "/api/v1/recommendations/foryou?pageSize=3", fan.token, nil).want(t, 200, "")
	first := a.body["data"].([]any)[0].(map[string]any)
	if first["videoId"] != like || strings.Contains(a.raw, liked) {
		t.Error(a.raw)
	}
}

func TestIngest(t *testing.T) {
	t.Parallel()
	p := creator(t)
	id := submit(t, p, nil)
	vector := make([]float64, 1024)
	vector[7] = 1
	body := map[string]any{"videoId": id, "vector": vector}
	call(t, http.MethodPost, "/api/v1/reco/ingest", viewer(t).token, body).want(t, 403, "")
	call(t, http.MethodPost, "/api/v1/reco/ingest", creator(t).token, body).want(t, 403, "")
	a := call(t, http.MethodPost, "/api/v1/reco/ingest", p.token, body).want(t, 202, "")
	keys(t, a.body, "videoId status message")
	gone := unknownID()
	call(t, http.MethodPost, "/api/v1/reco/ingest", p.token, map[string]any{"videoId": gone, "vector": vector}).want(t, 404,
		"Video "+gone+" not found.")
	for _, bad := range []any{nil, []float64{}, vector[:1023], make([]float64, 1024), "x", append(slices.Clone(vector[:1023]), 1e300)} {
		call(t, http.MethodPost, "/api/v1/reco/ingest", p.token, map[string]any{"videoId": id, "vector": bad}).want(t, 422, "")
	}
}
