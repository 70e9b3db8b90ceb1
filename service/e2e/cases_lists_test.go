package e2e_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestCasesOfViews(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	t.Run("V12 views of any caller", func(t *testing.T) {
		for _, token := range []string{"", s.viewer.token, "not-a-token"} {
			a := call(t, "POST", "/api/v1/videos/id/"+s.video+"/view", token, nil).want(t, 204, "")
			if a.raw != "" || a.header.Get("Content-Type") != "" {
				t.Errorf("there is a body: %q of type %q", a.raw, a.header.Get("Content-Type"))
			}
		}
		if n := views(t, s.video); n != 3 {
			t.Errorf("%v views", n)
		}
	})
	t.Run("V13 view of nothing", func(t *testing.T) {
		askEach(t, asked{"POST", "/videos/id/" + unknownID() + "/view", "", nil, 404, "Video not found"})
	})
	t.Run("V14 a hundred views at once", func(t *testing.T) {
		before := views(t, s.video)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if a := call(t, "POST", "/api/v1/videos/id/"+s.video+"/view", "", nil); a.status != 204 {
					t.Errorf("status %d", a.status)
				}
			})
		}
		all.Wait()
		if n := views(t, s.video) - before; n != 100 {
			t.Errorf("%v views of 100", n)
		}
	})
}

// The lists of all videos are of a database of their own, so that they are
// known from end to end.
func TestCasesOfLists(t *testing.T) {
	t.Parallel()
	p, owner := alone(t)
	const videos = 5
	var ids [videos]string
	for i := range ids {
		body := address(goodAddress)
		body["title"], body["tags"] = fmt.Sprint("Number ", i), []string{"known"}
		ids[i] = p.call(t, "POST", "/api/v1/videos", owner.token, body).want(t, 202, "").text(t, "videoId")
	}
	list := func(t *testing.T, path string) answer {
		t.Helper()
		return p.call(t, "GET", "/api/v1"+path, "", nil).want(t, 200, "")
	}
	t.Run("V15 latest", func(t *testing.T) {
		a := list(t, "/videos/latest?page=1&pageSize=10")
		keys(t, a.body["pagination"].(map[string]any), "currentPage pageSize totalItems totalPages")
		for i, video := range a.data(t) {
			if _, err := time.Parse(time.RFC3339, fmt.Sprint(video["submittedAt"])); err != nil || video["videoId"] != ids[videos-1-i] {
				t.Errorf("at %d: %v %v", i, video, err)
			}
		}
		a.wantTotals(t, videos, 1)
	})
	t.Run("V16 pages that make no sense", func(t *testing.T) {
		for _, query := range []string{"page=0", "pageSize=0", "pageSize=101", "page=x"} {
			a := p.call(t, "GET", "/api/v1/videos/latest?"+query, "", nil).want(t, 422, "")
			a.text(t, "detail")
		}
	})
	t.Run("V17 past the end", func(t *testing.T) {
		a := list(t, "/videos/latest?page=7&pageSize=2").wantTotals(t, videos, 3)
		if len(a.data(t)) != 0 {
			t.Error(a.raw)
		}
	})
	t.Run("V18 totals are of the list", func(t *testing.T) {
		for _, path := range []string{"/videos/latest", "/videos/by-tag/known", "/videos/by-uploader/" + owner.id} {
			seen := map[any]bool{}
			for page := 1; page <= 3; page++ {
				for _, video := range list(t, fmt.Sprintf("%s?page=%d&pageSize=2", path, page)).wantTotals(t, videos, 3).data(t) {
					seen[video["videoId"]] = true
				}
			}
			if len(seen) != videos {
				t.Errorf("%s: %d of %d videos are on its pages", path, len(seen), videos)
			}
		}
	})
	t.Run("V19 by tag and by uploader", func(t *testing.T) {
		for path, want := range map[string]int{"/videos/by-tag/known": videos, "/videos/by-tag/unknown": 0, "/videos/by-uploader/" +
			owner.id: videos, "/videos/by-uploader/" + unknownID(): 0} {
			if got := len(list(t, path).data(t)); got != want {
				t.Errorf("%s: %d videos", path, got)
			}
		}
		p.call(t, "GET", "/api/v1/videos/by-uploader/zz", "", nil).want(t, 422, "")
	})
	t.Run("V20 trending", func(t *testing.T) {
		for i, n := range []int{1, 3, 2} {
			for range n {
				p.call(t, "POST", "/api/v1/videos/id/"+ids[i]+"/view", "", nil).want(t, 204, "")
			}
		}
		for _, query := range []string{"", "?intervalDays=7", "?intervalDays=30"} {
			var got []any
			for _, video := range objects(t, list(t, "/videos/trending"+query).list) {
				got = append(got, video["title"], video["views"])
			}
			if fmt.Sprint(got) != "[Number 1 3 Number 2 2 Number 0 1]" {
				t.Errorf("%q: %v", query, got)
			}
		}
		if n := len(list(t, "/videos/trending?limit=1").list); n != 1 {
			t.Errorf("%d with a limit of 1", n)
		}
		for query, status := range map[string]int{"intervalDays=2": 400, "intervalDays=31": 422, "limit=11": 422} {
			p.call(t, "GET", "/api/v1/videos/trending?"+query, "", nil).want(t, status, "")
		}
	})
	t.Run("V21 related", func(t *testing.T) {
		path := "/videos/id/" + ids[0] + "/related?limit=2"
		a := list(t, path)
		if len(a.list) != 2 || list(t, path).raw != a.raw {
			t.Errorf("not two, or not the same two again: %s", a.raw)
		}
		for _, video := range objects(t, a.list) {
			keys(t, video, "videoId title thumbnailUrl score")
			if score, ok := video["score"].(float64); !ok || score < 0 || score > 1 || video["videoId"] == ids[0] {
				t.Error(video)
			}
		}
	})
	t.Run("V22 related to nothing", func(t *testing.T) {
		if a := list(t, "/videos/id/"+unknownID()+"/related"); a.raw != "[]" {
			t.Error(a.raw)
		}
		for _, limit := range []string{"0", "21"} {
			p.call(t, "GET", "/api/v1/videos/id/"+ids[0]+"/related?limit="+limit, "", nil).want(t, 422, "")
		}
	})
	t.Run("V23 preview", func(t *testing.T) {
		if a := p.call(t, "POST", "/api/v1/videos/preview", "", address(goodAddress)).want(t, 200, ""); a.body["title"] != youtubeTitle {
			t.Error(a.raw)
		}
		p.call(t, "POST", "/api/v1/videos/preview", "", address("https://example.com/x")).want(t, 400, "")
		p.call(t, "POST", "/api/v1/videos/preview", "", map[string]any{}).want(t, 422, "")
	})
}
