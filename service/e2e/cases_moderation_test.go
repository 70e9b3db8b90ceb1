package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestCasesOfFlags(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	flag := map[string]any{"contentType": "video", "contentId": s.video, "reasonCode": "spam", "reasonText": "look"}
	var made answer
	t.Run("F1 flag a video", func(t *testing.T) {
		askEach(t, asked{"POST", "/flags", "", flag, 401, ""})
		made = call(t, "POST", "/api/v1/flags", s.viewer.token, flag).want(t, 201, "")
		if made.body["status"] != "open" || made.body["userId"] != s.viewer.id {
			t.Error(made.raw)
		}
	})
	t.Run("F2 what cannot be flagged", func(t *testing.T) {
		with := func(name string, value any) map[string]any {
			return map[string]any{"contentType": "video", "contentId": s.video, "reasonCode": "spam", name: value}
		}
		askEach(t, asked{"POST", "/flags", s.viewer.token, with("contentId", unknownID()), 404, "Video not found"},
			asked{"POST", "/flags", s.viewer.token, with("reasonCode", "boring"), 422, ""},
			asked{"POST", "/flags", s.viewer.token, with("contentType", "song"), 422, ""},
			asked{"POST", "/flags", s.viewer.token, with("reasonText", strings.Repeat("x", 501)), 422, ""},
			asked{"POST", "/flags", s.viewer.token, with("reasonText", strings.Repeat("x", 500)), 201, ""})
	})
	t.Run("F3 flag a comment", func(t *testing.T) {
		report(t, s.viewer, "comment", commentOn(t, s.creator, s.video, "to be flagged").text(t, "commentid"))
	})
	one := "/moderation/flags/" + made.text(t, "flagId")
	t.Run("M1 inbox", func(t *testing.T) {
		askEach(t, asked{"GET", "/moderation/flags", "", nil, 401, ""}, asked{"GET", "/moderation/flags", s.viewer.token, nil, 403, ""})
		found := flagIn(t, s.moderator, "?pageSize=100", made.text(t, "flagId"))
		if found == nil || found["userId"] != s.viewer.id || found["createdAt"] != made.body["createdAt"] {
			t.Errorf("%v is not %s", found, made.raw)
		}
	})
	t.Run("M2 inbox by status", func(t *testing.T) {
		a := call(t, "GET", "/api/v1/moderation/flags?pageSize=100&status=open", s.moderator.token, nil).want(t, 200, "")
		if len(a.data(t)) == 0 || strings.Count(a.raw, `"status":"open"`) != len(a.data(t)) {
			t.Error(a.raw)
		}
		askEach(t, asked{"GET", "/moderation/flags?status=bogus", s.moderator.token, nil, 422, ""})
	})
	t.Run("M3 one flag", func(t *testing.T) {
		if a := call(t, "GET", "/api/v1"+one, s.moderator.token, nil).want(t, 200, ""); a.raw != made.raw {
			t.Errorf("%s is not %s", a.raw, made.raw)
		}
		askEach(t, asked{"GET", "/moderation/flags/" + unknownID(), s.moderator.token, nil, 404, "Flag not found"})
	})
	t.Run("M4 reject", func(t *testing.T) {
		a := call(t, "POST", "/api/v1"+one+"/action", s.moderator.token, map[string]any{"status": "rejected", "moderatorNotes": "n"}).want(t,
			200, "")
		if a.body["status"] != "rejected" || a.body["moderatorId"] != s.moderator.id || a.body["moderatorNotes"] != "n" ||
			a.body["resolvedAt"] == nil {
			t.Error(a.raw)
		}
		if kept := call(t, "GET", "/api/v1"+one, s.moderator.token, nil).want(t, 200, ""); kept.raw != a.raw {
			t.Errorf("kept is %s", kept.raw)
		}
	})
	t.Run("M5 act again", func(t *testing.T) {
		for _, status := range []string{"approved", "rejected", "open", "under_review"} {
			askEach(t, asked{"POST", one + "/action", s.moderator.token, map[string]any{"status": status}, 400, "Flag already resolved"})
		}
		askEach(t, asked{"POST", one + "/action", s.moderator.token, map[string]any{}, 422, ""})
	})
}

func TestCasesOfModeration(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	t.Run("M6 find people", func(t *testing.T) {
		body := registration("vi" + newEmail())
		body["firstName"] = "Vi" + unknownID()[:8]
		id := call(t, "POST", "/api/v1/users/register", "", body).want(t, 201, "").text(t, "userId")
		a := call(t, "GET", "/api/v1/moderation/users?q="+body["firstName"].(string), s.moderator.token, nil).want(t, 200, "")
		if found := objects(t, a.list); len(found) != 1 || found[0]["userId"] != id || len(found[0]["roles"].([]any)) != 2 {
			t.Error(a.raw)
		}
		if all := call(t, "GET", "/api/v1/moderation/users?q=vi", s.moderator.token, nil).want(t, 200, ""); len(all.list) == 0 {
			t.Error(all.raw)
		}
	})
	t.Run("M7 make a moderator and unmake", func(t *testing.T) {
		path := "/moderation/users/" + s.viewer.id
		for range 2 {
			for does, want := range map[string]bool{"/assign-moderator": true, "/revoke-moderator": false} {
				_ = call(t, "POST", "/api/v1"+path+does, s.moderator.token, nil).want(t, 200, "")
				a := call(t, "POST", "/api/v1"+path+does, s.moderator.token, nil).want(t, 200, "")
				if strings.Contains(a.raw, `"moderator"`) != want {
					t.Errorf("%s: %s", does, a.raw)
				}
			}
			askEach(t, asked{"POST", "/moderation/users/" + unknownID() + "/assign-moderator", s.moderator.token, nil, 404, "User not found"},
				asked{"POST", "/moderation/users/" + unknownID() + "/revoke-moderator", s.moderator.token, nil, 404, "User not found"})
		}
	})
	t.Run("M8 restore", func(t *testing.T) {
		comment := commentOn(t, s.viewer, s.video, "to be restored").text(t, "commentid")
		for _, content := range []struct{ kind, id, delete, list string }{
			{"comment", comment, "/videos/" + s.video + "/comments/" + comment, "/videos/" + s.video + "/comments"},
			{"video", s.video, "/videos/id/" + s.video, "/videos/by-uploader/" + s.creator.id},
		} {
			restore := "/moderation/" + content.kind + "s/"
			askEach(t, asked{"DELETE", content.delete, s.moderator.token, nil, 204, ""})
			if a := call(t, "GET", "/api/v1"+content.list, "", nil).want(t, 200, ""); len(a.data(t)) != 0 {
				t.Errorf("not deleted: %s", a.raw)
			}
			a := call(t, "POST", "/api/v1"+restore+content.id+"/restore", s.moderator.token, nil).want(t, 200, "")
			if len(a.body) != 3 || a.body["content_id"] != content.id || a.body["content_type"] != content.kind ||
				a.text(t, "status_message") == "" {
				t.Error(a.raw)
			}
			if a := call(t, "GET", "/api/v1"+content.list, "", nil).want(t, 200, ""); len(a.data(t)) != 1 {
				t.Errorf("not restored: %s", a.raw)
			}
			askEach(t, asked{"POST", restore + unknownID() + "/restore", s.moderator.token, nil, 404, ""})
		}
	})
}

func TestCasesOfActivity(t *testing.T) {
	t.Parallel()
	s := newSetUp(t)
	path := "/users/" + s.viewer.id + "/activity"
	t.Run("A1 three things, newest first", func(t *testing.T) {
		askEach(t, asked{"POST", "/videos/id/" + s.video + "/view", s.viewer.token, nil, 204, ""},
			asked{"POST", "/videos/" + s.video + "/comments", s.viewer.token, map[string]any{"text": "seen and said"}, 201, ""},
			asked{"POST", "/videos/" + s.video + "/ratings", s.viewer.token, map[string]any{"rating": 5}, 200, ""})
		checkActivity(t, "/api/v1"+path, s.viewer.token, "rate comment view", 3)
	})
	t.Run("A2 by type and page by page", func(t *testing.T) {
		askEach(t, asked{"POST", "/videos/id/" + s.video + "/view", s.viewer.token, nil, 204, ""})
		checkActivity(t, "/api/v1"+path+"?activity_type=view", s.viewer.token, "view view", 2)
		a := call(t, "GET", "/api/v1"+path+"?activity_type=view&page=2&pageSize=1", s.viewer.token, nil).want(t, 200, "").wantTotals(t, 2, 2)
		if len(a.data(t)) != 1 {
			t.Error(a.raw)
		}
		askEach(t, asked{"GET", path + "?activity_type=nap", s.viewer.token, nil, 422, ""},
			asked{"GET", "/users/zz/activity", s.viewer.token, nil, 422, ""})
	})
	t.Run("A3 nothing yet", func(t *testing.T) {
		a := call(t, "GET", "/api/v1/users/"+s.creator.id+"/activity", s.creator.token, nil).want(t, 200, "").wantTotals(t, 0, 0)
		if len(a.data(t)) != 0 {
			t.Error(a.raw)
		}
	})
}

func TestCasesOfOperation(t *testing.T) {
	t.Parallel()
	t.Run("O1 metrics of an instance before its first request", func(t *testing.T) {
		text := instance(t).metrics(t)
		for _, name := range []string{"astra_db_query", "youtube_fetch", "vector_search", "recommendation_generation"} {
			if want := "# TYPE " + name + "_duration_seconds histogram"; !strings.Contains(text, want) {
				t.Errorf("no %q", want)
			}
		}
	})
	t.Run("O2 no database", func(t *testing.T) {
		p := instance(t, "ASTRA_DB_API_ENDPOINT=http://127.0.0.1:1")
		p.call(t, "GET", "/api/v1/videos/latest", "", nil).want(t, 503, "Unable to reach data store. Please try again later.")
		p.call(t, "GET", "/health", "", nil).want(t, 200, "")
		if got := p.at(t, http.MethodGet, "/health/ready", "", nil).StatusCode; got != 503 {
			t.Errorf("ready: %d", got)
		}
	})
	t.Run("O3 preflight", func(t *testing.T) {
		p := instance(t, "CORS_ORIGINS=https://app.example, https://other.example")
		preflight := func(origin string) *http.Response {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, p.url+"/api/v1/users/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", origin)
			req.Header.Set("Access-Control-Request-Method", "PUT")
			req.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
			return resp
		}
		resp := preflight("https://app.example")
		if resp.StatusCode != 200 || resp.Header.Get("Access-Control-Allow-Origin") != "https://app.example" ||
			!strings.Contains(resp.Header.Get("Access-Control-Allow-Methods"), "PUT") ||
			!strings.Contains(strings.ToLower(resp.Header.Get("Access-Control-Allow-Headers")), "authorization") {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		if allowed := preflight("https://evil.example").Header.Get("Access-Control-Allow-Origin"); allowed != "" {
			t.Errorf("a foreign origin is allowed: %s", allowed)
		}
	})
}
