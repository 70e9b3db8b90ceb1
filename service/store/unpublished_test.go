package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
)

// whole says that the viewer sees unpublished videos.
func whole(yes bool) func() (bool, error) { return func() (bool, error) { return yes, nil } }

// seen are the titles and the total of a list of videos.
type seen struct {
	Titles []string
	Total  int
}

func seenIn(t *testing.T, listing killrvideo.Listing[killrvideo.Summary], err error) seen {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	s := seen{Total: listing.Total}
	for _, v := range listing.Items {
		s.Titles = append(s.Titles, v.Title)
	}
	return s
}

// wantLists compares the lists for the public, the uploader and the tag.
func wantLists(t *testing.T, s *store.Store, of killrvideo.Video, step string, public, own seen) {
	t.Helper()
	page := killrvideo.Page{Number: 1, Size: 10}
	latest, latestErr := s.Videos.LatestVideos(t.Context(), page)
	byTag, tagErr := s.Videos.VideosByTag(t.Context(), "pets", page)
	byUser, userErr := s.Videos.VideosByUser(t.Context(), of.UserID, page, whole(false))
	byOwner, ownErr := s.Videos.VideosByUser(t.Context(), of.UserID, page, whole(true))
	got := map[string]seen{
		"latest": seenIn(t, latest, latestErr), "tag": seenIn(t, byTag, tagErr),
		"uploader": seenIn(t, byUser, userErr), "own": seenIn(t, byOwner, ownErr),
	}
	want := map[string]seen{"latest": public, "tag": public, "uploader": public, "own": own}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", step, diff)
	}
}

func TestUnpublishedVideosAreInTheUploadersListAlone(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	none, one := seen{}, seen{Titles: []string{"Cats"}, Total: 1}
	pending := film(uuid.New(), march(10), "Cats")
	pending.Status, pending.Tags = killrvideo.StatusPending, []string{"pets"}
	create(t, s, pending)
	wantLists(t, s, pending, "pending", none, one)

	deleted := pending
	deleted.DeletedAt = march(11)
	ready, failed := pending, pending
	ready.Status, failed.Status = killrvideo.StatusReady, killrvideo.StatusError
	for _, step := range []struct {
		name        string
		do          func() error
		public, own seen
	}{
		{"deleted while pending", func() error { return s.Videos.RemoveVideo(t.Context(), deleted) }, none, none},
		{"deleted again", func() error { return s.Videos.RemoveVideo(t.Context(), deleted) }, none, none},
		{"restored", func() error { return s.Videos.RestoreVideo(t.Context(), pending) }, none, one},
		{"repaired", func() error { return s.Videos.RepairVideo(t.Context(), pending, []string{"other"}) }, none, one},
		{"published", func() error { return s.Videos.UpdateVideo(t.Context(), pending, ready) }, one, one},
		{"failed after all", func() error { return s.Videos.UpdateVideo(t.Context(), ready, failed) }, none, one},
		{"published again", func() error { return s.Videos.UpdateVideo(t.Context(), failed, ready) }, one, one},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		wantLists(t, s, pending, step.name, step.public, step.own)
	}
}

// Pages are full and in order, although rows between the shown ones are unpublished.
func TestPagesExcludeUnpublishedVideos(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	uploader := uuid.New()
	var public, all []string
	for i := range 23 {
		v := film(uploader, march(1).AddDate(0, 0, i), fmt.Sprintf("Film %02d", i))
		if i%3 != 0 {
			v.Status = killrvideo.StatusPending
		}
		create(t, s, v)
		all = append([]string{v.Title}, all...)
		if v.Published() {
			public = append([]string{v.Title}, public...)
		}
	}
	for name, test := range map[string]struct {
		show func() (bool, error)
		want []string
	}{"public": {whole(false), public}, "own": {whole(true), all}} {
		for _, byCursor := range []bool{false, true} {
			var got []string
			page := killrvideo.Page{Number: 1, Size: 3}
			for {
				listing, err := s.Videos.VideosByUser(t.Context(), uploader, page, test.show)
				if err != nil || listing.Total != len(test.want) {
					t.Fatalf("%s: total %d, want %d, %v", name, listing.Total, len(test.want), err)
				}
				for _, v := range listing.Items {
					got = append(got, v.Title)
				}
				if listing.Next == "" || len(got) > len(test.want) {
					break
				}
				if page.Number++; byCursor {
					page.After = listing.Next
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s, by cursor %v: %s", name, byCursor, diff)
			}
		}
	}
}

// The viewer of a list is read only if the list has unpublished videos.
func TestPublicListsDoNotReadTheViewer(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	v := film(uuid.New(), march(10), "Cats")
	create(t, s, v)
	asked := func() (bool, error) { t.Error("asked"); return true, nil }
	if _, err := s.Videos.VideosByUser(t.Context(), v.UserID, killrvideo.Page{Number: 1, Size: 10}, asked); err != nil {
		t.Error(err)
	}
}

func TestUnpublishedVideosAreNotFound(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	v := film(uuid.New(), march(10), "Cats")
	v.Status = killrvideo.StatusError
	create(t, s, v)
	vector := killrvideo.Embedding{Vector: make([]float32, 1024), Model: "test"}
	vector.Vector[0] = 1
	if err := s.Search.Index(t.Context(), v, nil, &vector); err != nil { // as an older release did
		t.Fatal(err)
	}
	hits, err := s.Search.Nearest(t.Context(), vector, 10)
	words, wordsErr := s.Search.FindWords(t.Context(), []string{"cats"}, killrvideo.Page{Number: 1, Size: 10})
	if err != nil || wordsErr != nil || len(hits) != 0 || len(words.Items) != 0 {
		t.Errorf("by vector %v %v, by words %v %v", hits, err, words.Items, wordsErr)
	}
}
