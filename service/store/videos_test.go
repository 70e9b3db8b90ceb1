package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

func create(t *testing.T, s *store.Store, videos ...killrvideo.Video) {
	t.Helper()
	for _, v := range videos {
		if err := s.Videos.CreateVideo(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVideosComeBackAsTheyWereStored(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	want := film(uuid.New(), march(10), "Cats")
	create(t, s, want)
	got, err := s.Videos.Video(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for name, list := range lists(t, s, want.UserID, killrvideo.Page{Number: 1, Size: 10}) {
		if diff := cmp.Diff(killrvideo.Listing[killrvideo.Summary]{Items: []killrvideo.Summary{want.Summary}, Total: 1}, list); diff != "" {
			t.Error(name, diff)
		}
	}
	if _, err := s.Videos.Video(t.Context(), uuid.New()); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("unknown video: %v", err)
	}
	empty, err := s.Videos.VideosByUser(t.Context(), uuid.New(), killrvideo.Page{Number: 1, Size: 10}, nil)
	if err != nil || empty.Total != 0 || len(empty.Items) != 0 {
		t.Errorf("unknown uploader: %+v %v", empty, err)
	}
}

// lists reads the same page of two lists of a video.
func lists(t *testing.T, s *store.Store, uploader uuid.UUID, page killrvideo.Page) map[string]killrvideo.Listing[killrvideo.Summary] {
	t.Helper()
	latest, err := s.Videos.LatestVideos(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	byUser, err := s.Videos.VideosByUser(t.Context(), uploader, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]killrvideo.Listing[killrvideo.Summary]{"latest": latest, "by user": byUser}
}

func TestUpdatesAreWrittenToTheLists(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	before := film(uuid.New(), march(10), "Cats")
	create(t, s, before)
	after := before
	after.Title, after.Description, after.Tags, after.UpdatedAt = "Dogs", "", []string{}, march(11)
	if err := s.Videos.UpdateVideo(t.Context(), before, after); err != nil {
		t.Fatal(err)
	}
	after.Tags = nil
	got, err := s.Videos.Video(t.Context(), before.ID)
	if diff := cmp.Diff(after, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for name, list := range lists(t, s, before.UserID, killrvideo.Page{Number: 1, Size: 10}) {
		if diff := cmp.Diff([]killrvideo.Summary{after.Summary}, list.Items); diff != "" {
			t.Error(name, diff)
		}
	}
}

func TestRemovalOfAVideoIsIdempotent(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	uploader := uuid.New()
	kept, gone := film(uploader, march(9), "Cats"), film(uploader, march(10), "Dogs")
	create(t, s, kept, gone)
	gone.DeletedAt = march(11)
	for range 2 {
		if err := s.Videos.RemoveVideo(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
	}
	for name, list := range lists(t, s, uploader, killrvideo.Page{Number: 1, Size: 10}) {
		if list.Total != 1 || len(list.Items) != 1 || list.Items[0].ID != kept.ID {
			t.Errorf("%s: %+v", name, list)
		}
	}
	if v, err := s.Videos.Video(t.Context(), gone.ID); err != nil || !v.DeletedAt.Equal(march(11)) {
		t.Errorf("%+v %v", v, err)
	}
}

// Pages of any number and size are exact: over months, gaps between them, and more rows
// than a call returns.
func TestPagesOfListsAreExact(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	uploader := uuid.New()
	var want []string
	at := march(20)
	for i := range 130 {
		if i == 60 || i == 70 {
			at = at.AddDate(0, -2, 0)
		}
		title := fmt.Sprintf("video %d", i)
		create(t, s, film(uploader, at, title))
		want = append(want, title)
		at = at.Add(-time.Minute)
	}
	rapid.Check(t, func(rt *rapid.T) {
		page := killrvideo.Page{Number: rapid.IntRange(1, 12).Draw(rt, "page"), Size: rapid.IntRange(1, 100).Draw(rt, "size")}
		for name, list := range lists(t, s, uploader, page) {
			var got []string
			for _, item := range list.Items {
				got = append(got, item.Title)
			}
			from := min(page.Offset(), len(want))
			part := want[from:min(from+page.Size, len(want))]
			if list.Total != len(want) || fmt.Sprint(got) != fmt.Sprint(part) {
				rt.Fatalf("%s, %+v: total %d, got %v, want %v", name, page, list.Total, got, part)
			}
		}
	})
}

// Concurrent additions by several instances are all counted.
func TestTotalsAreExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	db := open(t)
	uploader := uuid.New()
	var group sync.WaitGroup
	for range 3 {
		s, _ := newStore(db)
		for i := range 20 {
			v := film(uploader, march(10).Add(time.Duration(i)*time.Second), "Cats")
			group.Go(func() {
				if err := s.Videos.CreateVideo(t.Context(), v); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	s, _ := newStore(db)
	for name, list := range lists(t, s, uploader, killrvideo.Page{Number: 2, Size: 10}) {
		if list.Total != 60 || len(list.Items) != 10 {
			t.Errorf("%s: total %d, %d items", name, list.Total, len(list.Items))
		}
	}
	if n := countRows(t, db, schema.VideoStats, filter.Eq("list", "latest")); n != 1 {
		t.Errorf("%d rows count the list on one day", n)
	}
}

// The first page of a list takes two calls.
func TestFirstPagesAreCheap(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	calls := 0
	observe := options.API().SetObserver(func(context.Context, options.CommandEvent) {
		mu.Lock()
		defer mu.Unlock()
		calls++
	})
	db := open(t)
	token, err := embedded.Mint(t.Context(), db.Keyspace()+"_reader", db.Keyspace(), astratest.ReadActions())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := newStore(db)
	uploader := uuid.New()
	for i := range 12 {
		create(t, s, film(uploader, march(10).Add(time.Duration(i)*time.Second), "Cats"))
	}
	reader, _ := newStore(embedded.Database(token, db.Keyspace(), observe))
	for name, list := range lists(t, reader, uploader, killrvideo.Page{Number: 1, Size: 10}) {
		if len(list.Items) != 10 || list.Total != 12 {
			t.Errorf("%s: %d of %d", name, len(list.Items), list.Total)
		}
	}
	if calls != 4 {
		t.Errorf("%d calls for two first pages", calls)
	}
}
