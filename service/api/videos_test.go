package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func object(t *testing.T, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// What is unknown is null or empty, never missing: clients of the contract
// look for every key.
func TestEmptyVideoHasEveryKey(t *testing.T) {
	t.Parallel()
	got := object(t, viewVideo(&killrvideo.Video{}))
	for _, name := range []string{
		"description", "thumbnailUrl", "content_rating", "contentRating", "category", "averageRating",
		"content_features", "language", "youtubeVideoId", "updatedAt", "deleted_at",
	} {
		if value, ok := got[name]; !ok || value != nil {
			t.Errorf("%s is %v, %v", name, value, ok)
		}
	}
	if tags, ok := got["tags"].([]any); !ok || len(tags) != 0 {
		t.Errorf("tags are %v", got["tags"])
	}
}

func TestBothSpellingsAgree(t *testing.T) {
	t.Parallel()
	v := killrvideo.Video{Summary: killrvideo.Summary{
		ID: uuid.New(), SubmittedAt: time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.UTC), ContentRating: "PG",
		Views: 7, RatingCount: 2, RatingTotal: 9,
	}}
	got := object(t, viewVideo(&v))
	for one, other := range map[string]string{
		"key": "videoId", "uploadDate": "submittedAt", "contentRating": "content_rating", "viewCount": "views",
	} {
		if got[one] != got[other] || got[one] == nil {
			t.Errorf("%s is %v, %s is %v", one, got[one], other, got[other])
		}
	}
	if got["submittedAt"] != "2026-03-01T12:00:00.005Z" || got["averageRating"] != 4.5 || got["totalRatingsCount"] != 2.0 {
		t.Errorf("got %v", got)
	}
}
