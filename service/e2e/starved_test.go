//go:build unix

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

const sweepToken = "generated-for-the-tests-of-sweeps"

// sweepSettings are those of an instance on a platform that gives it no processor
// between requests, and sends it a scheduler's.
var sweepSettings = []string{"SWEEP_TOKEN=" + sweepToken}

// starvedInstance has a keyspace of its own, to which the settings lead, and next
// to no processor but in lift.
func starvedInstance(t *testing.T, more ...string) (p *process, th throttle, own []string, db *dataapi.Db) {
	t.Helper()
	own = ownKeyspace(t, system.astra)
	p = instance(t, append(append(append([]string{}, own...), sweepSettings...), more...)...)
	th = throttled(t, p)
	must(t, th.share(1))
	for _, each := range own {
		if name, found := strings.CutPrefix(each, "ASTRA_DB_KEYSPACE="); found {
			return p, th, own, system.astra.Database(system.astra.Admin, name)
		}
	}
	t.Fatal("the keyspace is not among the settings")
	return nil, nil, nil, nil
}

// TestSweepsWorkWhereTheProcessorIsThrottled: the scheduler's requests do what is
// left, while the instance is starved in between: metadata that YouTube owed, an
// index that Astra could not compute, and rows that have expired.
func TestSweepsWorkWhereTheProcessorIsThrottled(t *testing.T) {
	t.Parallel()
	astra, youtube := newFaulty(t), newRelay(t, strings.TrimPrefix(setting("HTTPS_PROXY"), "http://"))
	p, th, own, db := starvedInstance(t, "ASTRA_DB_API_ENDPOINT="+astra.url, "HTTPS_PROXY=http://"+youtube.address)
	other := instance(t, own...)
	expired := time.Now().AddDate(0, 0, -60).UTC().Format(time.DateOnly) + "/00"
	row := map[string]any{"bucket": expired, "account": "a", "id": uuid.New(), "failed_at": time.Now().AddDate(0, 0, -60)}
	if _, err := db.Table(schema.LoginAttempts).InsertOne(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	youtube.refuses.Store(true)
	astra.mode.Store("embedding provider down")
	var pending, unindexed string
	lift(t, th, func() {
		a := p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "")
		owner := a.text(t, "token")
		b := p.call(t, http.MethodPost, "/api/v1/videos", owner, address(goodAddress)).want(t, 202, "")
		if pending = b.text(t, "videoId"); b.body["status"] != "PENDING" {
			t.Errorf("YouTube is away: %s", b.raw)
		}
		titled := map[string]any{"youtubeUrl": goodAddress, "title": "Tortoise"}
		unindexed = p.call(t, http.MethodPost, "/api/v1/videos", owner, titled).want(t, 202, "").text(t, "videoId")
	})
	youtube.refuses.Store(false)
	astra.mode.Store("")
	if left := jobs(t, db); len(left) != 2 {
		t.Fatalf("jobs of %v are left, want of %s and %s", left, pending, unindexed)
	}
	astratest.Eventually(t, func() (bool, any) {
		for _, video := range jobs(t, db) { // YouTube is left alone for a while after a failure
			makeDue(t, db, video)
		}
		var complete bool
		var took time.Duration
		lift(t, th, func() { complete, took = p.sweep(t) })
		if took > 20*time.Second {
			t.Errorf("a sweep took %v", took)
		}
		return complete && len(jobs(t, db)) == 0, fmt.Sprintf("complete: %v, left: %v", complete, jobs(t, db))
	})
	b := other.call(t, http.MethodGet, "/api/v1/videos/id/"+pending, "", nil).want(t, 200, "")
	if b.body["status"] != "READY" || b.body["title"] != youtubeTitle {
		t.Errorf("the metadata is not fetched: %s", b.raw)
	}
	var rows []map[string]any
	err := db.Table(schema.LoginAttempts).Find(filter.Eq("bucket", expired)).DecodeAll(t.Context(), &rows)
	if err != nil || len(rows) != 0 {
		t.Errorf("%d expired rows are left: %v", len(rows), err)
	}
}

// TestAStarvedInstanceBeginsNoJobUnderALock: it would hold the lock of the video
// until its next request, and every change through another instance would wait.
func TestAStarvedInstanceBeginsNoJobUnderALock(t *testing.T) {
	t.Parallel()
	astra := newFaulty(t)
	_, th, own, db := starvedInstance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
	other := instance(t, append(own, sweepSettings...)...)
	token := other.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "").text(t, "token")
	video := other.call(t, http.MethodPost, "/api/v1/videos", token, address(goodAddress)).want(t, 202, "").text(t, "videoId")
	astra.mode.Store("video writes slow") // one that has the lock gets no further
	must(t, th.share(unlimited))          // so that its tickers would find the job
	makeDue(t, db, video)
	// Longer than the interval of polls.
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if isLocked(t, db, video) {
			t.Fatal("it has locked the video")
		}
	}
	began := time.Now()
	other.call(t, http.MethodPut, "/api/v1/videos/id/"+video, token, map[string]any{"title": "Edited"}).want(t, 200, "")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("an edit took %v", took)
	}
}

// TestALockOfAStoppedInstanceIsNotWaitedForLong: an instance loses its processor
// within a request. Others refuse to change that video, soon and for a while, and
// do everything else.
func TestALockOfAStoppedInstanceIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	astra := newFaulty(t)
	p, th, own, db := starvedInstance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
	must(t, th.share(unlimited))
	other := instance(t, own...)
	token := other.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "").text(t, "token")
	var videos []string
	for range 2 {
		a := other.call(t, http.MethodPost, "/api/v1/videos", token, address(goodAddress)).want(t, 202, "")
		videos = append(videos, a.text(t, "videoId"))
	}
	paths := []string{"/api/v1/videos/id/" + videos[0], "/api/v1/videos/id/" + videos[1]}
	astra.mode.Store("video writes slow")
	ctx, leave := context.WithCancel(t.Context())
	go attempt{http.MethodPut, paths[0], token, `{"title":"Never"}`}.try(ctx, p.url) // holds the lock
	astratest.Eventually(t, func() (bool, any) { return isLocked(t, db, videos[0]), "the video is not locked" })
	t.Cleanup(func() { _ = p.cmd.Process.Signal(syscall.SIGCONT) }) // a stopped process does not end
	must(t, p.cmd.Process.Signal(syscall.SIGSTOP))
	leave()
	astra.mode.Store("")
	began := time.Now()
	refused := other.call(t, http.MethodPut, paths[0], token, map[string]any{"title": "Refused"}).want(t, 503, "")
	if took := time.Since(began); took > 15*time.Second || refused.header.Get("Retry-After") == "" {
		t.Errorf("after %v: %s %v", took, refused.raw, refused.header)
	}
	began = time.Now()
	other.call(t, http.MethodGet, paths[0], "", nil).want(t, 200, "")
	other.call(t, http.MethodPut, paths[1], token, map[string]any{"title": "Edited"}).want(t, 200, "")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("all else took %v", took)
	}
	// With its next request it gets the processor, and gives the lock up.
	must(t, p.cmd.Process.Signal(syscall.SIGCONT))
	astratest.Eventually(t, func() (bool, any) {
		a := other.call(t, http.MethodPut, paths[0], token, map[string]any{"title": "Edited"})
		return a.status == 200, a.raw
	})
}

// sweep is the scheduler's request.
func (p *process) sweep(t *testing.T) (complete bool, took time.Duration) {
	t.Helper()
	began := time.Now()
	a := p.call(t, http.MethodPost, "/tasks/sweep", sweepToken, nil).want(t, 200, "")
	complete, _ = a.body["complete"].(bool)
	return complete, time.Since(began)
}

// makeDue makes a job of a video that is not to be waited for.
func makeDue(t *testing.T, db *dataapi.Db, video string) {
	t.Helper()
	key := filter.F{"kind": "video:" + video[:1], "videoid": video}
	due := update.Table().Set("due", time.Now().Add(-time.Minute)).Set("attempts", 1)
	must(t, db.Table(schema.PendingWork).UpdateOne(t.Context(), key, due))
}

// jobs are the videos that have one.
func jobs(t *testing.T, db *dataapi.Db) (videos []string) {
	t.Helper()
	for _, digit := range "0123456789abcdef" {
		var rows []struct{ VideoID string }
		must(t, db.Table(schema.PendingWork).Find(filter.Eq("kind", "video:"+string(digit))).DecodeAll(t.Context(), &rows))
		for _, row := range rows {
			videos = append(videos, row.VideoID)
		}
	}
	return videos
}

func isLocked(t *testing.T, db *dataapi.Db, video string) bool {
	t.Helper()
	var rows []map[string]any
	must(t, db.Table(schema.PendingWork).Find(filter.Eq("kind", "lock:"+video)).DecodeAll(t.Context(), &rows))
	return len(rows) > 0
}
