package e2e_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestCasesOfComments(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	path := "/videos/" + s.video + "/comments"
	text := func(text string) map[string]any { return map[string]any{"text": text} }
	t.Run("C1 comment", func(t *testing.T) {
		askEach(t, asked{"POST", path, "", text("I love this video!"), 401, ""})
		a := commentOn(t, s.viewer, s.video, "I love this video!")
		if _, err := uuid.Parse(a.text(t, "commentid")); err != nil || a.body["videoid"] != s.video || a.body["userid"] != s.viewer.id ||
			a.body["comment"] != "I love this video!" || a.body["sentiment_score"].(float64) <= 0 {
			t.Error(a.raw)
		}
	})
	t.Run("C2 mood", func(t *testing.T) {
		if score, ok := commentOn(t, s.viewer, s.video, "This made me :( sad").body["sentiment_score"].(float64); !ok || score >= 0 {
			t.Errorf("of a sad text: %v", score)
		}
		if score, ok := commentOn(t, s.viewer, s.video, "a neutral text of some length").body["sentiment_score"].(float64); !ok || score < -1 ||
			score > 1 {
			t.Errorf("of a neutral text: %v", score)
		}
		if score := commentOn(t, s.viewer, s.video, "too short").body["sentiment_score"]; score != nil {
			t.Errorf("of a short text: %v", score)
		}
	})
	t.Run("C3 what is no comment", func(t *testing.T) {
		askEach(t, asked{"POST", path, s.viewer.token, text(""), 422, ""},
			asked{"POST", path, s.viewer.token, text(strings.Repeat("x", 1001)), 422, ""},
			asked{"POST", "/videos/" + unknownID() + "/comments", s.viewer.token, text("to no video"), 404, "Video not found"})
	})
	t.Run("C4 lists", func(t *testing.T) {
		want := []string{"too short", "a neutral text of some length", "This made me :( sad", "I love this video!"}
		for _, list := range []string{path, "/users/" + s.viewer.id + "/comments"} {
			for page, texts := range map[string][]string{"1": want[:3], "2": want[3:]} {
				a := call(t, "GET", "/api/v1"+list+"?pageSize=3&page="+page, "", nil).want(t, 200, "").wantTotals(t, 4, 2)
				for i, comment := range a.data(t) {
					if comment["comment"] != texts[i] || comment["firstName"] != "Ada" || comment["lastName"] != "Lovelace" {
						t.Errorf("%s, page %s: %v, want %q", list, page, comment, texts[i])
					}
				}
			}
		}
	})
	t.Run("C5 comments on nothing", func(t *testing.T) {
		if a := call(t, "GET", "/api/v1/videos/"+unknownID()+"/comments", "", nil).want(t, 200, ""); len(a.data(t)) != 0 {
			t.Error(a.raw)
		}
	})
}

func TestCasesOfRatings(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	path := "/videos/" + s.video + "/ratings"
	stars := func(n any) map[string]any { return map[string]any{"rating": n} }
	t.Run("G1 rate", func(t *testing.T) {
		askEach(t, asked{"POST", path, "", stars(4), 401, ""}, asked{"POST", path, s.viewer.token, stars(6), 422, ""},
			asked{"POST", path, s.viewer.token, stars(4.5), 422, ""})
		a := call(t, "POST", "/api/v1"+path, s.viewer.token, stars(4)).want(t, 200, "")
		keys(t, a.body, "created_at updated_at")
		if a.body["rating"] != 4.0 || a.body["videoid"] != s.video || a.body["userid"] != s.viewer.id {
			t.Error(a.raw)
		}
	})
	t.Run("G2 ratings", func(t *testing.T) { checkRatings(t, "/api/v1"+path, "", 4, 1, nil) })
	t.Run("G3 rate again", func(t *testing.T) {
		askEach(t, asked{"POST", path, s.viewer.token, stars(2), 200, ""}, asked{"POST", path, s.creator.token, stars(5), 200, ""})
		checkRatings(t, "/api/v1"+path, "", 3.5, 2, nil)
		checkRatings(t, "/api/v1"+path, s.viewer.token, 3.5, 2, 2.0)
	})
	t.Run("G4 ratings of an unrated video", func(t *testing.T) {
		a := call(t, "GET", "/api/v1/videos/"+submit(t, s.creator, nil)+"/ratings", "", nil).want(t, 200, "")
		if a.body["averageRating"] != nil || a.body["totalRatingsCount"] != 0.0 {
			t.Error(a.raw)
		}
		askEach(t, asked{"GET", "/videos/" + unknownID() + "/ratings", "", nil, 404, "Video not found"})
	})
	t.Run("G5 the older way", func(t *testing.T) {
		older := "/videos/id/" + submit(t, s.creator, nil) + "/rating"
		askEach(t, asked{"POST", older, s.viewer.token, stars(1), 204, ""}, asked{"POST", older, s.viewer.token, stars(3), 204, ""})
		a := call(t, "GET", "/api/v1"+older, "", nil).want(t, 200, "")
		if len(a.body) != 3 || a.body["averageRating"] != 3.0 || a.body["ratingCount"] != 1.0 || !strings.Contains(older, a.text(t, "videoId")) {
			t.Error(a.raw)
		}
	})
}

func TestCasesOfSearch(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	submit(t, s.creator, map[string]any{"title": "Some cats playing", "tags": []string{"python", "happy", "cats"}})
	t.Run("S1 no query", func(t *testing.T) {
		askEach(t, asked{"GET", "/search/videos", "", nil, 422, ""}, asked{"GET", "/search/videos?query=", "", nil, 422, ""})
	})
	t.Run("S2 both modes", func(t *testing.T) {
		for _, mode := range []string{"", "&mode=keyword", "&mode=semantic"} {
			a := search(t, "query=cats"+mode)
			if n, _ := a.totals(t); n < 1 || len(a.data(t)) < 1 {
				t.Fatalf("nothing is found: %s", a.raw)
			}
			keys(t, a.data(t)[0], summaryKeys)
		}
	})
	t.Run("S3 no such mode", func(t *testing.T) {
		askEach(t, asked{"GET", "/search/videos?query=cats&mode=fuzzy", "", nil, 422, ""})
	})
	t.Run("S4 more words than are embedded", func(t *testing.T) { // they are cut off
		askEach(t, asked{"GET", "/search/videos?mode=semantic&query=" + strings.Repeat("a+", 512) + "a", "", nil, 200, ""})
	})
	t.Run("S5 blank", func(t *testing.T) {
		for _, mode := range []string{"keyword", "semantic"} {
			askEach(t, asked{"GET", "/search/videos?query=%20&mode=" + mode, "", nil, 422, ""})
		}
	})
	t.Run("S6 suggestions", func(t *testing.T) {
		a := call(t, "GET", "/api/v1/search/tags/suggest?query=py", "", nil).want(t, 200, "")
		for _, tag := range objects(t, a.list) {
			if text, ok := tag["tag"].(string); !ok || !strings.Contains(text, "py") {
				t.Error(tag)
			}
		}
		for _, want := range []string{`{"tag":"happy"}`, `{"tag":"python"}`} {
			if !strings.Contains(a.raw, want) {
				t.Errorf("no %s in %s", want, a.raw)
			}
		}
		askEach(t, asked{"GET", "/search/tags/suggest?query=py&limit=25", "", nil, 200, ""},
			asked{"GET", "/search/tags/suggest?query=py&limit=26", "", nil, 422, ""}, asked{"GET", "/search/tags/suggest", "", nil, 422, ""})
	})
	t.Run("P1 for you", func(t *testing.T) {
		askEach(t, asked{"GET", "/recommendations/foryou", "", nil, 401, ""})
		call(t, "GET", "/api/v1/recommendations/foryou", s.viewer.token, nil).want(t, 200, "").data(t)
	})
	t.Run("P2 ingest", func(t *testing.T) {
		vector := make([]float64, 1024)
		vector[3] = 1
		body := func(video string) map[string]any { return map[string]any{"videoId": video, "vector": vector} }
		askEach(t, asked{"POST", "/reco/ingest", s.viewer.token, body(s.video), 403, ""},
			asked{"POST", "/reco/ingest", s.creator.token, body(unknownID()), 404, ""})
		a := call(t, "POST", "/api/v1/reco/ingest", s.creator.token, body(s.video)).want(t, 202, "")
		keys(t, a.body, "videoId status message")
	})
}
