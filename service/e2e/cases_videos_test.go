package e2e_test

import (
	"strings"
	"testing"
)

func address(url string) map[string]any { return map[string]any{"youtubeUrl": url} }

const goodAddress = "https://youtu.be/abcdefghijk"

func TestCasesOfSubmissions(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	submits := func(t *testing.T, token string, body any, status int) answer {
		t.Helper()
		return call(t, "POST", "/api/v1/videos", token, body).want(t, status, "")
	}
	t.Run("V1 submit", func(t *testing.T) {
		a := submits(t, s.creator.token, address(goodAddress), 202)
		if a.text(t, "videoId") == "" || a.body["youtubeVideoId"] != "abcdefghijk" || a.body["status"] != "READY" {
			t.Error(a.raw)
		}
	})
	t.Run("V2 submit without the right", func(t *testing.T) {
		submits(t, "", address(goodAddress), 401)
		submits(t, s.viewer.token, address(goodAddress), 403)
	})
	t.Run("V3 what is no address of a video", func(t *testing.T) {
		submits(t, s.creator.token, address("https://example.com/x"), 400)
		submits(t, s.creator.token, address("notaurl"), 422)
		submits(t, s.creator.token, map[string]any{}, 422)
	})
	t.Run("V4 every form of an address", func(t *testing.T) {
		for _, url := range []string{
			goodAddress, "http://youtu.be/abcdefghijk", "https://www.youtube.com/watch?v=abcdefghijk", "https://youtube.com/watch?v=abcdefghijk",
			"https://www.youtube.com/embed/abcdefghijk", "https://www.youtube.com/v/abcdefghijk", "https://www.youtube.com/shorts/abcdefghijk",
		} {
			if a := submits(t, s.creator.token, address(url), 202); a.body["youtubeVideoId"] != "abcdefghijk" {
				t.Errorf("%s: %s", url, a.raw)
			}
		}
	})
	t.Run("V5 YouTube cannot be asked", func(t *testing.T) {
		cutOff := instance(t, "HTTPS_PROXY=http://127.0.0.1:1")
		a := cutOff.call(t, "POST", "/api/v1/videos/preview", "", address(goodAddress)).want(t, 502, "")
		a.text(t, "detail")
		kept := cutOff.call(t, "POST", "/api/v1/videos", s.creator.token, address(goodAddress)).want(t, 202, "")
		if kept.body["status"] != "PENDING" {
			t.Errorf("without a title: %s", kept.raw)
		}
	})
	t.Run("V6 titles at the limits of the one model or the other", func(t *testing.T) {
		for title, status := range map[string]int{"T": 422, "ab": 422, "abc": 202, strings.Repeat("x", 100): 202, strings.Repeat("x", 101): 422,
			strings.Repeat("x", 120): 422, strings.Repeat("x", 151): 422} {
			body := address(goodAddress)
			body["title"] = title
			submits(t, s.creator.token, body, status)
		}
	})
}

func TestCasesOfOneVideo(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	path := "/videos/id/" + s.video
	t.Run("V7 detail", func(t *testing.T) {
		a := call(t, "GET", "/api/v1"+path, "", nil).want(t, 200, "")
		keys(t, a.body, "videoId title tags userId submittedAt views status youtubeVideoId")
		if a.body["videoId"] != s.video || a.body["userId"] != s.creator.id || a.body["youtubeVideoId"] != "abcdefghijk" {
			t.Error(a.raw)
		}
	})
	t.Run("V8 detail of nothing", func(t *testing.T) {
		askEach(t, asked{"GET", "/videos/id/" + unknownID(), "", nil, 404, "Video not found"}, asked{"GET", "/videos/id/zzz", "", nil, 404, ""})
	})
	t.Run("V9 status", func(t *testing.T) {
		askEach(t, asked{"GET", path + "/status", "", nil, 401, ""}, asked{"GET", path + "/status", s.viewer.token, nil, 403, ""})
		for _, p := range []person{s.creator, s.moderator} {
			if a := call(t, "GET", "/api/v1"+path+"/status", p.token, nil).want(t, 200, ""); len(a.body) != 2 || a.body["videoId"] != s.video ||
				a.body["status"] != "READY" {
				t.Error(a.raw)
			}
		}
	})
	t.Run("V10 edit", func(t *testing.T) {
		edit := map[string]any{"title": "Edited", "description": "By its owner", "tags": []string{"edited"}}
		askEach(t, asked{"PUT", path, "", edit, 401, ""}, asked{"PUT", path, s.viewer.token, edit, 403, ""})
		for _, p := range []person{s.creator, s.moderator} {
			a := call(t, "PUT", "/api/v1"+path, p.token, edit).want(t, 200, "")
			if a.body["title"] != "Edited" || a.body["description"] != "By its owner" || !strings.Contains(a.raw, `"tags":["edited"]`) {
				t.Error(a.raw)
			}
		}
	})
	t.Run("V11 edit to what is no good", func(t *testing.T) {
		askEach(t, asked{"PUT", path, s.creator.token, map[string]any{"title": "ab"}, 422, ""},
			asked{"PUT", path, s.creator.token, map[string]any{"title": nil}, 200, ""},
			asked{"PUT", path, s.creator.token, map[string]any{"name": nil}, 200, ""})
		if a := call(t, "PUT", "/api/v1"+path, s.creator.token, map[string]any{}).want(t, 200, ""); a.body["title"] != "Edited" {
			t.Error(a.raw)
		}
		askEach(t, asked{"GET", "/videos/latest", "", nil, 200, ""}, asked{"GET", path, "", nil, 200, ""})
	})
}
