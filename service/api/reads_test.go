package api_test

import (
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// reads are the paths of all documented operations that answer 304, on a site
// with one video.
func reads(t *testing.T, owner killrvideo.User, video string) (paths []string) {
	t.Helper()
	s, _ := document(t)
	fill := strings.NewReplacer("{videoId}", video, "{userId}", owner.ID.String(), "{uploaderId}", owner.ID.String(), "{tag}", "cats",
		"search/videos", "search/videos?query=title", "suggest", "suggest?query=cats")
	for name, o := range operations(t, s) {
		if _, conditional := o.Responses["304"]; conditional {
			paths = append(paths, fill.Replace(strings.TrimPrefix(name, "GET ")))
		}
	}
	if len(paths) < 13 {
		t.Fatalf("only %d operations answer 304", len(paths))
	}
	return paths
}

func TestReadsAreRevalidated(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	for _, path := range reads(t, owner, s.video(t, owner, "First title", "cats")) {
		first := get(s, path)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" || first.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", path, first.Code, first.Header())
		}
		if !slices.Contains(first.Header().Values("Vary"), "Authorization") {
			t.Errorf("%s: Vary %q", path, first.Header().Values("Vary"))
		}
		signedIn := get(s, path, "Authorization", "Bearer "+token)
		if signedIn.Code != http.StatusOK || signedIn.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: with a token %d %v", path, signedIn.Code, signedIn.Header())
		}
		for given, status := range map[string]int{
			tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200, strings.Trim(tag, `"`): 200, "": 200,
		} {
			w := get(s, path, "If-None-Match", given)
			if w.Code != status || (w.Body.Len() == 0) != (status == 304) || w.Header().Get("ETag") != tag {
				t.Errorf("%s: %q is answered with %d, %d bytes, ETag %q", path, given, w.Code, w.Body.Len(), w.Header().Get("ETag"))
			}
		}
	}
}

func TestChangesChangeTheETag(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	video := s.video(t, owner, "First title", "cats")
	change := func(method, path, body string) {
		w := ask(s, method, path, strings.NewReader(body), "Content-Type", "application/json", "Authorization", "Bearer "+token)
		if w.Code >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	for path, write := range map[string]func(){
		"/api/v1/videos/id/" + video: func() { change("PUT", "/api/v1/videos/id/"+video, `{"title":"Second title"}`) },
		"/api/v1/videos/latest":      func() { s.video(t, owner, "Another") },
		"/api/v1/videos/" + video + "/comments": func() {
			change("POST", "/api/v1/videos/"+video+"/comments", `{"text":"A comment"}`)
		},
		"/api/v1/videos/" + video + "/ratings": func() { change("POST", "/api/v1/videos/"+video+"/ratings", `{"rating":4}`) },
	} {
		tag := get(s, path).Header().Get("ETag")
		write()
		if w := get(s, path, "If-None-Match", tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
			t.Errorf("%s: after a change %d, ETag %q", path, w.Code, w.Header().Get("ETag"))
		}
	}
}

// What may not be stored: errors, writes, and what needs a token.
func TestOtherAnswersAreNotStored(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleModerator)
	video := s.video(t, owner, "First title")
	for _, r := range [][2]string{
		{"GET", "/api/v1/videos/id/" + uuid.NewString()},
		{"GET", "/api/v1/videos/latest?page=x"},
		{"GET", "/api/v1/users/me"},
		{"GET", "/api/v1/moderation/flags"},
		{"GET", "/api/v1/videos/id/" + video + "/status"},
		{"POST", "/api/v1/videos/id/" + video + "/view"},
		{"GET", "/health"},
	} {
		header := ask(s, r[0], r[1], nil, "Authorization", "Bearer "+token).Header()
		if header.Get("Cache-Control") != "no-store" || header.Get("ETag") != "" {
			t.Errorf("%v: %v", r, header)
		}
	}
}

// Many anonymous clients read the same lists of two instances while videos are
// submitted to one of them: a read after a submission finds the video,
// with and without a token, on both.
func TestAnonymousReadsSeeWritesImmediately(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := instance(t, s.keyspace)
	owner, token := s.user(t, killrvideo.RoleCreator)
	const path = "/api/v1/videos/latest"
	var stop atomic.Bool
	var load sync.WaitGroup
	for range 8 {
		load.Go(func() {
			for !stop.Load() {
				get(s, path)
				get(other, path)
			}
		})
	}
	for range 25 {
		id := s.video(t, owner, "Another title")
		for name, w := range map[string]interface{ String() string }{
			"anonymous": get(s, path).Body, "anonymous, another instance": get(other, path).Body,
			"with a token": get(other, path, "Authorization", "Bearer "+token).Body,
		} {
			if !strings.Contains(w.String(), id) {
				t.Errorf("%s: the list misses the video", name)
			}
		}
	}
	stop.Store(true)
	load.Wait()
	if metrics := get(s, "/metrics").Body.String(); strings.Contains(metrics, "killrvideo_shared_answers_total 0\n") {
		t.Error("no answer was shared; the test proves nothing")
	}
}

// BenchmarkReads compares 100 clients that read one list together, each with an
// answer of its own and with shared answers.
func BenchmarkReads(b *testing.B) {
	s := newSite(b)
	owner, _ := s.user(b, killrvideo.RoleCreator)
	for range 10 {
		s.video(b, owner, "A title", "cats")
	}
	for name, header := range map[string][]string{"own": {"Cache-Control", "no-cache"}, "shared": nil} {
		b.Run(name, func(b *testing.B) {
			b.SetParallelism(100 / runtime.GOMAXPROCS(0))
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if w := get(s, "/api/v1/videos/latest", header...); w.Code != http.StatusOK {
						b.Error(w.Code)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
