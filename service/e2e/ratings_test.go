package e2e_test

import (
	"net/http"
	"testing"
)

func TestRatings(t *testing.T) {
	t.Parallel()
	owner, fan, other := creator(t), viewer(t), viewer(t)
	id := submit(t, owner, nil)
	path := "/api/v1/videos/" + id + "/ratings"
	call(t, http.MethodPost, path, "", map[string]any{"rating": 4}).want(t, 401, "Not authenticated")
	for _, bad := range []any{0, 6, 4.5, true, nil, "x", []int{1}} {
		call(t, http.MethodPost, path, fan.token, map[string]any{"rating": bad}).want(t, 422, "")
	}
	call(t, http.MethodPost, path, fan.token, map[string]any{}).want(t, 422, "")
	unrated := call(t, http.MethodGet, path, "", nil).want(t, 200, "")
	if unrated.body["averageRating"] != nil || unrated.body["totalRatingsCount"] != 0.0 {
		t.Error(unrated.raw)
	}
	first := call(t, http.MethodPost, path, fan.token, map[string]any{"rating": 4}).want(t, 200, "")
	keys(t, first.body, "rating videoid userid created_at updated_at")
	if first.body["videoid"] != id || first.body["userid"] != fan.id || first.body["rating"] != 4.0 {
		t.Error(first.raw)
	}
	checkRatings(t, path, "", 4, 1, nil)
	again := call(t, http.MethodPost, path, fan.token, map[string]any{"rating": "2"}).want(t, 200, "")
	if again.body["created_at"] != first.body["created_at"] {
		t.Errorf("the time of the first rating is lost: %s", again.raw)
	}
	call(t, http.MethodPost, path, other.token, map[string]any{"rating": 5}).want(t, 200, "")
	checkRatings(t, path, fan.token, 3.5, 2, 2.0)
	checkRatings(t, path, "not-a-token", 3.5, 2, nil)
	detail := call(t, http.MethodGet, "/api/v1/videos/id/"+id, "", nil).want(t, 200, "")
	if detail.body["averageRating"] != 3.5 || detail.body["totalRatingsCount"] != 2.0 {
		t.Error(detail.raw)
	}
	list := call(t, http.MethodGet, "/api/v1/videos/by-uploader/"+owner.id, "", nil).want(t, 200, "")
	if v := list.body["data"].([]any)[0].(map[string]any); v["averageRating"] != 3.5 {
		t.Errorf("in the list: %v", v)
	}
	call(t, http.MethodGet, "/api/v1/videos/"+unknownID()+"/ratings", "", nil).want(t, 404, "Video not found")
	call(t, http.MethodPost, "/api/v1/videos/"+unknownID()+"/ratings", fan.token, map[string]any{"rating": 1}).want(t, 404, "Video not found")
}

func checkRatings(t *testing.T, path, token string, average float64, count float64, own any) {
	t.Helper()
	a := call(t, http.MethodGet, path, token, nil).want(t, 200, "")
	if a.body["averageRating"] != average || a.body["totalRatingsCount"] != count || a.body["currentUserRating"] != own {
		t.Error(a.raw)
	}
}

// The older way to rate counts a user once as well.
func TestOlderRatingRoutes(t *testing.T) {
	t.Parallel()
	fan := viewer(t)
	path := "/api/v1/videos/id/" + submit(t, creator(t), nil) + "/rating"
	call(t, http.MethodPost, path, "", map[string]any{"rating": 3}).want(t, 401, "")
	for range 2 {
		call(t, http.MethodPost, path, fan.token, map[string]any{"rating": 3}).want(t, 204, "")
	}
	a := call(t, http.MethodGet, path, "", nil).want(t, 200, "")
	if a.body["averageRating"] != 3.0 || a.body["ratingCount"] != 1.0 {
		t.Error(a.raw)
	}
}
