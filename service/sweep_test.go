package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// TestSweepDoesWhatIsLeft runs the real program on rows that another process has
// left: a login attempt that has expired, and a video that is not indexed. Two
// sweeps at once do no harm.
func TestSweepDoesWhatIsLeft(t *testing.T) {
	t.Parallel()
	astra := astratest.New(t)
	db := astra.Database(astra.Admin, astratest.ServiceKeyspace)
	now := time.Now().UTC().Truncate(time.Millisecond)
	old := now.AddDate(0, 0, -60)
	before := store.New(store.Config{Database: db, Now: func() time.Time { return old }})
	if _, err := before.Logins.AddAttempt(t.Context(), killrvideo.Attempt{EmailKey: "ada@example.com", Client: "one", At: old}); err != nil {
		t.Fatal(err)
	}
	left := killrvideo.Video{Summary: killrvideo.Summary{
		ID: uuid.New(), UserID: uuid.New(), Title: "Unindexed", SubmittedAt: old, Status: killrvideo.StatusReady,
	}}
	if err := before.Work.PutWork(t.Context(), killrvideo.Work{VideoID: left.ID, Due: old, Lists: true}); err != nil {
		t.Fatal(err)
	}
	if err := before.Videos.CreateVideo(t.Context(), left); err != nil {
		t.Fatal(err)
	}
	before.Tidy(t.Context())
	token := astra.MustMint(t, "sweep", astratest.WriteActions())
	p := start(t, settings("ASTRA_DB_API_ENDPOINT="+astra.URL, "ASTRA_DB_APPLICATION_TOKEN="+token.Reveal(),
		"SWEEP_TOKEN=generated-by-the-test")...)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { sweepOnce(t, p.url) })
	}
	both.Wait()
	sweepOnce(t, p.url) // one that found a job taken by the other has left it
	rows := 0           // the partitions are those of package store
	for shard := range 32 {
		bucket := fmt.Sprintf("%s/%02d", old.Format(time.DateOnly), shard)
		var found []map[string]any
		if err := db.Table(schema.LoginAttempts).Find(filter.Eq("bucket", bucket)).DecodeAll(t.Context(), &found); err != nil {
			t.Fatal(err)
		}
		rows += len(found)
	}
	if rows != 0 {
		t.Errorf("%d login attempts are left", rows)
	}
	if _, body := ask(t, p.url+"/api/v1/search/videos?query=unindexed"); len(body["data"].([]any)) != 1 {
		t.Errorf("the video is not found: %v", body)
	}
}

func sweepOnce(t *testing.T, url string) {
	t.Helper()
	astratest.Eventually(t, func() (bool, any) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/tasks/sweep", nil)
		if err != nil {
			t.Error(err)
			return true, nil
		}
		request.Header.Set("Authorization", "Bearer generated-by-the-test")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			return true, nil
		}
		defer response.Body.Close()
		var answer struct{ Complete bool }
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s %v", response.Status, err)
			return true, nil
		}
		return answer.Complete, "the sweep is not complete"
	})
}
