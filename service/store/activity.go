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
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Activities implements killrvideo.ActivityRepository.
type Activities struct{ *db }

var _ killrvideo.ActivityRepository = (*Activities)(nil)

// activityRow is a view or a comment of a user: in the list of all of them and in
// that of its type. Ratings are stored by ratings.go.
type activityRow struct {
	List       string    `json:"list"`
	ID         uuid.UUID `json:"id"`
	UserID     uuid.UUID `json:"userid"`
	VideoID    uuid.UUID `json:"videoid"`
	ActivityID uuid.UUID `json:"activity_id"`
	Type       string    `json:"activity_type"`
	At         time.Time `json:"activity_timestamp"`
}

func (r activityRow) itemID() uuid.UUID { return r.ID }

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

// listsOfUser are all lists with a user's activity.
func listsOfUser(user uuid.UUID) []string {
	return []string{user.String(), typedList(user, killrvideo.ActivityView), typedList(user, killrvideo.ActivityComment)}
}

func listsOfRater(user uuid.UUID) []string { return []string{raterList(user)} }

// Record implements killrvideo.ActivityRepository. Expired activity is neither
// stored nor removed.
func (s *Activities) Record(ctx context.Context, a killrvideo.Activity) error {
	if s.expired(a.At) {
		return nil
	}
	err := s.count(ctx, schema.UserActivity, activityRows(a), activityDeltas(a, 1)...)
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

// Forget implements killrvideo.ActivityRepository. It is idempotent: only an item
// that is in a list is deducted from its total.
func (s *Activities) Forget(ctx context.Context, a killrvideo.Activity) error {
	if s.expired(a.At) {
		return nil
	}
	for _, delta := range activityDeltas(a, -1) {
		if err := s.forget(ctx, delta, tally.ItemID(a.At, a.ID)); err != nil {
			return failed(err, fmt.Sprintf("remove an activity of user %s", a.UserID))
		}
	}
	return nil
}

func (s *Activities) forget(ctx context.Context, out tally.Delta, item uuid.UUID) error {
	row := filter.F{"list": out.List, "id": item}
	_, err := s.table(ctx, schema.UserActivity).FindOne(ctx, row).Raw()
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	if err == nil {
		err = s.table(ctx, schema.UserActivity).DeleteOne(ctx, row)
	}
	if err == nil {
		err = s.count(ctx, schema.UserActivity, nil, out)
	}
	return err
}

// List implements killrvideo.ActivityRepository. It goes back as far as activity is
// retained.
func (s *Activities) List(
	ctx context.Context, user uuid.UUID, of killrvideo.ActivityType, page killrvideo.Page,
) (killrvideo.Listing[killrvideo.Activity], error) {
	window, err := windowOf(page)
	if err != nil {
		return killrvideo.Listing[killrvideo.Activity]{}, err
	}
	window.Since = retained(s.now())
	switch of {
	case "":
		return s.all(ctx, user, window)
	case killrvideo.ActivityRate:
		return feedOf(ctx, s.db, schema.VideoStats, raterList(user), window, ratingRow.activity)
	}
	return feedOf(ctx, s.db, schema.UserActivity, typedList(user, of), window, activityRow.activity)
}

func (r ratingRow) activity() killrvideo.Activity {
	return killrvideo.Activity{ID: r.ID, UserID: r.UserID, VideoID: r.VideoID, Type: killrvideo.ActivityRate, At: r.RatedAt.UTC()}
}

// placedActivity is an activity of the merged list, with its place in it.
type placedActivity struct {
	killrvideo.Activity
	id uuid.UUID
}

func (p placedActivity) itemID() uuid.UUID { return p.id }

// all reads a page of views, comments and ratings: two lists, read in parallel and
// merged.
func (s *Activities) all(
	ctx context.Context, user uuid.UUID, window tally.Window,
) (listing killrvideo.Listing[killrvideo.Activity], err error) {
	part, err := pageByBookmark(s.db, mergedList(user), window, func(w tally.Window) (tally.Part[placedActivity], error) {
		return s.merged(ctx, user, w)
	})
	if err != nil {
		return listing, failed(err, fmt.Sprintf("read the activity of user %s", user))
	}
	listing.Total = int(part.Total.Items)
	for _, p := range part.Items {
		listing.Items = append(listing.Items, p.Activity)
	}
	if part.Next != uuid.Nil {
		listing.Next = part.Next.String()
	}
	return listing, nil
}

// maxMerged bounds how far into a user's past pages by number reach; cursors reach
// all of it.
const maxMerged = 1000

func (s *Activities) merged(ctx context.Context, user uuid.UUID, window tally.Window) (part tally.Part[placedActivity], err error) {
	skip, size := window.Offset, window.Limit
	if window.After != uuid.Nil {
		skip = 0
	}
	// In any order, the page is among the first items of both lists. One more says
	// whether there is another page.
	window.Offset, window.Limit = 0, min(skip+size, maxMerged)+1
	var done tally.Part[activityRow]
	var rated tally.Part[ratingRow]
	err = parallel.Do(
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
		return part, err
	}
	var all []placedActivity
	for _, r := range done.Items {
		all = append(all, placedActivity{r.activity(), r.ID})
	}
	for _, r := range rated.Items {
		all = append(all, placedActivity{r.activity(), r.ID})
	}
	slices.SortFunc(all, func(a, b placedActivity) int { return bytes.Compare(b.id[:], a.id[:]) })
	part.Total = done.Total.Plus(rated.Total)
	part.Items = all[min(skip, len(all)):min(skip+size, len(all))]
	if skip+size < len(all) {
		part.Next = part.Items[size-1].id
	}
	return part, nil
}

// mergedList names the bookmarks of a user's activity of all types.
func mergedList(user uuid.UUID) string { return schema.UserActivity + "/" + user.String() }
