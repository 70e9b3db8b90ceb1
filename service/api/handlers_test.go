package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func fieldsOf(body []byte) string {
	var problem struct{ Errors []killrvideo.FieldError }
	_ = json.Unmarshal(body, &problem) // a body without is none
	var names []string
	for _, e := range problem.Errors {
		names = append(names, e.Field)
	}
	return strings.Join(names, " ")
}

const youTube = `"youtubeUrl":"https://www.youtube.com/watch?v=abcdefghijk"`

func TestSubmitHandler(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, token := s.user(t, killrvideo.RoleCreator)
	post := func(name, body string, status int, fields, has string) request {
		return request{name, "POST", "/api/v1/videos", body, status, fields, has}
	}
	many := strings.TrimSuffix(strings.Repeat(`"`+strings.Repeat("x", 2)+`",`, 3), ",")
	s.answers(t, token, []request{
		post("all fields", `{`+youTube+`,"title":" A title ","description":"d","tags":["B","a"]}`, 202, "", `"title":"A title"`),
		post("the URL alone", `{`+youTube+`}`, 202, "", `"title":"Untitled Video"`),
		post("the other name", `{`+youTube+`,"name":"By name"}`, 202, "", `"title":"By name"`),
		post("nulls", `{`+youTube+`,"title":null,"description":null,"tags":null}`, 202, "", `"tags":[]`),
		post("tags in order", `{`+youTube+`,"tags":["B"," a ","b"]}`, 202, "", `"tags":["a","b"]`),
		post("the same tag thrice", `{`+youTube+`,"tags":[`+many+`]}`, 202, "", `"tags":["xx"]`),
		post("no URL", `{}`, 422, "youtubeUrl", ""),
		post("null URL", `{"youtubeUrl":null}`, 422, "youtubeUrl", ""),
		post("a number", `{"youtubeUrl":7}`, 422, "youtubeUrl", ""),
		post("a relative URL", `{"youtubeUrl":"/watch?v=abcdefghijk"}`, 422, "youtubeUrl", ""),
		post("another scheme", `{"youtubeUrl":"ftp://youtu.be/abcdefghijk"}`, 422, "youtubeUrl", ""),
		post("too long", `{"youtubeUrl":"https://youtu.be/`+strings.Repeat("a", 2083)+`"}`, 422, "youtubeUrl", ""),
		post("another host", `{"youtubeUrl":"https://example.com/abcdefghijk"}`, 400, "", "Invalid YouTube URL"),
		post("short title", `{`+youTube+`,"title":"ab"}`, 422, "title", ""),
		post("no list", `{`+youTube+`,"tags":"a"}`, 422, "tags", ""),
		post("a null in it", `{`+youTube+`,"tags":["a",null]}`, 422, "tags", ""),
		post("all wrong", `{"youtubeUrl":7,"title":7,"description":7,"tags":7}`, 422, "youtubeUrl title description tags", ""),
		post("no object", `[]`, 422, "body", ""),
		post("null", `null`, 422, "body", ""),
		post("no JSON", `{`, 422, "body", ""),
		post("nothing", ``, 422, "body", ""),
	})
}

func TestVideoHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	_, stranger := s.user(t, killrvideo.RoleCreator)
	id := s.video(t, owner, "First title", "cats")
	path := "/api/v1/videos/id/" + id
	put := func(name, body string, status int, fields, has string) request {
		return request{name, "PUT", path, body, status, fields, has}
	}
	s.answers(t, token, []request{
		put("title", `{"title":"Second title"}`, 200, "", `"title":"Second title"`),
		put("description", `{"description":"more"}`, 200, "", `"description":"more"`),
		put("no description", `{"description":null}`, 200, "", `"description":null`),
		put("tags", `{"tags":["dogs"]}`, 200, "", `"tags":["dogs"]`),
		put("no tags", `{"tags":null}`, 200, "", `"tags":[]`),
		put("nothing", `{}`, 200, "", `"title":"Second title"`),
		put("null title", `{"title":null}`, 200, "", `"title":"Second title"`),
		put("long title", `{"title":"`+strings.Repeat("x", 101)+`"}`, 422, "title", ""),
		{"the detail", "GET", path, "", 200, "", `"title":"Second title"`},
		{"its status", "GET", path + "/status", "", 200, "", `"status":"READY"`},
		{"of nothing", "GET", "/api/v1/videos/id/" + uuid.NewString(), "", 404, "", "Video not found"},
		{"no UUID", "GET", "/api/v1/videos/id/x", "", 404, "", "Not Found"},
		{"latest", "GET", "/api/v1/videos/latest", "", 200, "", id},
		{"a page behind", "GET", "/api/v1/videos/latest?page=9", "", 200, "", `"data":[]`},
		{"no page", "GET", "/api/v1/videos/latest?page=0&pageSize=101", "", 422, "page pageSize", ""},
		{"no number", "GET", "/api/v1/videos/latest?page=x", "", 422, "page", ""},
		{"no cursor", "GET", "/api/v1/videos/latest?cursor=x", "", 422, "cursor", ""},
		{"by uploader", "GET", "/api/v1/videos/by-uploader/" + owner.ID.String(), "", 200, "", id},
		{"by no UUID", "GET", "/api/v1/videos/by-uploader/x", "", 422, "uploaderId", ""},
		{"by tag", "GET", "/api/v1/videos/by-tag/DOGS", "", 200, "", `"totalItems":0`},
		{"by blanks", "GET", "/api/v1/videos/by-tag/%20", "", 200, "", `"totalItems":0`},
		{"trending", "GET", "/api/v1/videos/trending?intervalDays=7", "", 200, "", "[]"},
		{"odd window", "GET", "/api/v1/videos/trending?intervalDays=2", "", 400, "", "1, 7 or 30"},
		{"long window", "GET", "/api/v1/videos/trending?intervalDays=31&limit=0", "", 422, "intervalDays limit", ""},
		{"a preview", "POST", "/api/v1/videos/preview", `{` + youTube + `}`, 200, "", "Untitled Video"},
		{"of nothing", "POST", "/api/v1/videos/preview", `{}`, 422, "youtubeUrl", ""},
	})
	s.answers(t, stranger, []request{
		put("by a stranger", `{"title":"Third title"}`, 403, "", "permission"),
		{"its status", "GET", path + "/status", "", 403, "", "permission"},
		{"deletion", "DELETE", path, "", 403, "", "permission"},
	})
	s.answers(t, token, []request{
		{"deletion", "DELETE", path, "", 204, "", ""},
		{"again", "DELETE", path, "", 404, "", "Video not found"},
		{"edit", "PUT", path, `{"title":"Third title"}`, 404, "", ""},
		{"latest", "GET", "/api/v1/videos/latest", "", 200, "", `"totalItems":0`},
	})
}

func TestViewAndRatingHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	path := "/api/v1/videos/id/" + s.video(t, owner, "Viewed")
	ratings := strings.Replace(path, "/id", "", 1) + "/ratings"
	watch := func(name, body string, status int, has string) request {
		return request{name, "POST", path + "/watch-time", body, status, "", has}
	}
	rate := func(name, body string, status int, fields, has string) request {
		return request{name, "POST", ratings, body, status, fields, has}
	}
	s.answers(t, token, []request{
		{"a view", "POST", path + "/view", "", 204, "", ""},
		{"of nothing", "POST", "/api/v1/videos/id/" + uuid.NewString() + "/view", "", 404, "", ""},
		{"counted", "GET", path, "", 200, "", `"viewCount":1`},
		watch("a second", `{"watch_duration_seconds":1}`, 204, ""),
		watch("as a text", `{"watch_duration_seconds":"30"}`, 204, ""),
		watch("a day", `{"watch_duration_seconds":86400}`, 204, ""),
		watch("none", `{"watch_duration_seconds":0}`, 400, "must be 1 to 86400"),
		watch("half", `{"watch_duration_seconds":1.5}`, 400, "whole number"),
		watch("absent", `{}`, 400, "is required"),
		rate("three", `{"rating":3}`, 200, "", `"rating":3`),
		rate("as a text", `{"rating":"4"}`, 200, "", `"rating":4`),
		rate("a float", `{"rating":5.0}`, 200, "", `"rating":5`),
		rate("too many", `{"rating":6}`, 422, "rating", ""),
		rate("none", `{"rating":null}`, 422, "rating", ""),
		rate("half", `{"rating":3.5}`, 422, "rating", ""),
		rate("words", `{"rating":"five"}`, 422, "rating", ""),
		rate("absent", `{}`, 422, "rating", ""),
		{"the older way", "POST", path + "/rating", `{"rating":2}`, 204, "", ""},
		{"own", "GET", ratings, "", 200, "", `"currentUserRating":2`},
		{"the older answer", "GET", path + "/rating", "", 200, "", `"ratingCount":1`},
	})
	s.answers(t, "", []request{
		{"anonymous", "GET", ratings, "", 200, "", `"currentUserRating":null`},
		{"not known", "POST", ratings, `{"rating":3}`, 401, "", "Not authenticated"},
		{"watching", "POST", path + "/watch-time", `{"watch_duration_seconds":1}`, 401, "", ""},
		{"a view", "POST", path + "/view", "", 204, "", ""},
	})
	_, other := s.user(t, killrvideo.RoleViewer)
	s.answers(t, other, []request{rate("by another", `{"rating":3}`, 200, "", ""),
		{"the average", "GET", ratings, "", 200, "", `"averageRating":2.5`}})
}

func TestCommentAndActivityHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	_, stranger := s.user(t, killrvideo.RoleViewer)
	video := s.video(t, owner, "Discussed")
	path := "/api/v1/videos/" + video + "/comments"
	post := func(name, body string, status int, fields, has string) request {
		return request{name, "POST", path, body, status, fields, has}
	}
	s.answers(t, token, []request{
		post("a text", `{"text":" Great. "}`, 201, "", `"text":"Great."`),
		post("the other name", `{"comment":"Great."}`, 201, "", `"comment":"Great."`),
		post("blank", `{"text":" "}`, 422, "text", ""),
		post("null", `{"text":null}`, 422, "text", ""),
		post("absent", `{}`, 422, "text", ""),
		post("a number", `{"text":1}`, 422, "text", ""),
		{"on nothing", "POST", "/api/v1/videos/" + uuid.NewString() + "/comments", `{"text":"x"}`, 404, "", "Video not found"},
		{"of the video", "GET", path, "", 200, "", `"totalItems":2`},
		{"with names", "GET", path, "", 200, "", `"firstName":"Ada"`},
		{"no page", "GET", path + "?pageSize=0", "", 422, "pageSize", ""},
		{"of the user", "GET", "/api/v1/users/" + owner.ID.String() + "/comments", "", 200, "", `"totalItems":2`},
		{"what I did", "GET", "/api/v1/users/" + owner.ID.String() + "/activity", "", 200, "", `"totalItems":2`},
		{"my comments", "GET", "/api/v1/users/" + owner.ID.String() + "/activity?activity_type=comment", "", 200, "",
			`"activity_type":"comment"`},
		{"my views", "GET", "/api/v1/users/" + owner.ID.String() + "/activity?activity_type=view", "", 200, "", `"totalItems":0`},
		{"no type", "GET", "/api/v1/users/" + owner.ID.String() + "/activity?activity_type=nap", "", 422, "activity_type", ""},
		{"no user", "GET", "/api/v1/users/x/activity", "", 422, "userId", ""},
	})
	comments, err := s.store.Comments.CommentsOfUser(t.Context(), owner.ID, killrvideo.Page{Number: 1, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	one := path + "/" + comments.Items[0].ID.String()
	s.answers(t, stranger, []request{
		{"deletion by another", "DELETE", one, "", 403, "", "permission"},
		{"activity of another user", "GET", "/api/v1/users/" + owner.ID.String() + "/activity", "", 403, "", "permission"},
	})
	s.answers(t, token, []request{
		{"under another video", "DELETE", strings.Replace(one, video, uuid.NewString(), 1), "", 404, "", "Comment not found"},
		{"deletion", "DELETE", one, "", 204, "", ""},
		{"again", "DELETE", one, "", 404, "", "Comment not found"},
		{"one is left", "GET", path, "", 200, "", `"totalItems":1`},
		{"in the activity too", "GET", "/api/v1/users/" + owner.ID.String() + "/activity", "", 200, "", `"totalItems":1`},
	})
}

func TestSearchHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	id := s.video(t, owner, "Purring cats", "animals")
	vector := "[1" + strings.Repeat(",0", 1023) + "]"
	ingest := func(name, body string, status int, fields, has string) request {
		return request{name, "POST", "/api/v1/reco/ingest", body, status, fields, has}
	}
	s.answers(t, token, []request{
		{"a word", "GET", "/api/v1/search/videos?query=CATS", "", 200, "", id},
		{"two words", "GET", "/api/v1/search/videos?query=purring+animals", "", 200, "", id},
		{"another word", "GET", "/api/v1/search/videos?query=dogs", "", 200, "", `"totalItems":0`},
		{"a meaning", "GET", "/api/v1/search/videos?query=dogs&mode=semantic", "", 200, "", id},
		{"nothing", "GET", "/api/v1/search/videos", "", 422, "query", ""},
		{"blank", "GET", "/api/v1/search/videos?query=%20", "", 422, "query", ""},
		{"signs", "GET", "/api/v1/search/videos?query=!&mode=semantic", "", 422, "query", ""},
		{"all wrong", "GET", "/api/v1/search/videos?page=0&mode=x", "", 422, "page query mode", ""},
		{"too long", "GET", "/api/v1/search/videos?query=" + strings.Repeat("x", 10_001), "", 422, "query", ""},
		{"a tag", "GET", "/api/v1/search/tags/suggest?query=NIM", "", 200, "", `[{"tag":"animals"}]`},
		{"no tag", "GET", "/api/v1/search/tags/suggest?query=zebra", "", 200, "", "[]"},
		{"how many", "GET", "/api/v1/search/tags/suggest?query=a&limit=26", "", 422, "limit", ""},
		{"related", "GET", "/api/v1/videos/id/" + id + "/related", "", 200, "", "[]"},
		{"too many", "GET", "/api/v1/videos/id/" + id + "/related?limit=21", "", 422, "limit", ""},
		{"for me", "GET", "/api/v1/recommendations/foryou", "", 200, "", id},
		ingest("a vector", `{"videoId":"`+id+`","vector":`+vector+`}`, 202, "", `"status":"stored"`),
		ingest("too short", `{"videoId":"`+id+`","vector":[1]}`, 422, "vector", ""),
		ingest("no direction", `{"videoId":"`+id+`","vector":`+strings.Replace(vector, "1", "0", 1)+`}`, 422, "vector", ""),
		ingest("too great", `{"videoId":"`+id+`","vector":`+strings.Replace(vector, "1", "1e300", 1)+`}`, 422, "vector", ""),
		ingest("nothing", `{}`, 422, "videoId vector", ""),
		ingest("no UUID", `{"videoId":"x","vector":`+vector+`}`, 422, "videoId", ""),
		ingest("of nothing", `{"videoId":"`+uuid.NewString()+`","vector":`+vector+`}`, 404, "", "not found"),
	})
}
