package killrvideo_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// faults makes one operation of a repository in memory fail, by name.
type faults struct{ broken string }

func newID(time.Time) uuid.UUID { return uuid.New() }

func (f *faults) check(operation string) error {
	if f != nil && f.broken == operation {
		return errDown
	}
	return nil
}

// comments stores comments in memory.
type comments struct {
	*faults
	byID map[uuid.UUID]killrvideo.Comment
}

func (c *comments) AddComment(_ context.Context, one killrvideo.Comment) error {
	if err := c.check("AddComment"); err != nil {
		return err
	}
	one.FirstName, one.LastName = "", "" // a comment is stored without
	c.byID[one.ID] = one
	return nil
}

func (c *comments) Comment(_ context.Context, id uuid.UUID) (killrvideo.Comment, error) {
	if one, ok := c.byID[id]; ok {
		return one, c.check("Comment")
	}
	return killrvideo.Comment{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Comment not found")
}

func (c *comments) RemoveComment(_ context.Context, one killrvideo.Comment) error {
	if err := c.check("RemoveComment"); err != nil {
		return err
	}
	c.byID[one.ID] = one
	return nil
}

func (c *comments) RestoreComment(_ context.Context, one killrvideo.Comment) error {
	if err := c.check("RestoreComment"); err != nil {
		return err
	}
	c.byID[one.ID] = one
	return nil
}

func (c *comments) list(of func(killrvideo.Comment) bool) (killrvideo.Listing[killrvideo.Comment], error) {
	var all killrvideo.Listing[killrvideo.Comment]
	for _, one := range c.byID {
		if !one.Deleted() && of(one) {
			all.Items = append(all.Items, one)
		}
	}
	slices.SortFunc(all.Items, func(a, b killrvideo.Comment) int { return b.CreatedAt.Compare(a.CreatedAt) })
	all.Total = len(all.Items)
	return all, c.check("list")
}

func (c *comments) CommentsOfVideo(_ context.Context, video uuid.UUID, _ killrvideo.Page) (killrvideo.Listing[killrvideo.Comment], error) {
	return c.list(func(one killrvideo.Comment) bool { return one.VideoID == video })
}

func (c *comments) CommentsOfUser(_ context.Context, user uuid.UUID, _ killrvideo.Page) (killrvideo.Listing[killrvideo.Comment], error) {
	return c.list(func(one killrvideo.Comment) bool { return one.UserID == user })
}

// activities stores activities in memory, and how often each was counted.
type activities struct {
	*faults
	counted map[uuid.UUID]int
	all     []killrvideo.Activity
}

func (a *activities) Record(_ context.Context, one killrvideo.Activity) error {
	if err := a.check("Record"); err != nil {
		return err
	}
	a.counted[one.ID]++
	a.all = append(a.all, one)
	return nil
}

func (a *activities) Forget(_ context.Context, one killrvideo.Activity) error {
	if err := a.check("Forget"); err != nil {
		return err
	}
	delete(a.counted, one.ID)
	a.all = slices.DeleteFunc(a.all, func(other killrvideo.Activity) bool { return other.ID == one.ID })
	return nil
}

func (a *activities) List(
	_ context.Context, user uuid.UUID, of killrvideo.ActivityType, _ killrvideo.Page,
) (killrvideo.Listing[killrvideo.Activity], error) {
	var found killrvideo.Listing[killrvideo.Activity]
	for _, one := range a.all {
		if one.UserID == user && (of == "" || of == one.Type) {
			found.Items = append(found.Items, one)
		}
	}
	return found, a.check("Activities")
}

// flags stores flags in memory.
type flags struct {
	*faults
	byID map[uuid.UUID]killrvideo.Flag
}

func (f *flags) AddFlag(_ context.Context, one killrvideo.Flag) error {
	if err := f.check("AddFlag"); err != nil {
		return err
	}
	f.byID[one.ID] = one
	return nil
}

func (f *flags) Flag(_ context.Context, id uuid.UUID) (killrvideo.Flag, error) {
	if one, ok := f.byID[id]; ok {
		return one, f.check("Flag")
	}
	return killrvideo.Flag{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Flag not found")
}

func (f *flags) UpdateFlag(_ context.Context, _, after killrvideo.Flag) error {
	if err := f.check("UpdateFlag"); err != nil {
		return err
	}
	f.byID[after.ID] = after
	return nil
}

func (f *flags) List(context.Context, killrvideo.FlagStatus, killrvideo.Page) (killrvideo.Listing[killrvideo.Flag], error) {
	return killrvideo.Listing[killrvideo.Flag]{}, f.check("Flags")
}

// views counts views in memory, and has trends.
type views struct {
	*faults
	counted  map[uuid.UUID]int
	watched  []killrvideo.WatchTime
	trending []killrvideo.Summary
	asked    int
}

func (v *views) CountView(_ context.Context, video uuid.UUID) error {
	if err := v.check("CountView"); err != nil {
		return err
	}
	v.counted[video]++
	return nil
}

func (v *views) AddWatchTime(_ context.Context, w killrvideo.WatchTime) error {
	v.watched = append(v.watched, w)
	return v.check("AddWatchTime")
}

func (v *views) Trending(_ context.Context, days, limit int) ([]killrvideo.Summary, error) {
	v.asked++
	all := slices.Clone(v.trending)
	slices.SortStableFunc(all, func(a, b killrvideo.Summary) int { return cmp.Compare(b.Views, a.Views) })
	return all[:min(limit, len(all))], v.check("Trending")
}

// ratings stores ratings in memory.
type ratings struct {
	*faults
	of map[[2]uuid.UUID]killrvideo.Rating
}

func (r *ratings) Rate(_ context.Context, one killrvideo.Rating, allowed func() error) (killrvideo.Rating, error) {
	if err := allowed(); err != nil {
		return killrvideo.Rating{}, err
	}
	r.of[[2]uuid.UUID{one.VideoID, one.UserID}] = one
	return one, r.check("Rate")
}

func (r *ratings) Rating(_ context.Context, video, user uuid.UUID) (killrvideo.Rating, error) {
	return r.of[[2]uuid.UUID{video, user}], r.check("Rating")
}

// community is the domain of content on repositories in memory.
type community struct {
	*killrvideo.Moderation
	faults     *faults
	users      *users
	videos     *videos
	comments   *comments
	activities *activities
	flags      *flags
	written    *audits
	views      *views
	ratings    *ratings
}

func newCommunity() *community {
	f := &faults{}
	catalogue, stored, _ := newCatalogue(cats)
	stored.faults = f
	c := &community{
		faults: f, users: newUsers(), videos: stored, comments: &comments{f, map[uuid.UUID]killrvideo.Comment{}},
		activities: &activities{faults: f, counted: map[uuid.UUID]int{}}, flags: &flags{f, map[uuid.UUID]killrvideo.Flag{}},
		written: &audits{}, views: &views{faults: f, counted: map[uuid.UUID]int{}},
		ratings: &ratings{f, map[[2]uuid.UUID]killrvideo.Rating{}},
	}
	catalogue.Activities, catalogue.Audits, catalogue.Views, catalogue.Log = c.activities, c.written, c.views, silent()
	catalogue.Ratings = c.ratings
	c.Moderation = &killrvideo.Moderation{
		Flags: c.flags, Audits: c.written, Catalogue: catalogue, NewID: newID, Now: catalogue.Now,
		Comments: &killrvideo.Comments{
			Repository: c.comments, Videos: stored, Users: c.users, Activities: c.activities, Audits: c.written,
			NewID: newID, Now: catalogue.Now, Log: silent(),
		},
	}
	return c
}
