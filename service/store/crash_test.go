package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
)

// anyHost takes any text for the id of a video.
type anyHost struct{}

func (anyHost) VideoID(url string) (string, bool) { return url, true }
func (anyHost) EmbedURL(id string) string         { return "https://host.example/" + id }
func (anyHost) ThumbnailURL(id string) string     { return "https://host.example/" + id + ".jpg" }

// wordless embeds no text: videos are found by words alone.
type wordless struct{}

func (wordless) Embed(context.Context, string, bool) (killrvideo.Embedding, error) {
	return killrvideo.Embedding{}, killrvideo.Errorf(killrvideo.EINVALID, "no word")
}
func (wordless) Model() string { return "made/up" }

// working is a Catalogue on a store.
func working(s *store.Store, clock *clock) *killrvideo.Catalogue {
	log := slog.New(slog.DiscardHandler)
	return &killrvideo.Catalogue{
		Repository: s.Videos, Views: s.Views, Ratings: s.Ratings, Activities: s.Activities, Audits: s.Audits,
		Host: anyHost{}, Now: clock.time, Log: log,
		Index: &killrvideo.IndexQueue{
			Work: s.Work, Locks: s.Locks, Videos: s.Videos, Search: s.Search, Embed: wordless{}, Backoff: killrvideo.DefaultBackoff,
			Now: clock.time, Log: log,
		},
	}
}

// life is a video, its uploader, and all tags and words that it has had.
type life struct {
	owner  killrvideo.User
	video  uuid.UUID
	before [2]string // tags, which are words too
	after  [2]string
}

func newLife() *life {
	l := &life{owner: killrvideo.User{ID: uuid.New(), Roles: []killrvideo.Role{killrvideo.RoleModerator}}}
	word := strings.ReplaceAll(uuid.NewString(), "-", "")[:12]
	l.before = [2]string{"kept" + word, "old" + word}
	l.after = [2]string{"kept" + word, "new" + word}
	return l
}

func (l *life) tags() []string { return []string{l.before[0], l.before[1], l.after[1]} }

// acts are the changes of a video, in this order.
func (l *life) acts() []func(context.Context, *killrvideo.Catalogue) error {
	return []func(context.Context, *killrvideo.Catalogue) error{
		func(ctx context.Context, c *killrvideo.Catalogue) error {
			title := "First " + l.before[1]
			v, err := c.Submit(ctx, l.owner, killrvideo.Submission{URL: "abc", Title: &title, Tags: l.before[:]})
			if err == nil {
				l.video = v.ID
			}
			return err
		},
		func(ctx context.Context, c *killrvideo.Catalogue) error {
			title, tags := "Second "+l.after[1], l.after[:]
			_, err := c.Update(ctx, l.owner, l.video, killrvideo.VideoChange{Title: &title, Tags: &tags, ClearDescription: true})
			return err
		},
		func(ctx context.Context, c *killrvideo.Catalogue) error { return c.Delete(ctx, l.owner, l.video) },
		func(ctx context.Context, c *killrvideo.Catalogue) error { return c.Restore(ctx, l.video) },
	}
}

// A process is killed after the first command of each change, after the second, and so
// on. Another one makes the lists, their totals and the words consistent with the video's
// own row.
func TestAProcessKilledAtAnyStepLeavesNoListInconsistent(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	handles := openAll(t, embedded.URL, proxy.url)
	healthy, dying := handles[0], handles[1]
	for act, name := range []string{"submission", "edit", "deletion", "restoration"} {
		steps, finished := 0, false
		for ; !finished; steps++ {
			l := newLife()
			s, clock := newStore(healthy)
			for _, earlier := range l.acts()[:act] {
				if err := earlier(t.Context(), working(s, clock)); err != nil {
					t.Fatal(err)
				}
			}
			doomed, same := newStore(dying)
			proxy.left.Store(int64(steps))
			finished = l.acts()[act](t.Context(), working(doomed, same)) == nil && proxy.left.Load() != 0
			proxy.left.Store(-1)
			survive(t, healthy)
			l.check(t, s, fmt.Sprintf("%s, killed at step %d", name, steps))
		}
		t.Logf("a %s takes %d steps", name, steps)
		if steps < 8 {
			t.Errorf("a %s takes %d steps: nothing was killed", name, steps)
		}
	}
}

// survive does what another process does in the minutes after.
func survive(t *testing.T, db *dataapi.Db) {
	t.Helper()
	s, clock := newStore(db)
	for _, minutes := range []int{3, 6, 9} {
		clock.set(march(20).Add(time.Duration(minutes) * time.Minute))
		working(s, clock).Index.Poll(t.Context())
		if _, err := s.Videos.LatestVideos(t.Context(), killrvideo.Page{Number: 1, Size: 1}); err != nil {
			t.Fatal(err)
		}
		for range 10 { // a few lists at a time
			s.Recount(t.Context())
		}
	}
	if work, err := s.Work.PendingWork(t.Context()); err != nil || len(work) != 0 {
		t.Fatalf("work is left: %+v %v", work, err)
	}
}

// check compares all lists with the video's own row.
func (l *life) check(t *testing.T, s *store.Store, when string) {
	t.Helper()
	page := killrvideo.Page{Number: 1, Size: 10}
	byUser, err := s.Videos.VideosByUser(t.Context(), l.owner.ID, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l.video == uuid.Nil && len(byUser.Items) > 0 {
		l.video = byUser.Items[0].ID
	}
	row, err := s.Videos.Video(t.Context(), l.video)
	there := err == nil && !row.Deleted()
	if killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND && err != nil {
		t.Fatal(when, err)
	}
	one := func(name string, list killrvideo.Listing[killrvideo.Summary], err error, listed bool) {
		t.Helper()
		want := killrvideo.Listing[killrvideo.Summary]{}
		if listed {
			want = killrvideo.Listing[killrvideo.Summary]{Items: []killrvideo.Summary{row.Summary}, Total: 1}
		}
		if diff := cmp.Diff(want, list); diff != "" || err != nil {
			t.Errorf("%s: %s: %v %s", when, name, err, diff)
		}
	}
	one("by uploader", byUser, nil, there)
	for _, tag := range l.tags() {
		list, err := s.Videos.VideosByTag(t.Context(), tag, page)
		one("tag "+tag, list, err, there && slices.Contains(row.Tags, tag))
		list, err = s.Search.FindWords(t.Context(), []string{tag}, page)
		one("word "+tag, list, err, there && slices.Contains(row.SearchWords(), tag))
	}
	latest, err := s.Videos.LatestVideos(t.Context(), killrvideo.Page{Number: 1, Size: 1000})
	if err != nil || latest.Total != len(latest.Items) {
		t.Errorf("%s: latest shows %d of %d, %v", when, len(latest.Items), latest.Total, err)
	}
	if listed := slices.ContainsFunc(latest.Items, func(v killrvideo.Summary) bool { return v.ID == l.video }); listed != there {
		t.Errorf("%s: latest has it: %t", when, listed)
	}
}
