package e2e_test

import (
	"regexp"
	"strings"
	"testing"
)

// The shapes that several of the official operations answer with.
const (
	officialUser    = "firstName lastName email userId createdDate accountStatus lastLoginDate roles"
	officialSummary = "videoId title thumbnailUrl userId submittedAt content_rating category views averageRating"
	officialDetail  = officialSummary + " description tags location location_type content_features language youtubeVideoId updatedAt " +
		"status totalRatingsCount is_deleted deleted_at"
	officialComment = "commentid videoid userid comment sentiment_score firstName lastName"
	officialFlag    = "contentType contentId reasonCode reasonText flagId userId createdAt updatedAt status moderatorId moderatorNotes " +
		"resolvedAt"
	officialRestore = "content_id content_type status_message"
	officialItem    = "userId activityType activityId activityTimestamp userid activity_type activity_id activity_timestamp videoid"
)

// official is an operation of the documents that the official back end and web
// front end have: what may be asked, what is taken, what is answered. Lists
// are "[" and what their items have; pages, "page of" it.
type official struct{ operation, status, query, body, answer string }

var officialOperations = []official{
	{"GET /", "200", "", "", "message"},
	{"POST /api/v1/users/register", "201", "", "firstName lastName email password", "firstName lastName email userId"},
	{"POST /api/v1/users/login", "200", "", "email password", "token user"},
	{"GET /api/v1/users/me", "200", "", "", officialUser},
	{"PUT /api/v1/users/me", "200", "", "firstName lastName", officialUser},
	{"GET /api/v1/users/{}", "200", "", "", "firstName lastName userId createdDate"}, // the rest is private
	{"GET /api/v1/users/{}/comments", "200", "page pageSize", "", "page of " + officialComment},
	{"GET /api/v1/users/{}/activity", "200", "activity_type page pageSize", "", "page of " + officialItem},
	{"POST /api/v1/videos", "202", "", "youtubeUrl title description tags", officialDetail},
	{"POST /api/v1/videos/preview", "200", "", "youtubeUrl", "title"},
	{"GET /api/v1/videos/latest", "200", "page pageSize", "", "page of " + officialSummary},
	{"GET /api/v1/videos/trending", "200", "intervalDays limit", "", "[ " + officialSummary},
	{"GET /api/v1/videos/by-tag/{}", "200", "page pageSize", "", "page of " + officialSummary},
	{"GET /api/v1/videos/by-uploader/{}", "200", "page pageSize", "", "page of " + officialSummary},
	{"GET /api/v1/videos/id/{}", "200", "", "", officialDetail},
	{"PUT /api/v1/videos/id/{}", "200", "", "title description tags", officialDetail},
	{"GET /api/v1/videos/id/{}/status", "200", "", "", "videoId status"},
	{"POST /api/v1/videos/id/{}/view", "204", "", "", ""},
	{"POST /api/v1/videos/id/{}/watch-time", "204", "", "watch_duration_seconds", ""},
	{"GET /api/v1/videos/id/{}/related", "200", "limit", "", "[ videoId title thumbnailUrl score"},
	{"POST /api/v1/videos/id/{}/rating", "204", "", "rating", ""},
	{"GET /api/v1/videos/id/{}/rating", "200", "", "", "videoId averageRating ratingCount"},
	{"POST /api/v1/videos/{}/ratings", "200", "", "rating", "rating videoid userid created_at updated_at"},
	{"GET /api/v1/videos/{}/ratings", "200", "", "", "videoId averageRating totalRatingsCount currentUserRating"},
	{"POST /api/v1/videos/{}/comments", "201", "", "text", officialComment},
	{"GET /api/v1/videos/{}/comments", "200", "page pageSize", "", "page of " + officialComment},
	{"GET /api/v1/search/videos", "200", "query mode page pageSize", "", "page of " + officialSummary},
	{"GET /api/v1/search/tags/suggest", "200", "query limit", "", "[ tag"},
	{"GET /api/v1/recommendations/foryou", "200", "page pageSize", "", "page of " + officialSummary},
	{"POST /api/v1/reco/ingest", "202", "", "videoId vector", "videoId status message"},
	{"POST /api/v1/flags", "201", "", "contentType contentId reasonCode reasonText", officialFlag},
	{"GET /api/v1/moderation/flags", "200", "status page pageSize", "", "page of " + officialFlag},
	{"GET /api/v1/moderation/flags/{}", "200", "", "", officialFlag},
	{"POST /api/v1/moderation/flags/{}/action", "200", "", "status moderatorNotes", officialFlag},
	{"GET /api/v1/moderation/users", "200", "q", "", "[ " + officialUser},
	{"POST /api/v1/moderation/users/{}/assign-moderator", "200", "", "", officialUser},
	{"POST /api/v1/moderation/users/{}/revoke-moderator", "200", "", "", officialUser},
	{"POST /api/v1/moderation/videos/{}/restore", "200", "", "", officialRestore},
	{"POST /api/v1/moderation/comments/{}/restore", "200", "", "", officialRestore},
}

// Everything official is here under the same name; that what is documented is
// what is sent, other tests show.
func TestEveryOfficialOperationExists(t *testing.T) {
	t.Parallel()
	ours := map[string]described{}
	for _, o := range document(t) {
		ours[o.method+" "+regexp.MustCompile(`\{\w+\}`).ReplaceAllString(o.path, "{}")] = o
	}
	if len(officialOperations) != 39 {
		t.Errorf("%d operations are official, want 39", len(officialOperations))
	}
	for _, want := range officialOperations {
		o, ok := ours[want.operation]
		if !ok {
			t.Errorf("%s is not here", want.operation)
			continue
		}
		asked := map[string]shape{}
		for _, p := range o.parameters {
			if p.In == "query" {
				asked[p.Name] = p.Schema
			}
		}
		wantFields(t, want.operation+": query", asked, want.query)
		if want.body != "" {
			wantFields(t, want.operation+": body", o.body.Properties, want.body)
		}
		answer := o.responses[want.status]
		fields, page := strings.CutPrefix(want.answer, "page of ")
		if page {
			wantFields(t, want.operation+": page", answer.Properties["pagination"].Properties, "currentPage pageSize totalItems totalPages")
			answer = *answer.Properties["data"].Items
		} else if rest, list := strings.CutPrefix(fields, "[ "); list {
			fields, answer = rest, *answer.Items
		}
		wantFields(t, want.operation+": answer", answer.Properties, fields)
		if want.operation == "POST /api/v1/users/login" {
			wantFields(t, want.operation+": user", answer.Properties["user"].Properties, officialUser)
		}
	}
}

func wantFields(t *testing.T, where string, have map[string]shape, names string) {
	t.Helper()
	for _, name := range strings.Fields(names) {
		if _, ok := have[name]; !ok {
			t.Errorf("%s has no %s", where, name)
		}
	}
}
