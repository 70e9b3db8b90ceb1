package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// activityRow is one thing that a user did, in the list of all that the user
// did and in the one of its type. Ratings are elsewhere: see ratings.go.
type activityRow struct {
	List       string    `json:"list"`
	ID         uuid.UUID `json:"id"`
	UserID     uuid.UUID `json:"userid"`
	VideoID    uuid.UUID `json:"videoid"`
	ActivityID uuid.UUID `json:"activity_id"`
	Type       string    `json:"activity_type"`
	At         time.Time `json:"activity_timestamp"`
}

func (r activityRow) activity() killrvideo.Activity {
	return killrvideo.Activity{
		ID: r.ActivityID, UserID: r.UserID, VideoID: r.VideoID, Type: killrvideo.ActivityType(r.Type), At: r.At.UTC(),
	}
}

func activityLists(a killrvideo.Activity) []string {
	return []string{a.UserID.String(), typedList(a.UserID, a.Type)}
}

func typedList(user uuid.UUID, of killrvideo.ActivityType) string {
	return user.String() + ":" + string(of)
}

// listsOfUser are all lists that a user's activity is in.
func listsOfUser(user uuid.UUID) []string {
	return []string{user.String(), typedList(user, killrvideo.ActivityView), typedList(user, killrvideo.ActivityComment)}
}

func listsOfRater(user uuid.UUID) []string { return []string{raterList(user)} }

// Record implements killrvideo.ActivityRepository with one call. What is too
// old to be kept is not stored at all, and not forgotten either.
func (s *Store) Record(ctx context.Context, a killrvideo.Activity) error {
	if s.expired(a.At) {
		return nil
	}
	err := s.counters[schema.UserActivity].Write(ctx, activityRows(a), activityDeltas(a, 1)...)
	return failed(err, fmt.Sprintf("record an activity of user %s", a.UserID))
}

func activityRows(a killrvideo.Activity) []any {
	rows := []any{activeIn(a.At, a.UserID)}
	for _, list := range activityLists(a) {
		rows = append(rows, activityRow{
			List: list, ID: tally.ItemID(a.At, a.ID), UserID: a.UserID, VideoID: a.VideoID,
			ActivityID: a.ID, Type: string(a.Type), At: a.At,
		})
	}
	return rows
}

func activityDeltas(a killrvideo.Activity, items int64) []tally.Delta {
	var deltas []tally.Delta
	for _, list := range activityLists(a) {
		deltas = append(deltas, tally.Delta{List: list, Bucket: quarter(a.At), Numbers: tally.Numbers{Items: items}})
	}
	return deltas
}

// Forget implements killrvideo.ActivityRepository. Only what is in a list is
// counted out of it, so that forgetting again changes nothing.
func (s *Store) Forget(ctx context.Context, a killrvideo.Activity) error {
	if s.expired(a.At) {
		return nil
	}
	for _, delta := range activityDeltas(a, -1) {
		if err := s.forget(ctx, delta, tally.ItemID(a.At, a.ID)); err != nil {
			return failed(err, fmt.Sprintf("forget an activity of user %s", a.UserID))
		}
	}
	return nil
}

func (s *Store) forget(ctx context.Context, out tally.Delta, item uuid.UUID) error {
	row := filter.F{"list": out.List, "id": item}
	err := s.table(ctx, schema.UserActivity).FindOne(ctx, row).Err()
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	if err == nil {
		err = s.table(ctx, schema.UserActivity).DeleteOne(ctx, row)
	}
	if err == nil {
		err = s.counters[schema.UserActivity].Write(ctx, nil, out)
	}
	return err
}

// Activities implements killrvideo.ActivityRepository. All types together are
// two lists, read at once and merged. They go back as far as retention.go says.
func (s *Store) Activities(ctx context.Context, user uuid.UUID, of killrvideo.ActivityType, page killrvideo.Page) (killrvideo.Listing[killrvideo.Activity], error) {
	window, err := windowOf(page)
	if err != nil {
		return killrvideo.Listing[killrvideo.Activity]{}, err
	}
	window.Since = kept(s.config.Now())
	switch of {
	case "":
		return s.allActivities(ctx, user, page, window)
	case killrvideo.ActivityRate:
		return feedOf(ctx, s, schema.VideoStats, raterList(user), window, ratingRow.activity)
	}
	return feedOf(ctx, s, schema.UserActivity, typedList(user, of), window, activityRow.activity)
}

func (r ratingRow) activity() killrvideo.Activity {
	return killrvideo.Activity{ID: r.ID, UserID: r.UserID, VideoID: r.VideoID, Type: killrvideo.ActivityRate, At: r.RatedAt.UTC()}
}

// placed is an activity with its place in its list.
type placed struct {
	killrvideo.Activity
	id uuid.UUID
}

func (s *Store) allActivities(ctx context.Context, user uuid.UUID, page killrvideo.Page, window tally.Window) (killrvideo.Listing[killrvideo.Activity], error) {
	skip := window.Offset
	if window.After != uuid.Nil {
		skip = 0
	}
	// Whatever the order, the page is among the first of either list. One more
	// says whether there is another page.
	window.Offset, window.Limit = 0, min(skip+page.Size, mostMerged)+1
	var done tally.Part[activityRow]
	var rated tally.Part[ratingRow]
	err := parallel(
		func() (err error) {
			done, err = tally.Page[activityRow](ctx, s.counters[schema.UserActivity], user.String(), window)
			return err
		},
		func() (err error) {
			rated, err = tally.Page[ratingRow](ctx, s.stats, raterList(user), window)
			return err
		},
	)
	if err != nil {
		return killrvideo.Listing[killrvideo.Activity]{}, failed(err, fmt.Sprintf("read the activity of user %s", user))
	}
	var all []placed
	for _, r := range done.Items {
		all = append(all, placed{r.activity(), r.ID})
	}
	for _, r := range rated.Items {
		all = append(all, placed{r.activity(), r.ID})
	}
	slices.SortFunc(all, func(a, b placed) int { return bytes.Compare(b.id[:], a.id[:]) })
	return pageOf(all, skip, page.Size, int(done.Total.Items+rated.Total.Items)), nil
}

// mostMerged bounds how far into a user's past pages by number reach; cursors
// reach all of it.
const mostMerged = 1000

func pageOf(all []placed, skip, size, total int) killrvideo.Listing[killrvideo.Activity] {
	listing := killrvideo.Listing[killrvideo.Activity]{Total: total}
	if skip >= len(all) {
		return listing
	}
	shown := all[skip:min(skip+size, len(all))]
	for _, p := range shown {
		listing.Items = append(listing.Items, p.Activity)
	}
	if skip+size < len(all) {
		listing.Next = shown[len(shown)-1].id.String()
	}
	return listing
}
