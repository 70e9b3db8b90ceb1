package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestRoot(t *testing.T) {
	t.Parallel()
	call(t, http.MethodGet, "/", "", nil).want(t, 200, "").text(t, "message")
	call(t, http.MethodGet, "/nope", "", nil).want(t, 404, "Not Found")
	call(t, http.MethodGet, "/api/v1/nope", "", nil).want(t, 404, "Not Found")
	call(t, http.MethodDelete, "/api/v1/videos/latest", "", nil).want(t, 405, "Method Not Allowed")
}

func TestLatest(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for i := range 3 {
		submit(t, p, map[string]any{"title": fmt.Sprintf("Latest %d", i)})
	}
	a := call(t, http.MethodGet, "/api/v1/videos/latest?page=1&pageSize=10", "", nil).want(t, 200, "")
	keys(t, a.body["pagination"].(map[string]any), "currentPage pageSize totalItems totalPages")
	var before time.Time
	for _, item := range a.body["data"].([]any) {
		video := item.(map[string]any)
		keys(t, video, summaryKeys)
		at, err := time.Parse(time.RFC3339, video["submittedAt"].(string))
		if err != nil || !before.IsZero() && at.After(before) {
			t.Errorf("%v comes after %v, %v", at, before, err)
		}
		before = at
	}
}

func TestInvalidPages(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"/api/v1/videos/latest", "/api/v1/videos/by-uploader/" + unknownID()} {
		for _, query := range []string{"page=0", "page=-1", "pageSize=0", "pageSize=101", "page=x", "pageSize=", "page=1.5",
			"page=99999999999999999999"} {
			call(t, http.MethodGet, list+"?"+query, "", nil).want(t, 422, "")
		}
		far := call(t, http.MethodGet, list+"?page=9223372036854775807&pageSize=100", "", nil).want(t, 200, "")
		if len(far.body["data"].([]any)) != 0 {
			t.Errorf("far page: %s", far.raw)
		}
	}
}

func TestByUploaderHasRightTotalsOnEveryPage(t *testing.T) {
	t.Parallel()
	p := creator(t)
	const videos, size = 5, 2
	for i := range videos {
		submit(t, p, map[string]any{"title": fmt.Sprintf("Video %d", i)})
	}
	var titles []any
	for page := 1; page <= 4; page++ {
		path := fmt.Sprintf("/api/v1/videos/by-uploader/%s?page=%d&pageSize=%d", p.id, page, size)
		a := call(t, http.MethodGet, path, "", nil).want(t, 200, "")
		shown := a.body["pagination"].(map[string]any)
		if more := shown["nextCursor"] != nil; more != (page < 3) {
			t.Errorf("page %d: %v", page, shown)
		}
		delete(shown, "nextCursor")
		got := fmt.Sprint(shown)
		want := fmt.Sprintf("map[currentPage:%d pageSize:2 totalItems:5 totalPages:3]", page)
		if got != want {
			t.Errorf("page %d: %s", page, got)
		}
		for _, item := range a.body["data"].([]any) {
			titles = append(titles, item.(map[string]any)["title"])
		}
	}
	if got := fmt.Sprint(titles); got != "[Video 4 Video 3 Video 2 Video 1 Video 0]" {
		t.Errorf("titles %s", got)
	}
}

func TestByUploaderOfOthers(t *testing.T) {
	t.Parallel()
	a := call(t, http.MethodGet, "/api/v1/videos/by-uploader/"+unknownID(), "", nil).want(t, 200, "")
	if len(a.body["data"].([]any)) != 0 || fmt.Sprint(a.body["pagination"]) != "map[currentPage:1 nextCursor:<nil> pageSize:10 "+
		"totalItems:0 totalPages:0]" {
		t.Errorf("unknown uploader: %s", a.raw)
	}
	call(t, http.MethodGet, "/api/v1/videos/by-uploader/zz", "", nil).want(t, 422, "")
}
