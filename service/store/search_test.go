package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func index(t *testing.T, s killrvideo.SearchRepository, v killrvideo.Video, forget []string) {
	t.Helper()
	if err := s.Index(t.Context(), v, forget, nil); err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T, s killrvideo.SearchRepository, want int, words ...string) {
	t.Helper()
	got, err := s.FindWords(t.Context(), words, killrvideo.Page{Number: 1, Size: 10})
	if err != nil || got.Total != want || len(got.Items) != want {
		t.Errorf("%v finds %d of %d, want %d: %v", words, len(got.Items), got.Total, want, err)
	}
}

func TestIndexingIsIdempotent(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	before := film(uuid.New(), march(10), "Purring kittens")
	create(t, s, before)
	for range 2 {
		index(t, s.Search, before, nil)
	}
	found(t, s.Search, 1, "kittens")
	found(t, s.Search, 1, "kittens", "purring")
	after := before
	after.Title = "Purring lions"
	for range 2 {
		index(t, s.Search, after, before.SearchWords())
	}
	found(t, s.Search, 0, "kittens")
	found(t, s.Search, 1, "lions")
	for range 2 {
		if err := s.Search.Unindex(t.Context(), after, nil); err != nil {
			t.Fatal(err)
		}
	}
	found(t, s.Search, 0, "lions")
	found(t, s.Search, 0, "purring")
}

// The total of a word with more videos than a call returns is that of the tallies.
func TestAWordOfManyVideosHasTheRightTotal(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	const many = 60
	for i := range many {
		v := film(uuid.New(), march(10).Add(time.Duration(i)*time.Second), "Crowded")
		create(t, s, v)
		index(t, s.Search, v, nil)
		index(t, s.Search, v, nil)
	}
	got, err := s.Search.FindWords(t.Context(), []string{"crowded"}, killrvideo.Page{Number: 1, Size: 10})
	if err != nil || got.Total != many || len(got.Items) != 10 {
		t.Errorf("%d of %d, %v", len(got.Items), got.Total, err)
	}
}

func TestJobsAccumulateWords(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	id := uuid.New()
	for _, w := range []killrvideo.Work{
		{VideoID: id, Due: march(1), Forget: []string{"old"}},
		{VideoID: id, Due: march(2), Forget: []string{"older"}},
		{VideoID: id, Attempts: 1, Due: march(3)},
	} {
		if err := s.Work.PutWork(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Work.PendingWork(t.Context())
	if err != nil || len(all) != 1 || len(all[0].Forget) != 2 || all[0].Attempts != 1 || !all[0].Due.Equal(march(3)) {
		t.Errorf("%+v %v", all, err)
	}
	if err := s.Work.RemoveWork(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Work.PendingWork(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
}
