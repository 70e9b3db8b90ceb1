package store_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
)

// longList is a list that is longer than an answer of the Data API.
type longList struct {
	// add adds an item at a time, and remove removes it again.
	add    func(t *testing.T, s *store.Store, at time.Time) (remove func(s *store.Store))
	read   func(ctx context.Context, s *store.Store, page killrvideo.Page) (ids []uuid.UUID, next string, err error)
	months int // that the items are spread over
}

func longLists() map[string]longList {
	uploader, user := uuid.New(), uuid.New()
	commented := film(uploader, march(1), "Commented")
	addVideo := func(t *testing.T, s *store.Store, at time.Time) func(*store.Store) {
		v := film(uploader, at, "Cats")
		create(t, s, v)
		return func(s *store.Store) {
			v.DeletedAt = at
			if err := s.Videos.RemoveVideo(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	videos := func(list killrvideo.Listing[killrvideo.Summary], err error) ([]uuid.UUID, string, error) {
		var ids []uuid.UUID
		for _, v := range list.Items {
			ids = append(ids, v.ID)
		}
		return ids, list.Next, err
	}
	return map[string]longList{
		"latest": {addVideo, func(ctx context.Context, s *store.Store, page killrvideo.Page) ([]uuid.UUID, string, error) {
			return videos(s.Videos.LatestVideos(ctx, page))
		}, 3},
		"by tag": {addVideo, func(ctx context.Context, s *store.Store, page killrvideo.Page) ([]uuid.UUID, string, error) {
			return videos(s.Videos.VideosByTag(ctx, "a", page))
		}, 1},
		"comments": {
			func(t *testing.T, s *store.Store, at time.Time) func(*store.Store) {
				c := killrvideo.Comment{ID: store.NewItemID(at), VideoID: commented.ID, UserID: user, Text: "text", CreatedAt: at}
				if err := s.Comments.AddComment(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				return func(s *store.Store) {
					c.DeletedAt = at
					if err := s.Comments.RemoveComment(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				}
			},
			func(ctx context.Context, s *store.Store, page killrvideo.Page) ([]uuid.UUID, string, error) {
				list, err := s.Comments.CommentsOfVideo(ctx, commented.ID, page)
				var ids []uuid.UUID
				for _, c := range list.Items {
					ids = append(ids, c.ID)
				}
				return ids, list.Next, err
			}, 1,
		},
		"activity": {
			func(t *testing.T, s *store.Store, at time.Time) func(*store.Store) {
				a := did(t, s, user, killrvideo.ActivityView, at)
				return func(s *store.Store) {
					if err := s.Activities.Forget(t.Context(), a); err != nil {
						t.Fatal(err)
					}
				}
			},
			func(ctx context.Context, s *store.Store, page killrvideo.Page) ([]uuid.UUID, string, error) {
				list, err := s.Activities.List(ctx, user, "", page)
				var ids []uuid.UUID
				for _, a := range list.Items {
					ids = append(ids, a.ID)
				}
				return ids, list.Next, err
			}, 1,
		},
	}
}

// readsSameByNumber compares every page by number with the list by cursors.
func (l longList) readsSameByNumber(t *testing.T, s *store.Store, when string) {
	t.Helper()
	const size = 10
	var all []uuid.UUID
	for page := (killrvideo.Page{Number: 1, Size: size}); ; {
		ids, next, err := l.read(t.Context(), s, page)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ids...)
		if page.After = next; next == "" {
			break
		}
	}
	for number := len(all)/size + 2; number > 0; number-- {
		got, _, err := l.read(t.Context(), s, killrvideo.Page{Number: number, Size: size})
		want := all[min(len(all), (number-1)*size):min(len(all), number*size)]
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, page %d of %d items: %d items, not the %d of the list, %v", when, number, len(all), len(got), len(want), err)
		}
	}
}

// A page that was read by its number, and the page after it, are read from a bookmark:
// the rows before are not read again.
func TestADeepPageIsReadFromItsBookmark(t *testing.T) {
	t.Parallel()
	for name, l := range longLists() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			s, _ := newStore(observed(t, func(context.Context, options.CommandEvent) { calls.Add(1) }))
			for i := range 230 {
				l.add(t, s, march(20).AddDate(0, -(i%l.months), 0).Add(-time.Duration(i)*time.Minute))
			}
			cost := func(number int) int32 {
				before := calls.Load()
				if ids, _, err := l.read(t.Context(), s, killrvideo.Page{Number: number, Size: 10}); err != nil || len(ids) != 10 {
					t.Fatal(len(ids), err)
				}
				return calls.Load() - before
			}
			// A month has 77 of the videos that are spread: page 7 is its last full one.
			deep, first := map[bool]int{true: 7, false: 20}[l.months > 1], int32(0)
			first = cost(deep)
			const most = 4 // the totals, the rows and the numbers; two lists of activity, and their totals
			if again, next := cost(deep), cost(deep+1); again >= first || again > most || l.months == 1 && next > most {
				t.Errorf("%d calls, then %d, the next page %d", first, again, next)
			}
		})
	}
}

// Pages from bookmarks are exact after a change by this process, after one by another
// process that changes the total, and a minute after any change.
func TestPagesFromBookmarksAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	for name, l := range longLists() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			s, clock := newStore(db)
			other, _ := newStore(db)
			var removals []func(*store.Store)
			for i := range 90 {
				removals = append(removals, l.add(t, s, march(19).AddDate(0, -(i%l.months), 0).Add(-time.Duration(i)*time.Minute)))
			}
			l.readsSameByNumber(t, s, "at first")
			l.readsSameByNumber(t, s, "from bookmarks")
			removals[80](s)
			l.add(t, s, march(19).Add(time.Minute))
			l.readsSameByNumber(t, s, "after a removal and an addition")
			removals[10](other)
			l.readsSameByNumber(t, s, "after another process' removal")
			l.add(t, other, march(19).Add(2*time.Minute))
			removals[82](other)
			clock.set(march(20).Add(2 * time.Minute))
			l.readsSameByNumber(t, s, "some time after another process' removal and addition")
		})
	}
}
