package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func commentOn(t *testing.T, p person, video, text string) answer {
	t.Helper()
	return call(t, http.MethodPost, "/api/v1/videos/"+video+"/comments", p.token, map[string]any{"text": text}).want(t, 201, "")
}

const commentKeys = "commentid commentId videoid videoId userid userId comment text sentiment_score firstName lastName created_at createdAt"

func TestComments(t *testing.T) {
	t.Parallel()
	video, p := submit(t, creator(t), nil), viewer(t)
	path := "/api/v1/videos/" + video + "/comments"
	call(t, http.MethodPost, path, "", map[string]any{"text": "I love this video!"}).want(t, 401, "Not authenticated")
	first := commentOn(t, p, video, "  I love this video!  ")
	keys(t, first.body, commentKeys)
	if first.body["comment"] != "I love this video!" || first.body["firstName"] != "Ada" || first.body["sentiment_score"].(float64) <= 0 {
		t.Error(first.raw)
	}
	for _, bad := range []any{"", "   ", strings.Repeat("x", 1001), nil, 7} {
		call(t, http.MethodPost, path, p.token, map[string]any{"text": bad}).want(t, 422, "")
	}
	call(t, http.MethodPost, path, p.token, map[string]any{"text": strings.Repeat("x", 1000)}).want(t, 201, "")
	call(t, http.MethodPost, "/api/v1/videos/"+unknownID()+"/comments", p.token, map[string]any{"text": "hello there"}).want(t, 404,
		"Video not found")
	none := call(t, http.MethodGet, "/api/v1/videos/"+unknownID()+"/comments", "", nil).want(t, 200, "")
	if len(none.body["data"].([]any)) != 0 {
		t.Error(none.raw)
	}
	list := call(t, http.MethodGet, path, "", nil).want(t, 200, "")
	data := list.body["data"].([]any)
	if len(data) != 2 || data[1].(map[string]any)["commentid"] != first.body["commentid"] ||
		data[1].(map[string]any)["lastName"] != "Lovelace" {
		t.Error(list.raw)
	}
}

func TestCommentSentiment(t *testing.T) {
	t.Parallel()
	video, p := submit(t, creator(t), nil), viewer(t)
	for text, want := range map[string]any{
		"This made me :( sad":         -0.8,
		"I got a badge for this one.": 0.1, // no bad word
		"a neutral text of some size": 0.1,
		"ok":                          nil,
		"awesome work":                0.9,
	} {
		if got := commentOn(t, p, video, text).body["sentiment_score"]; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestCommentsHaveRightTotalsOnEveryPage(t *testing.T) {
	t.Parallel()
	video, p := submit(t, creator(t), nil), viewer(t)
	for i := range 5 {
		commentOn(t, p, video, fmt.Sprintf("comment number %d", i))
	}
	for _, path := range []string{"/api/v1/videos/" + video + "/comments", "/api/v1/users/" + p.id + "/comments"} {
		var texts []any
		for page := 1; page <= 3; page++ {
			a := call(t, http.MethodGet, fmt.Sprintf("%s?page=%d&pageSize=2", path, page), "", nil).want(t, 200, "")
			shown := a.body["pagination"].(map[string]any)
			if shown["totalItems"] != 5.0 || shown["totalPages"] != 3.0 {
				t.Errorf("page %d: %v", page, shown)
			}
			for _, item := range a.body["data"].([]any) {
				texts = append(texts, item.(map[string]any)["comment"].(string)[15:])
			}
		}
		if got := fmt.Sprint(texts); got != "[4 3 2 1 0]" {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestDeletedCommentsAreInNoList(t *testing.T) {
	t.Parallel()
	video, p := submit(t, creator(t), nil), viewer(t)
	id := commentOn(t, p, video, "this will be gone").text(t, "commentid")
	path := "/api/v1/videos/" + video + "/comments"
	call(t, http.MethodDelete, path+"/"+id, "", nil).want(t, 401, "")
	call(t, http.MethodDelete, path+"/"+id, viewer(t).token, nil).want(t, 403, "")
	call(t, http.MethodDelete, "/api/v1/videos/"+unknownID()+"/comments/"+id, p.token, nil).want(t, 404, "Comment not found")
	call(t, http.MethodDelete, path+"/"+id, p.token, nil).want(t, 204, "")
	call(t, http.MethodDelete, path+"/"+id, p.token, nil).want(t, 404, "Comment not found")
	for _, list := range []string{path, "/api/v1/users/" + p.id + "/comments"} {
		a := call(t, http.MethodGet, list, "", nil).want(t, 200, "")
		if len(a.body["data"].([]any)) != 0 || a.body["pagination"].(map[string]any)["totalItems"] != 0.0 {
			t.Errorf("%s: %s", list, a.raw)
		}
	}
}

func TestActivity(t *testing.T) {
	t.Parallel()
	video, p := submit(t, creator(t), nil), viewer(t)
	path := "/api/v1/users/" + p.id + "/activity"
	empty := call(t, http.MethodGet, path, p.token, nil).want(t, 200, "")
	if page := empty.body["pagination"].(map[string]any); len(empty.body["data"].([]any)) != 0 || page["totalItems"] != 0.0 ||
		page["totalPages"] != 0.0 {
		t.Error(empty.raw)
	}
	call(t, http.MethodPost, "/api/v1/videos/id/"+video+"/view", p.token, nil).want(t, 204, "")
	call(t, http.MethodPost, "/api/v1/videos/id/"+video+"/view", "", nil).want(t, 204, "")
	commentOn(t, p, video, "seen it, liked it")
	call(t, http.MethodPost, "/api/v1/videos/"+video+"/ratings", p.token, map[string]any{"rating": 5}).want(t, 200, "")
	checkActivity(t, path, p.token, "rate comment view", 3)
	checkActivity(t, path+"?activity_type=view", p.token, "view", 1)
	checkActivity(t, path+"?activity_type=comment", p.token, "comment", 1)
	checkActivity(t, path+"?activity_type=rate", p.token, "rate", 1)
	checkActivity(t, path+"?page=2&pageSize=2", p.token, "view", 3)
	checkActivity(t, path, moderator(t).token, "rate comment view", 3)
	call(t, http.MethodGet, path, "", nil).want(t, 401, "")
	call(t, http.MethodGet, path, creator(t).token, nil).want(t, 403, "")
	call(t, http.MethodGet, path+"?activity_type=nap", p.token, nil).want(t, 422, "")
	call(t, http.MethodGet, "/api/v1/users/zz/activity", p.token, nil).want(t, 422, "")
}

func checkActivity(t *testing.T, path, token, types string, total float64) {
	t.Helper()
	a := call(t, http.MethodGet, path, token, nil).want(t, 200, "")
	var got []string
	for _, item := range a.body["data"].([]any) {
		one := item.(map[string]any)
		keys(t, one, "userid activity_type activity_id activity_timestamp videoid userId activityType activityId activityTimestamp videoId")
		got = append(got, one["activity_type"].(string))
	}
	if strings.Join(got, " ") != types || a.body["pagination"].(map[string]any)["totalItems"] != total {
		t.Errorf("%s: %s", path, a.raw)
	}
}

// More than a page, a day's worth or a partition's limit: all of it is there.
func TestTheWholeActivityIsListed(t *testing.T) {
	t.Parallel()
	video, p := submit(t, creator(t), nil), viewer(t)
	const views, pageSize = 45, 20
	for range views {
		call(t, http.MethodPost, "/api/v1/videos/id/"+video+"/view", p.token, nil).want(t, 204, "")
	}
	commentOn(t, p, video, "after all these views")
	seen := map[any]bool{}
	for page := range 3 {
		path := fmt.Sprintf("/api/v1/users/%s/activity?page=%d&pageSize=%d", p.id, page+1, pageSize)
		for _, item := range call(t, http.MethodGet, path, p.token, nil).want(t, 200, "").wantTotals(t, views+1, 3).data(t) {
			if seen[item["activity_id"]] = true; item["videoid"] != video {
				t.Error(item)
			}
		}
	}
	if len(seen) != views+1 {
		t.Errorf("%d are listed", len(seen))
	}
}
