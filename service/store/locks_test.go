package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// Of many contenders in several processes each gets the lock, one at a time.
func TestALockIsHeldByOneAtATime(t *testing.T) {
	t.Parallel()
	db := open(t)
	processes := make([]*store.Store, 3)
	for i := range processes {
		processes[i], _ = newStore(db)
	}
	video := uuid.New()
	var inside, had atomic.Int32
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			unlock, err := processes[i%3].Locks.Lock(t.Context(), video)
			if err != nil {
				t.Error(err)
				return
			}
			if inside.Add(1) != 1 {
				t.Error("two hold it")
			}
			had.Add(1)
			inside.Add(-1)
			unlock()
		})
	}
	all.Wait()
	if had.Load() != 12 {
		t.Errorf("%d of 12 had it", had.Load())
	}
	if n := countRows(t, db, schema.PendingWork, filter.Eq("kind", "lock:"+video.String())); n != 0 {
		t.Errorf("%d claims are left", n)
	}
}

func TestWaitingForALockIsBounded(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	video := uuid.New()
	if _, err := s.Locks.Lock(t.Context(), video); err != nil { // and is killed
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Locks.Lock(impatient, video); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Errorf("while it is held: %v", err)
	}
	if unlock, err := s.Locks.Lock(t.Context(), uuid.New()); err != nil {
		t.Errorf("another video's: %v", err)
	} else {
		unlock()
	}
	s, clock := newStore(db)
	clock.set(march(20).Add(3 * time.Minute))
	unlock, err := s.Locks.Lock(t.Context(), video)
	if err != nil {
		t.Fatalf("its lease is over: %v", err)
	}
	unlock()
	if n := countRows(t, db, schema.PendingWork, filter.Eq("kind", "lock:"+video.String())); n != 0 {
		t.Errorf("%d claims are left", n)
	}
	if work, err := s.Work.PendingWork(t.Context()); err != nil || len(work) != 0 {
		t.Errorf("locks are read as jobs: %+v %v", work, err)
	}
}

// Of the contenders for a lock in one process only one sends calls. They do not wait for
// other locks, and leave nothing in memory.
func TestLocalWaitersSendNoCalls(t *testing.T) {
	t.Parallel()
	var claims atomic.Int32
	s, _ := newStore(observed(t, func(_ context.Context, e options.CommandEvent) {
		if e.Table == schema.PendingWork && e.Command == "insertOne" {
			claims.Add(1)
		}
	}))
	video := uuid.New()
	unlock, err := s.Locks.Lock(t.Context(), video)
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := s.Locks.Lock(impatient, video); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
				t.Error(err)
			}
		})
	}
	if other, err := s.Locks.Lock(t.Context(), uuid.New()); err != nil {
		t.Error(err)
	} else {
		other()
	}
	cancel()
	all.Wait()
	unlock()
	unlock() // idempotent
	if claims.Load() != 2 {
		t.Errorf("%d claims of two locks", claims.Load())
	}
	if n := store.LocalLocks(s); n != 0 {
		t.Errorf("%d local locks are left", n)
	}
}

// A lock that could not be acquired is free.
func TestAFailedLockIsReleased(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	video := uuid.New()
	for _, broken := range []string{"insertOne pending_work", "find pending_work"} {
		proxy.broken.Store(broken)
		if _, err := s.Locks.Lock(t.Context(), video); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Errorf("%s is broken: %v", broken, err)
		}
		proxy.broken.Store("")
		unlock, err := s.Locks.Lock(t.Context(), video)
		if err != nil {
			t.Fatalf("%s was broken: %v", broken, err)
		}
		unlock()
	}
}

// Two processes run the same job concurrently, and a third one edits the video: each
// word counts it once.
func TestConcurrentJobsCountOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	for range 5 {
		l := newLife()
		submit := l.acts()[0]
		if err := submit(t.Context(), working(s, clock)); err != nil {
			t.Fatal(err)
		}
		video, err := s.Videos.Video(t.Context(), l.video)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Search.Unindex(t.Context(), video, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Work.PutWork(t.Context(), killrvideo.Work{VideoID: l.video, Due: march(19)}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				other, same := newStore(db)
				c := working(other, same)
				if i < 2 {
					c.Index.Poll(t.Context())
				} else if err := l.acts()[1](t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		l.check(t, s, "afterwards")
		for _, word := range l.after {
			if n := store.Counted(t.Context(), s, schema.VideoWords, word); n != 1 {
				t.Errorf("%s counts %d", word, n)
			}
		}
		if n := store.Counted(t.Context(), s, schema.VideoWords, l.before[1]); n != 0 {
			t.Errorf("the old word counts %d", n)
		}
	}
}
