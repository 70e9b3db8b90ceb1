package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// breakable is a proxy before the embedded Astra that refuses chosen commands.
type breakable struct {
	url string
	// broken are commands with their tables, such as "insertOne latest_videos",
	// separated by commas.
	broken atomic.Value
	// left is how many commands pass before all are refused, as if the client had been
	// killed; if negative, all pass.
	left atomic.Int64
	// done tells that refused commands are done, and only their answers lost.
	done atomic.Bool
	// refusing, if set, is called before a command is refused.
	refusing func()
}

func newBreakable(t *testing.T) *breakable {
	t.Helper()
	target, err := url.Parse(embedded.URL)
	if err != nil {
		t.Fatal(err)
	}
	b := &breakable{}
	b.broken.Store("")
	b.left.Store(-1)
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var command map[string]json.RawMessage
		_ = json.Unmarshal(body, &command)
		for name := range command {
			if slices.Contains(strings.Split(b.broken.Load().(string), ","), name+" "+path.Base(r.URL.Path)) || b.killed() {
				if b.refusing != nil {
					b.refusing()
				}
				if b.done.Load() {
					proxy.ServeHTTP(httptest.NewRecorder(), r)
				}
				w.WriteHeader(http.StatusBadRequest) // not one that is tried again
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *breakable) killed() bool {
	for {
		left := b.left.Load()
		if left <= 0 {
			return left == 0
		}
		if b.left.CompareAndSwap(left, left-1) {
			return false
		}
	}
}

func TestAVideoThatCannotBeListedIsNotStored(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	uploader := uuid.New()
	for _, table := range []string{schema.Videos, schema.LatestVideos, schema.VideosByUser, schema.VideosByTag, schema.VideoStats} {
		proxy.broken.Store(breaking(table))
		v := film(uploader, march(10), "Cats")
		if err := s.Videos.CreateVideo(t.Context(), v); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Errorf("%s is broken, and yet %v", table, err)
		}
		if _, err := s.Videos.Video(t.Context(), v.ID); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
			t.Errorf("%s was broken, and the video: %v", table, err)
		}
	}
	proxy.broken.Store("")
	s.Tidy(t.Context()) // whether a tally was stored that got no answer is not known
	for name, list := range lists(t, s, uploader, killrvideo.Page{Number: 1, Size: 10}) {
		if list.Total != 0 || len(list.Items) != 0 {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

// A rollback that fails is repeated in the background.
func TestTheRollbackOfARefusedVideoIsRepeated(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	v := film(uuid.New(), march(10), "Cats")
	proxy.broken.Store("updateOne " + schema.VideoStats + ",deleteOne " + schema.LatestVideos + ",deleteOne " + schema.Videos)
	if err := s.Videos.CreateVideo(t.Context(), v); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Fatalf("the tallies cannot be written, and yet %v", err)
	}
	s.Tidy(t.Context())
	if _, err := s.Videos.Video(t.Context(), v.ID); err != nil {
		t.Fatalf("it could not be rolled back, and yet %v", err)
	}
	proxy.broken.Store("")
	s.Tidy(t.Context())
	if _, err := s.Videos.Video(t.Context(), v.ID); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("it is still there: %v", err)
	}
	for name, list := range lists(t, s, v.UserID, killrvideo.Page{Number: 1, Size: 10}) {
		if list.Total != 0 || len(list.Items) != 0 {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

// A comment that was stored, though its client was told otherwise, is taken out of
// its lists when Astra can be reached again: no total counts it.
func TestTheRollbackOfARefusedCommentIsRepeated(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	var stored atomic.Bool
	proxy.refusing = func() { proxy.done.Store(stored.CompareAndSwap(false, true)) }
	proxy.broken.Store("insertMany comments,deleteOne comments")
	refused := []killrvideo.Comment{remark(march(10)), remark(march(11))}
	for _, c := range refused {
		stored.Store(false)
		if err := s.Comments.AddComment(t.Context(), c); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Fatalf("the answer was lost, and yet %v", err)
		}
		if listings(t, s, c)["of the video"].Items == nil {
			t.Fatal("the comment is not stored; the test shows nothing")
		}
	}
	s.Tidy(t.Context()) // the first one fails again, and the other one must not be forgotten
	proxy.broken.Store("")
	s.Tidy(t.Context())
	for _, c := range refused {
		wantListed(t, s, "after the rollback", c, false)
	}
}

// A refused video is not rolled back once another process may complete it, however long
// the refusal took.
func TestARefusedVideoIsNotRolledBackOnceItsJobIsDue(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, clock := newStore(openAt(t, proxy.url))
	v := film(uuid.New(), march(10), "Cats")
	proxy.broken.Store("updateOne " + schema.VideoStats + ",deleteOne " + schema.Videos)
	proxy.refusing = func() { clock.set(march(20).Add(40 * time.Second)) }
	if err := s.Videos.CreateVideo(t.Context(), v); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Fatalf("the tallies cannot be written, and yet %v", err)
	}
	proxy.broken.Store("")
	clock.set(march(20).Add(61 * time.Second))
	s.Tidy(t.Context())
	if _, err := s.Videos.Video(t.Context(), v.ID); err != nil {
		t.Errorf("it is rolled back: %v", err)
	}
}

// A rating waits for an earlier one of the same user and video until its context ends.
func TestARatingWaitsForAnotherOneOnlyForAWhile(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	begun, end := make(chan struct{}), make(chan struct{})
	proxy.refusing = func() { close(begun); <-end }
	proxy.broken.Store("findOne " + schema.VideoStats)
	rating := killrvideo.Rating{VideoID: uuid.New(), UserID: uuid.New(), Stars: 4, UpdatedAt: march(20)}
	first := make(chan error)
	go func() { _, err := s.Ratings.Rate(t.Context(), rating, allowed); first <- err }()
	<-begun
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	second := make(chan error, 1)
	go func() { _, err := s.Ratings.Rate(impatient, rating, allowed); second <- err }()
	select {
	case err := <-second:
		if killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it waits on")
	}
	close(end)
	if err := <-first; killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Error(err)
	}
}

// breaking names the command that inserts into a table.
func breaking(table string) string {
	switch table {
	case schema.VideosByTag:
		return "insertMany " + table
	case schema.VideoStats:
		return "updateOne " + table
	}
	return "insertOne " + table
}

// An update that failed at any step can be repeated.
func TestAnUpdateThatFailsHalfwayCanBeRepeated(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	for _, table := range []string{schema.Videos, schema.LatestVideos, schema.VideosByUser} {
		before := film(uuid.New(), march(10), "Cats")
		create(t, s, before)
		proxy.broken.Store("updateOne " + table)
		if err := s.Videos.UpdateVideo(t.Context(), before, renamed(before)); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Fatalf("%s is broken, and yet %v", table, err)
		}
		proxy.broken.Store("")
		found, err := s.Videos.Video(t.Context(), before.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Videos.UpdateVideo(t.Context(), found, renamed(found)); err != nil {
			t.Fatal(err)
		}
		for name, list := range lists(t, s, before.UserID, killrvideo.Page{Number: 1, Size: 1}) {
			for _, item := range list.Items {
				if item.ID == before.ID && item.Title != "Dogs" {
					t.Errorf("%s was broken, %s: %+v", table, name, item)
				}
			}
		}
	}
}

func renamed(v killrvideo.Video) killrvideo.Video {
	v.Title, v.UpdatedAt = "Dogs", march(11)
	return v
}

// A registration that fails halfway leaves the e-mail free.
func TestAFailedRegistrationLeavesNothing(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	for _, broken := range []string{
		"insertOne " + schema.UserCredentials, "insertOne " + schema.Users, "updateOne " + schema.UserCredentials,
	} {
		proxy.broken.Store(broken)
		user := account("ada@example.com")
		if err := s.Accounts.CreateUser(t.Context(), user, "hash"); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Errorf("%s is broken, and yet %v", broken, err)
		}
		proxy.broken.Store("")
		if _, err := s.Accounts.User(t.Context(), user.ID); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
			t.Errorf("%s was broken, and the account: %v", broken, err)
		}
	}
	if err := s.Accounts.CreateUser(t.Context(), account("ada@example.com"), "hash"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
