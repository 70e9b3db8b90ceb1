package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// loadDrain is how long old instances may take under load, in seconds. It is to
// their longest request as a cluster's 30 s to the service's 20 s, and more on a
// machine that is busy.
const loadDrain = 6

// UnderLoad rotates both credentials and rolls back while users read and write:
// no request may fail, no user may be logged out, and no write may be lost.
func UnderLoad(t *testing.T, place Place) {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	f := newFleet(t, root)
	group := place.Group
	place.DrainSeconds = loadDrain
	place.Group = func(string) map[string]any { return group(f.balancer.server.URL) }
	s := openWith(t, place, arrangement{wrap: f.wrap})
	s.set("service", `{"rateLimitSubmissions":0,"rateLimitViews":0,"rateLimitLogins":0,"rateLimitRegistrations":0}`)
	s.up()
	users := startTraffic(t, f.balancer.server.URL, s.video(t))
	rounds := 1
	if os.Getenv(everyFailure) == "all" {
		rounds = 5
	}
	before := s.tokens()
	for round := range rounds {
		s.set("jwtKeyGeneration", fmt.Sprint(round+2))
		s.up()
		s.set("astraTokenGeneration", fmt.Sprint(round+2))
		s.up()
		s.set("image", place.NextImage)
		s.up()
		s.set("image", place.Image) // as a roll-back does
		s.up()
		if round+1 < rounds { // a second key within the lifetime of a token ends it
			users.renew(t)
		}
	}
	f.retiring.Wait() // with requests still coming
	_ = sleep.For(context.Background(), time.Second)
	users.stop()
	lost := users.lost(t)
	for _, failed := range users.failed[:min(10, len(users.failed))] {
		t.Error(failed)
	}
	if len(users.failed) > 0 || users.out > 0 || len(lost) > 0 || len(users.comments) == 0 {
		t.Errorf("%d requests failed, %d users were logged out, %d of %d writes were lost", len(users.failed), users.out, len(lost),
			len(users.comments))
	}
	if after := s.tokens(); after != before {
		t.Errorf("%d tokens are on Astra, and before there were %d", after, before)
	}
	figures := users.figures(len(lost))
	t.Log(figures)
	if os.Getenv(everyFailure) != "" {
		content, err := os.ReadFile(failuresDocument)
		must(t, err)
		document, err := table.ReplaceBlock(string(content), "load", figures)
		must(t, err)
		must(t, os.WriteFile(failuresDocument, []byte(document), 0o644))
	}
	s.destroy()
}

// video puts a video into the database: a submission would ask YouTube.
func (s *stack) video(t *testing.T) string {
	t.Helper()
	id := uuid.NewString()
	row, err := json.Marshal(map[string]any{"insertOne": map[string]any{"document": map[string]any{
		"videoid": id, "userid": uuid.NewString(), "name": "A video", "added_date": time.Now().UTC().Format(time.RFC3339),
		"location": "https://youtu.be/abcdefghijk", "location_type": 0, "youtube_id": "abcdefghijk", "status": "READY",
	}}})
	must(t, err)
	status, text, err := s.dataAPI(s.serviceToken(), "videos", string(row))
	must(t, err)
	var answer struct{ Errors []any }
	must(t, json.Unmarshal(text, &answer))
	if status != http.StatusOK || len(answer.Errors) > 0 {
		t.Fatalf("insert a video: %d %v", status, answer.Errors)
	}
	return id
}
