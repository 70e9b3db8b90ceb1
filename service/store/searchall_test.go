package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// crowd adds n videos without rows of their own to the list of a word.
func crowd(t *testing.T, db *dataapi.Db, s *store.Store, word string, n int) {
	t.Helper()
	type row struct {
		List    string    `json:"list"`
		ID      uuid.UUID `json:"id"`
		VideoID uuid.UUID `json:"videoid"`
		Words   []string  `json:"words"`
	}
	rows := make([]row, n)
	for i := range rows {
		id := uuid.New()
		rows[i] = row{word, tally.ItemID(march(15).Add(time.Duration(i)*time.Second), id), id, []string{word}}
	}
	if _, err := db.Table(schema.VideoWords).InsertMany(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	if err := store.CountIn(t.Context(), s, schema.VideoWords, word, int64(n)); err != nil {
		t.Fatal(err)
	}
}

// both are the titles of all videos with both words, read by cursors.
func both(t *testing.T, s *store.Store, size int) (titles []string, first killrvideo.Listing[killrvideo.Summary]) {
	t.Helper()
	page := killrvideo.Page{Number: 1, Size: size}
	for i := 0; ; i++ {
		got, err := s.Search.FindWords(t.Context(), []string{"commonest", "common"}, page)
		if err != nil || i > 100 {
			t.Fatal(i, err)
		}
		if i == 0 {
			first = got
		}
		for _, v := range got.Items {
			titles = append(titles, v.Title)
		}
		if page.After = got.Next; got.Next == "" {
			return titles, first
		}
	}
}

// A search by several words reads the list of the rarest one. Cursors reach old videos,
// however many newer ones have one of the words.
func TestSearchBySeveralWordsReachesEverything(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	var want []string
	for i, title := range []string{"common commonest a", "commonest common b", "Common! Commonest? c", "common", "commonest"} {
		v := film(uuid.New(), march(10-i), title)
		create(t, s, v)
		index(t, s.Search, v, nil)
		if i < 3 {
			want = append(want, title)
		}
	}
	crowd(t, db, s, "commonest", 1100)
	for _, size := range []int{1, 2, 10} {
		titles, first := both(t, s, size)
		if diff := cmp.Diff(want, titles); diff != "" || first.Total != 3 {
			t.Errorf("by the rarer word, pages of %d: of %d %s", size, first.Total, diff)
		}
	}
	byNumber, err := s.Search.FindWords(t.Context(), []string{"common", "commonest"}, killrvideo.Page{Number: 2, Size: 2})
	if err != nil || byNumber.Total != 3 || len(byNumber.Items) != 1 || byNumber.Items[0].Title != want[2] {
		t.Errorf("the second page: %+v %v", byNumber, err)
	}

	crowd(t, db, s, "common", 1050)
	for _, title := range []string{"newer commonest common", "newest common commonest"} {
		v := film(uuid.New(), march(18).Add(time.Duration(len(title))*time.Hour), title)
		create(t, s, v)
		index(t, s.Search, v, nil)
		want = append([]string{title}, want...)
	}
	for _, size := range []int{1, 2, 10} {
		titles, first := both(t, s, size)
		if diff := cmp.Diff(want, titles); diff != "" || first.Total != 2 || first.Next == "" {
			t.Errorf("behind a thousand others, pages of %d: of %d %s", size, first.Total, diff)
		}
	}
	_, err = s.Search.FindWords(t.Context(), []string{"common", "commonest"}, killrvideo.Page{Number: 1, Size: 2, After: "x"})
	if killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("a cursor that is none: %v", err)
	}
}
