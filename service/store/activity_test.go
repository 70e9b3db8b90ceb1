package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
)

func did(t *testing.T, s *store.Store, user uuid.UUID, what killrvideo.ActivityType, at time.Time) killrvideo.Activity {
	t.Helper()
	a := killrvideo.Activity{ID: uuid.New(), UserID: user, VideoID: uuid.New(), Type: what, At: at}
	var err error
	if what == killrvideo.ActivityRate {
		_, err = s.Ratings.Rate(t.Context(), killrvideo.Rating{VideoID: a.VideoID, UserID: user, Stars: 3, UpdatedAt: at}, allowed)
	} else {
		err = s.Activities.Record(t.Context(), a)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func activity(
	t *testing.T, s *store.Store, user uuid.UUID, of killrvideo.ActivityType, page killrvideo.Page,
) killrvideo.Listing[killrvideo.Activity] {
	t.Helper()
	got, err := s.Activities.List(t.Context(), user, of, page)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// everything reads all pages, by number and by cursor, and fails the test if they
// differ.
func everything(t *testing.T, s *store.Store, user uuid.UUID, of killrvideo.ActivityType, size int) []killrvideo.Activity {
	t.Helper()
	var byNumber, byCursor []killrvideo.Activity
	first := activity(t, s, user, of, killrvideo.Page{Number: 1, Size: size})
	for n := range first.Pages(size) {
		part := activity(t, s, user, of, killrvideo.Page{Number: n + 1, Size: size})
		byNumber = append(byNumber, part.Items...)
	}
	for page := (killrvideo.Page{Number: 1, Size: size}); ; {
		part := activity(t, s, user, of, page)
		byCursor = append(byCursor, part.Items...)
		if part.Total != first.Total {
			t.Errorf("%q: a total of %d on one page and of %d on another", of, first.Total, part.Total)
		}
		if page.After = part.Next; part.Next == "" {
			break
		}
	}
	if len(byNumber) != first.Total || fmt.Sprint(byNumber) != fmt.Sprint(byCursor) {
		t.Errorf("%q: %d in all, %d by number, %d by cursor", of, first.Total, len(byNumber), len(byCursor))
	}
	return byNumber
}

func TestActivityShowsEverythingOnceNewestFirst(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := uuid.New()
	kinds := killrvideo.ActivityTypes()
	const n = 31
	for i := range n {
		did(t, s, user, kinds[i%3], march(1).Add(time.Duration(i)*time.Minute))
	}
	did(t, s, uuid.New(), killrvideo.ActivityView, march(2)) // another user's
	counts := map[killrvideo.ActivityType]int{"": n, killrvideo.ActivityView: 11, killrvideo.ActivityComment: 10, killrvideo.ActivityRate: 10}
	for of, want := range counts {
		for _, size := range []int{1, 4, 50} {
			all := everything(t, s, user, of, size)
			if len(all) != want {
				t.Errorf("%q in pages of %d: %d of %d", of, size, len(all), want)
			}
			for i, a := range all {
				if i > 0 && a.At.After(all[i-1].At) || a.UserID != user || of != "" && a.Type != of {
					t.Errorf("%q at %d: %+v", of, i, a)
				}
			}
		}
	}
	behind := activity(t, s, user, "", killrvideo.Page{Number: 100, Size: 10})
	if len(behind.Items) != 0 || behind.Total != n || behind.Next != "" {
		t.Errorf("behind the end: %+v", behind)
	}
	_, err := s.Activities.List(t.Context(), user, "", killrvideo.Page{Number: 1, Size: 1, After: "x"})
	if killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestRemovedActivityIsNeitherShownNorCounted(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := uuid.New()
	did(t, s, user, killrvideo.ActivityView, march(1))
	comment := did(t, s, user, killrvideo.ActivityComment, march(2))
	for range 2 {
		if err := s.Activities.Forget(t.Context(), comment); err != nil {
			t.Fatal(err)
		}
	}
	if all := everything(t, s, user, "", 5); len(all) != 1 || all[0].Type != killrvideo.ActivityView {
		t.Errorf("%+v", all)
	}
	if err := s.Activities.Record(t.Context(), comment); err != nil {
		t.Fatal(err)
	}
	if all := everything(t, s, user, killrvideo.ActivityComment, 5); len(all) != 1 || all[0].ID != comment.ID {
		t.Errorf("restored: %+v", all)
	}
}
