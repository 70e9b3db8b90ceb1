package e2e_test

import (
	"net/http"
	"sync"
	"testing"
)

func views(t *testing.T, id string) float64 {
	t.Helper()
	a := call(t, http.MethodGet, "/api/v1/videos/id/"+id, "", nil).want(t, 200, "")
	if a.body["views"] != a.body["viewCount"] {
		t.Error(a.raw)
	}
	return a.body["views"].(float64)
}

func TestViews(t *testing.T) {
	t.Parallel()
	id := submit(t, creator(t), nil)
	path := "/api/v1/videos/id/" + id + "/view"
	for _, token := range []string{"", viewer(t).token, "not-a-token"} {
		if a := call(t, http.MethodPost, path, token, nil).want(t, 204, ""); a.raw != "" {
			t.Errorf("body %q", a.raw)
		}
	}
	if n := views(t, id); n != 3 {
		t.Errorf("%v views", n)
	}
	call(t, http.MethodPost, "/api/v1/videos/id/"+unknownID()+"/view", "", nil).want(t, 404, "Video not found")
	call(t, http.MethodPost, "/api/v1/videos/id/zzz/view", "", nil).want(t, 404, "")
}

func TestParallelViewsAreAllCounted(t *testing.T) {
	t.Parallel()
	id := submit(t, creator(t), nil)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() { call(t, http.MethodPost, "/api/v1/videos/id/"+id+"/view", "", nil) })
	}
	all.Wait()
	if n := views(t, id); n != 100 {
		t.Errorf("%v views of 100", n)
	}
}

func TestTrending(t *testing.T) {
	t.Parallel()
	popular := submit(t, creator(t), nil)
	for range 150 { // more than any other test views
		call(t, http.MethodPost, "/api/v1/videos/id/"+popular+"/view", "", nil).want(t, 204, "")
	}
	for _, query := range []string{"?intervalDays=7", "?intervalDays=30&limit=1"} {
		a := call(t, http.MethodGet, "/api/v1/videos/trending"+query, "", nil).want(t, 200, "")
		if len(a.list) == 0 {
			t.Fatalf("nothing trends: %s", a.raw)
		}
		top := a.list[0].(map[string]any)
		keys(t, top, summaryKeys)
		if top["videoId"] != popular || top["views"].(float64) < 150 {
			t.Errorf("%s: on top is %v", query, top)
		}
	}
	call(t, http.MethodGet, "/api/v1/videos/trending?intervalDays=2", "", nil).want(t, 400, "interval_days must be one of 1, 7 or 30")
	for _, query := range []string{"?intervalDays=31", "?intervalDays=0", "?limit=11", "?limit=x"} {
		call(t, http.MethodGet, "/api/v1/videos/trending"+query, "", nil).want(t, 422, "")
	}
}

func TestWatchTime(t *testing.T) {
	t.Parallel()
	id, p := submit(t, creator(t), nil), viewer(t)
	path := "/api/v1/videos/id/" + id + "/watch-time"
	call(t, http.MethodPost, path, "", map[string]any{"watch_duration_seconds": 5}).want(t, 401, "")
	call(t, http.MethodPost, path, p.token, map[string]any{"watch_duration_seconds": 5}).want(t, 204, "")
	for _, bad := range []map[string]any{{}, {"watch_duration_seconds": 0}, {"watch_duration_seconds": -3},
		{"watch_duration_seconds": 100000}} {
		call(t, http.MethodPost, path, p.token, bad).want(t, 400, "")
	}
	call(t, http.MethodPost, "/api/v1/videos/id/"+unknownID()+"/watch-time", p.token, map[string]any{"watch_duration_seconds": 5}).want(t, 404,
		"")
}

func TestByTag(t *testing.T) {
	t.Parallel()
	p := creator(t)
	tag := "tag" + unknownID()[:8]
	for range 3 {
		submit(t, p, map[string]any{"tags": []string{tag}})
	}
	a := call(t, http.MethodGet, "/api/v1/videos/by-tag/"+tag+"?pageSize=2", "", nil).want(t, 200, "")
	page := a.body["pagination"].(map[string]any)
	if len(a.body["data"].([]any)) != 2 || page["totalItems"] != 3.0 || page["totalPages"] != 2.0 {
		t.Error(a.raw)
	}
	next := call(t, http.MethodGet, "/api/v1/videos/by-tag/"+tag+"?pageSize=2&cursor="+page["nextCursor"].(string), "", nil).want(t, 200, "")
	if len(next.body["data"].([]any)) != 1 || next.body["pagination"].(map[string]any)["nextCursor"] != nil {
		t.Error(next.raw)
	}
	call(t, http.MethodGet, "/api/v1/videos/by-tag/"+tag+"?cursor=nonsense", "", nil).want(t, 422, "")
	upper := call(t, http.MethodGet, "/api/v1/videos/by-tag/TAG"+tag[3:], "", nil).want(t, 200, "")
	if len(upper.body["data"].([]any)) != 3 {
		t.Errorf("a tag in capitals: %s", upper.raw)
	}
	none := call(t, http.MethodGet, "/api/v1/videos/by-tag/no-such-tag", "", nil).want(t, 200, "")
	if len(none.body["data"].([]any)) != 0 {
		t.Error(none.raw)
	}
}

func TestDeletedVideosAreInNoList(t *testing.T) {
	t.Parallel()
	p, tag := creator(t), "gone"+unknownID()[:8]
	id := submit(t, p, map[string]any{"tags": []string{tag}})
	path := "/api/v1/videos/id/" + id
	call(t, http.MethodDelete, path, "", nil).want(t, 401, "")
	call(t, http.MethodDelete, path, viewer(t).token, nil).want(t, 403, "")
	call(t, http.MethodDelete, path, creator(t).token, nil).want(t, 403, "")
	call(t, http.MethodDelete, path, p.token, nil).want(t, 204, "")
	call(t, http.MethodGet, path, "", nil).want(t, 404, "Video not found")
	call(t, http.MethodDelete, path, p.token, nil).want(t, 404, "Video not found")
	call(t, http.MethodPost, path+"/view", "", nil).want(t, 404, "Video not found")
	for _, list := range []string{"/api/v1/videos/by-uploader/" + p.id, "/api/v1/videos/by-tag/" + tag} {
		a := call(t, http.MethodGet, list, "", nil).want(t, 200, "")
		if len(a.body["data"].([]any)) != 0 || a.body["pagination"].(map[string]any)["totalItems"] != 0.0 {
			t.Errorf("%s: %s", list, a.raw)
		}
	}
}
