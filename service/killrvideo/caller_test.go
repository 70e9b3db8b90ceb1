package killrvideo_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// An operation reads the account of its caller in parallel with other rows. It
// writes and returns nothing if the caller is not authorized, and the answer is
// the account's error even if the other rows are missing.
func TestAnUnauthorizedCallerWritesAndReadsNothing(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, video := creator(), c.shown(t, creator()).ID
	denied := killrvideo.Errorf(killrvideo.EFORBIDDEN, "Account is suspended")
	suspended := killrvideo.Caller{ID: ada.ID, Account: func() (killrvideo.User, error) { return ada, denied }}
	viewer := func() (*killrvideo.User, error) { return nil, denied }
	page := killrvideo.Page{Number: 1, Size: 10}
	for _, id := range []uuid.UUID{video, uuid.New()} {
		operations := map[string]func(context.Context) error{
			"view":    func(ctx context.Context) error { return c.Catalogue.View(ctx, viewer, id) },
			"watched": func(ctx context.Context) error { return c.Catalogue.Watched(ctx, suspended, id, 1) },
			"rate":    func(ctx context.Context) error { _, err := c.Catalogue.Rate(ctx, suspended, id, 4); return err },
			"comment": func(ctx context.Context) error { _, err := c.Comments.Add(ctx, suspended, id, "a text"); return err },
			"flag": func(ctx context.Context) error {
				_, err := c.Flag(ctx, suspended, spam(killrvideo.ContentVideo, id))
				return err
			},
			"ratings": func(ctx context.Context) error {
				v, own, err := c.Catalogue.RatingsOf(ctx, viewer, ada.ID, id)
				if v.ID != uuid.Nil || own.Stars != 0 {
					t.Errorf("the ratings are returned: %+v %+v", v, own)
				}
				return err
			},
			"activity": func(ctx context.Context) error {
				list, err := c.Catalogue.ActivitiesOf(ctx, suspended, ada.ID, "", page)
				if len(list.Items) > 0 {
					t.Errorf("the activity is returned: %+v", list)
				}
				return err
			},
		}
		for name, operation := range operations {
			if err := operation(t.Context()); !errors.Is(err, denied) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	n := len(c.views.watched) + c.views.counted[video] + len(c.ratings.of) + len(c.comments.byID) + len(c.flags.byID) + len(c.activities.all)
	if n != 0 {
		t.Errorf("%d rows are written", n)
	}
}

// The rating that a viewer is shown is their own: a token that names another
// account shows none.
func TestTheRatingOfAnotherAccountIsNotShown(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, bob, video := creator(), creator(), c.shown(t, creator())
	if _, err := c.Catalogue.Rate(t.Context(), killrvideo.Authorized(ada), video.ID, 5); err != nil {
		t.Fatal(err)
	}
	for name, viewer := range map[string]killrvideo.Viewer{"another account": killrvideo.SignedIn(bob), "a refused token": anonymous} {
		if _, own, err := c.Catalogue.RatingsOf(t.Context(), viewer, ada.ID, video.ID); err != nil || own.Stars != 0 {
			t.Errorf("%s: %+v %v", name, own, err)
		}
	}
}

// An activity is recorded in parallel with what it is about, and removed if that
// fails.
func TestWhatFailsLeavesNoActivity(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"CountView", "AddComment"} {
		c := newCommunity()
		ada, video := creator(), c.shown(t, creator())
		c.faults.broken = broken
		errs := map[string]error{"CountView": c.Catalogue.View(t.Context(), killrvideo.SignedIn(ada), video.ID)}
		_, errs["AddComment"] = c.Comments.Add(t.Context(), killrvideo.Authorized(ada), video.ID, "a text")
		if err := errs[broken]; !errors.Is(err, errDown) {
			t.Errorf("%s: %v", broken, err)
		}
		for _, a := range c.activities.all {
			if (a.Type == killrvideo.ActivityView) == (broken == "CountView") {
				t.Errorf("%s has failed, and yet %+v is recorded", broken, a)
			}
		}
	}
}
