package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

const (
	summaryKeys = "key videoId userId title description tags thumbnailUrl submittedAt uploadDate content_rating contentRating " +
		"category status views viewCount averageRating"
	detailKeys = summaryKeys + " location location_type content_features language youtubeVideoId updatedAt totalRatingsCount is_deleted " +
		"deleted_at"
)

// submit makes a video and gives its id; extra adds to the request.
func submit(t *testing.T, p person, extra map[string]any) string {
	t.Helper()
	body := map[string]any{"youtubeUrl": "https://youtu.be/abcdefghijk"}
	for name, value := range extra {
		body[name] = value
	}
	return call(t, http.MethodPost, "/api/v1/videos", p.token, body).want(t, 202, "").text(t, "videoId")
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	p := creator(t)
	a := call(t, http.MethodPost, "/api/v1/videos", p.token, map[string]any{"youtubeUrl": "https://youtu.be/abcdefghijk"}).want(t, 202, "")
	keys(t, a.body, detailKeys)
	if a.body["youtubeVideoId"] != "abcdefghijk" || a.body["userId"] != p.id || a.body["content_features"] != nil ||
		a.body["location_type"] != 0.0 {
		t.Errorf("video %s", a.raw)
	}
	if a.body["status"] != "READY" || a.body["title"] != youtubeTitle {
		t.Errorf("what YouTube says is not taken: %s", a.raw)
	}
	own := map[string]any{"youtubeUrl": "https://youtu.be/abcdefghijk", "title": "My cats", "description": "Many.",
		"tags": []string{"Pets", "cats", "PETS"}}
	b := call(t, http.MethodPost, "/api/v1/videos", p.token, own).want(t, 202, "")
	if b.body["title"] != "My cats" || b.body["description"] != "Many." || !strings.Contains(b.raw, `"tags":["cats","pets"]`) {
		t.Errorf("what the creator says is not taken: %s", b.raw)
	}
	read := call(t, http.MethodGet, "/api/v1/videos/id/"+b.text(t, "videoId"), "", nil).want(t, 200, "")
	if read.raw != b.raw {
		t.Errorf("submitted %s\nand read %s", b.raw, read.raw)
	}
}

func TestSubmitRefusesWhatYouTubeDoesNotKnow(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for _, title := range []any{nil, "My cats"} {
		body := map[string]any{"youtubeUrl": "https://youtu.be/" + unknownVideo, "title": title}
		call(t, http.MethodPost, "/api/v1/videos", p.token, body).want(t, 404, "Unable to retrieve video metadata from YouTube")
	}
	if list := call(t, http.MethodGet, "/api/v1/videos/by-uploader/"+p.id, p.token, nil).want(t, 200,
		""); len(list.body["data"].([]any)) != 0 {
		t.Errorf("stored: %s", list.raw)
	}
}

// During an outage of YouTube a video without a title is seen by its uploader
// and moderators alone, until it has one; a video with a title is public.
func TestVideosDuringAnOutageOfYouTube(t *testing.T) {
	t.Parallel()
	cutOff := instance(t, "HTTPS_PROXY=http://127.0.0.1:1")
	owner, other, mod := creator(t), creator(t), moderator(t)
	word := "w" + strings.ReplaceAll(owner.id, "-", "")
	body := map[string]any{"youtubeUrl": "https://youtu.be/abcdefghijk", "tags": []string{word}, "description": "About " + word}
	pending := cutOff.call(t, http.MethodPost, "/api/v1/videos", owner.token, body).want(t, 202, "")
	if pending.body["status"] != "PENDING" || pending.body["title"] != "Untitled Video" || pending.body["thumbnailUrl"] == nil {
		t.Errorf("video %s", pending.raw)
	}
	id := pending.text(t, "videoId")
	for who, test := range map[string]struct {
		token string
		sees  bool
	}{"anonymous": {"", false}, "another user": {other.token, false}, "owner": {owner.token, true}, "moderator": {mod.token, true}} {
		status, use, listed := 404, 404, 0
		if test.sees {
			status, use, listed = 200, 400, 1
		}
		cutOff.call(t, http.MethodGet, "/api/v1/videos/id/"+id, test.token, nil).want(t, status, "")
		cutOff.call(t, http.MethodPost, "/api/v1/videos/id/"+id+"/view", test.token, nil).want(t, use, "")
		if test.token != "" {
			cutOff.call(t, http.MethodPost, "/api/v1/videos/"+id+"/comments", test.token, map[string]any{"text": "Nice"}).want(t, use, "")
			cutOff.call(t, http.MethodPost, "/api/v1/videos/"+id+"/ratings", test.token, map[string]any{"rating": 5}).want(t, use, "")
			cutOff.call(t, http.MethodPost, "/api/v1/videos/id/"+id+"/watch-time", test.token, map[string]any{"watch_duration_seconds": 5}).want(t,
				use, "")
		}
		for path, want := range map[string]int{
			"/api/v1/videos/by-uploader/" + owner.id: listed, "/api/v1/videos/by-tag/" + word: 0, "/api/v1/search/videos?query=" + word: 0,
		} {
			if list := cutOff.call(t, http.MethodGet, path, test.token, nil).want(t, 200, ""); len(list.body["data"].([]any)) != want {
				t.Errorf("%s of %s: %s", who, path, list.raw)
			}
		}
		if latest := cutOff.call(t, http.MethodGet, "/api/v1/videos/latest?pageSize=50", test.token, nil); strings.Contains(latest.raw, id) {
			t.Errorf("%s has it among the latest videos", who)
		}
	}
	cutOff.call(t, http.MethodPut, "/api/v1/videos/id/"+id, owner.token, map[string]any{"title": "My cats"}).want(t, 200, "")
	body["title"] = "Titled"
	cutOff.call(t, http.MethodPost, "/api/v1/videos", owner.token, body).want(t, 202, "")
	list := cutOff.call(t, http.MethodGet, "/api/v1/videos/by-tag/"+word, "", nil).want(t, 200, "")
	if !strings.Contains(list.raw, "My cats") || !strings.Contains(list.raw, "Titled") || strings.Contains(list.raw, "PENDING") {
		t.Errorf("published: %s", list.raw)
	}
}

func TestSubmitAcceptsAllFormsOfAURL(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for _, url := range []string{
		"https://youtu.be/abcdefghijk", "http://youtu.be/abcdefghijk", "https://www.youtube.com/watch?v=abcdefghijk",
		"https://youtube.com/watch?v=abcdefghijk", "https://www.youtube.com/embed/abcdefghijk", "https://www.youtube.com/v/abcdefghijk",
		"https://www.youtube.com/shorts/abcdefghijk",
		"https://m.youtube.com/watch?v=abcdefghijk",
		"https://music.youtube.com/watch?v=abcdefghijk",
		"https://www.youtube.com/watch?t=5&v=abcdefghijk", "https://www.youtube.com/live/abcdefghijk",
	} {
		a := call(t, http.MethodPost, "/api/v1/videos", p.token, map[string]any{"youtubeUrl": url}).want(t, 202, "")
		if a.body["youtubeVideoId"] != "abcdefghijk" {
			t.Errorf("%s gave %v", url, a.body["youtubeVideoId"])
		}
	}
}

func TestSubmitRefuses(t *testing.T) {
	t.Parallel()
	good := map[string]any{"youtubeUrl": "https://youtu.be/abcdefghijk"}
	call(t, http.MethodPost, "/api/v1/videos", "", good).want(t, 401, "Not authenticated")
	call(t, http.MethodPost, "/api/v1/videos", viewer(t).token, good).want(t, 403, "")
	call(t, http.MethodPost, "/api/v1/videos", "", "{bad").want(t, 422, "")
	p := creator(t)
	with := func(name string, value any) map[string]any {
		return map[string]any{"youtubeUrl": "https://youtu.be/abcdefghijk", name: value}
	}
	tests := map[string]struct {
		body   any
		status int
	}{
		"foreign URL":        {with("youtubeUrl", "https://example.com/x"), 400},
		"no URL":             {with("youtubeUrl", "notaurl"), 422},
		"null URL":           {with("youtubeUrl", nil), 422},
		"missing URL":        {map[string]any{}, 422},
		"title too long":     {with("title", strings.Repeat("x", 120)), 422},
		"title too short":    {with("title", "T"), 422},
		"long description":   {with("description", strings.Repeat("x", 2001)), 422},
		"tags no list":       {with("tags", "cats"), 422},
		"null among tags":    {with("tags", []any{"cats", nil}), 422},
		"null title is none": {with("title", nil), 202},
		"null tags are none": {with("tags", nil), 202},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call(t, http.MethodPost, "/api/v1/videos", p.token, test.body).want(t, test.status, "")
		})
	}
}

func TestVideoDetail(t *testing.T) {
	t.Parallel()
	id := submit(t, creator(t), nil)
	a := call(t, http.MethodGet, "/api/v1/videos/id/"+id, "", nil).want(t, 200, "")
	keys(t, a.body, detailKeys)
	if a.body["videoId"] != id || a.body["key"] != id || a.body["views"] != 0.0 || a.body["is_deleted"] != false {
		t.Errorf("video %s", a.raw)
	}
	call(t, http.MethodGet, "/api/v1/videos/id/"+unknownID(), "", nil).want(t, 404, "Video not found")
	call(t, http.MethodGet, "/api/v1/videos/id/zzz", "", nil).want(t, 404, "Not Found")
}

func TestStatus(t *testing.T) {
	t.Parallel()
	owner := creator(t)
	path := "/api/v1/videos/id/" + submit(t, owner, nil) + "/status"
	call(t, http.MethodGet, path, "", nil).want(t, 401, "")
	call(t, http.MethodGet, path, viewer(t).token, nil).want(t, 403, "User does not have permission to view status of this video")
	for _, p := range []person{owner, moderator(t)} {
		a := call(t, http.MethodGet, path, p.token, nil).want(t, 200, "")
		keys(t, a.body, "videoId status")
		if len(a.body) != 2 || a.body["status"] != "READY" {
			t.Errorf("status %s", a.raw)
		}
	}
	call(t, http.MethodGet, "/api/v1/videos/id/"+unknownID()+"/status", owner.token, nil).want(t, 404, "Video not found")
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	owner := creator(t)
	path := "/api/v1/videos/id/" + submit(t, owner, map[string]any{"description": "Many."})
	better := map[string]any{"title": "Better cats", "tags": []string{"b", "A"}}
	call(t, http.MethodPut, path, "", better).want(t, 401, "")
	call(t, http.MethodPut, path, viewer(t).token, better).want(t, 403, "User does not have permission to modify this video")
	for _, p := range []person{owner, moderator(t)} {
		a := call(t, http.MethodPut, path, p.token, better).want(t, 200, "")
		if a.body["title"] != "Better cats" || a.body["description"] != "Many." || a.body["updatedAt"] == nil ||
			!strings.Contains(a.raw, `"tags":["a","b"]`) {
			t.Errorf("updated %s", a.raw)
		}
	}
	cleared := call(t, http.MethodPut, path, owner.token, map[string]any{"description": nil, "tags": nil}).want(t, 200, "")
	if cleared.body["description"] != nil || len(cleared.body["tags"].([]any)) != 0 {
		t.Errorf("cleared %s", cleared.raw)
	}
	same := call(t, http.MethodPut, path, owner.token, map[string]any{}).want(t, 200, "")
	if read := call(t, http.MethodGet, path, "", nil); read.raw != same.raw || same.body["title"] != "Better cats" {
		t.Errorf("read %s\nafter %s", read.raw, same.raw)
	}
	call(t, http.MethodPut, "/api/v1/videos/id/"+unknownID(), owner.token, better).want(t, 404, "Video not found")
}

// One bad edit must neither be stored nor break a list for others.
func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	owner := creator(t)
	id := submit(t, owner, map[string]any{"title": "Good cats"})
	for _, body := range []any{
		map[string]any{"title": "ab"}, map[string]any{"title": "   a   "}, map[string]any{"title": strings.Repeat("x", 101)},
		map[string]any{"title": 7},
		map[string]any{"description": strings.Repeat("x", 2001)},
		map[string]any{"tags": []any{strings.Repeat("x", 51)}},
		"{bad",
		"",
	} {
		call(t, http.MethodPut, "/api/v1/videos/id/"+id, owner.token, body).want(t, 422, "")
	}
	list := call(t, http.MethodGet, "/api/v1/videos/by-uploader/"+owner.id, "", nil).want(t, 200, "")
	if first := list.body["data"].([]any)[0].(map[string]any); first["title"] != "Good cats" {
		t.Errorf("in the list: %v", first)
	}
	call(t, http.MethodGet, "/api/v1/videos/latest", "", nil).want(t, 200, "")
}
