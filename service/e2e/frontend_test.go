package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// frontEnd calls as the official web front end does, through the proxy that
// serves it: with a type on every request, with cookies, from its own origin.
type frontEnd struct {
	t     *testing.T
	token string
}

func (f *frontEnd) ask(status int, method, path string, body map[string]any) answer {
	f.t.Helper()
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body) // maps of texts never fail
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, system.url+"/api/v1"+path, strings.NewReader(string(text)))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Host = "killrvideo.example"
	for name, value := range map[string]string{
		"Content-Type":      "application/json",
		"Accept":            "*/*",
		"Cookie":            "theme=dark",
		"Referer":           "https://killrvideo.example/watch",
		"X-Real-IP":         "203.0.113.7",
		"X-Forwarded-For":   "203.0.113.7",
		"X-Forwarded-Proto": "https",
		"X-Forwarded-Host":  "killrvideo.example",
	} {
		req.Header.Set(name, value)
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", "https://killrvideo.example")
	}
	if f.token != "" {
		req.Header.Set("Authorization", "Bearer "+f.token)
	}
	a := send(f.t, req)
	if a.status != status {
		f.t.Fatalf("%s %s: %d %s", method, path, a.status, a.raw)
	}
	if kind := a.header.Get("Content-Type"); status < 300 && status != 204 && !strings.HasPrefix(kind, "application/json") {
		f.t.Errorf("%s %s: answered as %q", method, path, kind)
	}
	return a
}

func (f *frontEnd) get(path string) answer {
	f.t.Helper()
	return f.ask(200, http.MethodGet, path, nil)
}

// reads fails the test unless the object has every field that a screen reads,
// with its type: "name:type", and "name:type?" if it may be null.
func reads(t *testing.T, object map[string]any, fields string) {
	t.Helper()
	for _, field := range strings.Fields(fields) {
		name, kind, _ := strings.Cut(field, ":")
		kind, nullable := strings.CutSuffix(kind, "?")
		value, there := object[name]
		if !there || value == nil && !nullable || value != nil && !isA(kind, value) {
			t.Errorf("%s is %v, want %s", name, value, kind)
		}
	}
}

func isA(kind string, value any) bool {
	text, isText := value.(string)
	switch kind {
	case "text":
		return isText
	case "id":
		_, err := uuid.Parse(text)
		return isText && err == nil
	case "time":
		_, err := time.Parse(time.RFC3339, text)
		return isText && err == nil
	case "number":
		_, ok := value.(float64)
		return ok
	case "list":
		_, ok := value.([]any)
		return ok
	}
	return false
}

const (
	readsUser  = "firstName:text lastName:text email:text userId:id createdDate:time accountStatus:text roles:list"
	readsCard  = "videoId:id key:id title:text userId:id thumbnailUrl:text? views:number averageRating:number? submittedAt:time"
	readsPager = "totalPages:number totalItems:number"
)

// cards are the videos of a list; the front end then asks for each uploader.
func (f *frontEnd) cards(videos []map[string]any) {
	f.t.Helper()
	if len(videos) == 0 {
		f.t.Error("no videos are shown")
	}
	asked := map[any]bool{}
	for _, video := range videos {
		reads(f.t, video, readsCard)
		if uploader := video["userId"]; !asked[uploader] {
			asked[uploader] = true
			reads(f.t, f.get(fmt.Sprint("/users/", uploader)).body, "firstName:text lastName:text")
		}
	}
}

func (f *frontEnd) page(path string) (items []map[string]any) {
	f.t.Helper()
	a := f.get(path)
	reads(f.t, a.body["pagination"].(map[string]any), readsPager)
	return a.data(f.t)
}

// Every screen of the official web front end, with its calls in their order.
func TestScreensOfTheWebFrontEnd(t *testing.T) {
	t.Parallel()
	f := &frontEnd{t: t}
	email := newEmail()
	var video, tag = "", "screen" + unknownID()[:8]

	// Log in or register: who registers is logged in, and any 401 logs out.
	a := f.ask(201, http.MethodPost, "/users/register", registration(email))
	reads(t, a.body, "token:text userId:id email:text firstName:text lastName:text")
	reads(t, a.body["user"].(map[string]any), readsUser)
	f.ask(401, http.MethodPost, "/users/login", map[string]any{"email": email, "password": "wrong password"})
	a = f.ask(200, http.MethodPost, "/users/login", map[string]any{"email": email, "password": password})
	reads(t, a.body["user"].(map[string]any), readsUser)
	f.token = a.text(t, "token")
	a = f.get("/users/me")
	reads(t, a.body, readsUser)
	me := a.text(t, "userId")

	// The studio of creators.
	for i := range 3 {
		a = f.ask(202, http.MethodPost, "/videos", map[string]any{"youtubeUrl": goodAddress, "description": fmt.Sprint("Number ", i),
			"tags": []string{tag}})
		video = a.text(t, "videoId")
	}
	for _, item := range f.page("/videos/by-uploader/" + me + "?page=1&pageSize=20") {
		reads(t, item, readsCard+" description:text? tags:list viewCount:number status:text")
	}
	reads(t, f.get("/videos/id/"+video).body, "title:text description:text? tags:list")
	a = f.ask(200, http.MethodPut, "/videos/id/"+video, map[string]any{"title": "Edited " + tag, "description": "",
		"tags": []string{tag, "more"}})
	if a.body["title"] != "Edited "+tag {
		t.Error(a.raw)
	}

	// Home, explore, trending and search.
	f.cards(f.page("/videos/latest?page=1&pageSize=5"))
	f.cards(f.page("/videos/latest?page=1&pageSize=12"))
	f.page("/videos/latest?page=2&pageSize=12")
	f.ask(204, http.MethodPost, "/videos/id/"+video+"/view", nil)
	for _, days := range []string{"1", "7", "30"} {
		trending := objects(t, f.get("/videos/trending?intervalDays="+days+"&limit=10").list)
		for _, item := range trending {
			reads(t, item, readsCard)
		}
	}
	f.cards(f.page("/search/videos?query=" + tag + "&page=1&pageSize=20&mode=semantic"))

	f.watch(video, me)
	f.profile(me)
	f.moderate(video)
}

// watch is the screen of one video.
func (f *frontEnd) watch(video, uploader string) {
	t, path := f.t, "/videos/id/"+video
	const detail = readsCard + " youtubeVideoId:text description:text? tags:list"
	before := f.get(path)
	reads(t, before.body, detail)
	f.ask(204, http.MethodPost, path+"/view", nil)
	after := f.get(path)
	if after.body["views"].(float64) != before.body["views"].(float64)+1 {
		t.Errorf("the view does not show: %s", after.raw)
	}
	const ratings = "averageRating:number? totalRatingsCount:number currentUserRating:number?"
	reads(t, f.get("/videos/"+video+"/ratings").body, ratings)
	f.ask(200, http.MethodPost, "/videos/"+video+"/ratings", map[string]any{"rating": 5})
	a := f.get("/videos/" + video + "/ratings")
	if reads(t, a.body, ratings); a.body["currentUserRating"] != 5.0 {
		t.Error(a.raw)
	}
	reads(t, f.get("/users/"+uploader).body, "firstName:text lastName:text")
	const comment = "commentid:id userid:id comment:text sentiment_score:number? firstName:text lastName:text"
	f.page("/videos/" + video + "/comments?page=1&pageSize=10")
	reads(t, f.ask(201, http.MethodPost, "/videos/"+video+"/comments", map[string]any{"text": "What a screen!"}).body, comment)
	comments := f.page("/videos/" + video + "/comments?page=1&pageSize=10")
	if len(comments) != 1 {
		t.Fatalf("%d comments", len(comments))
	}
	reads(t, comments[0], comment)
	related := objects(t, f.get(path+"/related?limit=5").list)
	if len(related) == 0 {
		t.Error("nothing is related")
	}
	for _, item := range related {
		reads(t, item, "videoId:id title:text thumbnailUrl:text? views:number averageRating:number? uploadDate:time")
	}
	f.ask(201, http.MethodPost, "/flags", map[string]any{"contentType": "video", "contentId": video, "reasonCode": "other",
		"reasonText": "from the screen"})
	f.ask(422, http.MethodPost, "/videos/"+video+"/comments", map[string]any{"text": ""}).text(t, "detail") // shown as it is
}

// profile is the screen of the user's own account.
func (f *frontEnd) profile(me string) {
	t := f.t
	for _, item := range f.page("/users/" + me + "/comments?page=1&pageSize=20") {
		reads(t, item, "commentid:id videoid:id comment:text sentiment_score:number?")
	}
	kinds := map[string]int{"": 4, "&activity_type=view": 2, "&activity_type=comment": 1, "&activity_type=rate": 1}
	for query, want := range kinds {
		items := f.page("/users/" + me + "/activity?page=1&pageSize=10" + query)
		for _, item := range items {
			reads(t, item, "userid:id activity_type:text activity_id:id activity_timestamp:time videoid:id")
		}
		if len(items) != want {
			t.Errorf("%q: %d activities, want %d", query, len(items), want)
		}
	}
	reads(t, f.ask(200, http.MethodPut, "/users/me", map[string]any{"firstName": "Ada", "lastName": "King"}).body, readsUser)
}

// moderate is the screens of moderators.
func (f *frontEnd) moderate(video string) {
	t, who := f.t, f.token
	f.ask(403, http.MethodGet, "/moderation/flags?page=1&pageSize=100", nil)
	f.token = moderator(t).token
	const flag = "flagId:id contentType:text contentId:id reasonCode:text reasonText:text? status:text createdAt:time " +
		"moderatorNotes:text? moderatorId:id?"
	found := ""
	for _, query := range []string{"", "&status=open"} {
		for _, item := range f.page("/moderation/flags?page=1&pageSize=100" + query) {
			if reads(t, item, flag); item["contentId"] == video {
				found = item["flagId"].(string)
			}
		}
	}
	reads(t, f.get("/videos/id/"+video).body, "title:text")
	reads(t, f.get("/moderation/flags/"+found).body, flag)
	a := f.ask(200, http.MethodPost, "/moderation/flags/"+found+"/action", map[string]any{"status": "rejected", "moderatorNotes": "fine"})
	if reads(t, a.body, flag); a.body["status"] != "rejected" {
		t.Error(a.raw)
	}
	people := objects(t, f.get("/moderation/users").list)
	for _, item := range append(people, objects(t, f.get("/moderation/users?q=king").list)...) {
		reads(t, item, readsUser)
	}
	user := creator(t)
	for _, change := range []string{"assign", "revoke"} {
		a := f.ask(200, http.MethodPost, "/moderation/users/"+user.id+"/"+change+"-moderator", nil)
		if reads(t, a.body, readsUser); strings.Contains(a.raw, `"moderator"`) != (change == "assign") {
			t.Error(a.raw)
		}
	}
	f.token = who
}
