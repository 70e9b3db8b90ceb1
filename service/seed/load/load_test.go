package load_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
	"github.com/killrvideo/killrvideo-go/service/seed/official"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

func repository(t *testing.T) *store.Store {
	t.Helper()
	embedded := astratest.New(t)
	return store.New(store.Config{Database: embedded.Database(embedded.Admin, astratest.ServiceKeyspace)})
}

// TestLoadingTwiceLoadsOnce loads a small set, looks at it as the service
// would, and loads it again.
func TestLoadingTwiceLoadsOnce(t *testing.T) {
	t.Parallel()
	to, set := repository(t), seed.New(seed.Size{Name: "tiny", Users: 12, Videos: 40}, time.Now())
	var steps atomic.Int32
	loaded, err := load.All(t.Context(), to, set, "no hash of anything", func() { steps.Add(1) })
	if err != nil || loaded != (load.Loaded{Users: 12, Videos: 40}) || steps.Load() != 52 {
		t.Fatalf("loaded %+v in %d steps: %v", loaded, steps.Load(), err)
	}
	page := killrvideo.Page{Number: 1, Size: 10}
	latest, err := to.Videos.LatestVideos(t.Context(), page)
	if err != nil || latest.Total != 40 || latest.Items[0].ID != set.Clip(39).ID {
		t.Errorf("the newest of %d is %+v: %v", latest.Total, latest.Items, err)
	}
	checkNumbers(t, to, set)
	if hot, err := to.Views.Trending(t.Context(), 30, 10); err != nil || len(hot) != 10 || hot[0].Views < hot[9].Views {
		t.Errorf("what trends: %d videos, %v", len(hot), err)
	}
	again, err := load.All(t.Context(), to, set, "no hash of anything", func() {})
	if err != nil || again != (load.Loaded{}) {
		t.Errorf("the second time %+v: %v", again, err)
	}
}

// checkNumbers holds what the store counts to what the data say.
func checkNumbers(t *testing.T, to *store.Store, data load.Data) {
	t.Helper()
	for i := range data.Size().Videos {
		clip := data.Clip(i)
		views := clip.Earlier
		for _, n := range clip.Views {
			views += n
		}
		said, err := to.Comments.CommentsOfVideo(t.Context(), clip.ID, killrvideo.Page{Number: 1, Size: 1})
		if err != nil || said.Total != len(clip.Comments) {
			t.Fatalf("%d comments became %d: %v", len(clip.Comments), said.Total, err)
		}
		got, err := to.Videos.VideoDetail(t.Context(), clip.ID)
		if err != nil || got.Views != int64(views) || got.RatingCount != int64(len(clip.Ratings)) {
			t.Fatalf("%d views and %d ratings became %d and %d: %v", views, len(clip.Ratings), got.Views, got.RatingCount, err)
		}
		if found, err := to.Videos.Video(t.Context(), clip.ID); err != nil || found.Views != got.Views || found.RatingTotal != got.RatingTotal {
			t.Fatalf("a search shows %d views and %d stars, not %d and %d: %v", found.Views, found.RatingTotal, got.Views, got.RatingTotal, err)
		}
	}
}

// past is a set whose people have a past: the first one is locked.
type past struct{ *seed.Set }

func (past) Locked(i int) bool { return i == 0 }

func (p past) Person(i int) killrvideo.User {
	user := p.Set.Person(i)
	user.LastLoginDate = user.CreatedDate.Add(time.Hour)
	return user
}

func TestAccountsHaveTheirHistory(t *testing.T) {
	t.Parallel()
	to, data := repository(t), past{seed.New(seed.Size{Name: "tiny", Users: 3}, time.Now())}
	if _, err := load.All(t.Context(), to, data, "no hash of anything", func() {}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		want := data.Person(i)
		got, err := to.Accounts.User(t.Context(), want.ID)
		if err != nil || !got.LastLoginDate.Equal(want.LastLoginDate) {
			t.Errorf("last login of %s at %s, not %s: %v", want.Email, got.LastLoginDate, want.LastLoginDate, err)
		}
		credentials, err := to.Accounts.Credentials(t.Context(), want.Email)
		if err != nil || credentials.Locked != (i == 0) {
			t.Errorf("account %d: %+v, %v", i, credentials, err)
		}
	}
}

// others is a set whose people have the e-mails of others.
type others struct{ *seed.Set }

func (o others) Person(i int) killrvideo.User {
	user := o.Set.Person(i)
	user.ID = uuid.New()
	return user
}

func TestAnEMailOfAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	to, set := repository(t), seed.New(seed.Size{Name: "tiny", Users: 2}, time.Now())
	if _, err := load.All(t.Context(), to, set, "no hash of anything", func() {}); err != nil {
		t.Fatal(err)
	}
	_, err := load.All(t.Context(), to, others{set}, "no hash of anything", func() {})
	if err == nil || !strings.Contains(err.Error(), "is the e-mail of another account") {
		t.Errorf("got %v", err)
	}
}

// TestOfficialFilesKeepTheirTotals is for those who have a folder of them.
func TestOfficialFilesKeepTheirTotals(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("KILLRVIDEO_DATA")
	if dir == "" {
		t.Skip("KILLRVIDEO_DATA names no folder with the official files")
	}
	data, err := official.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	to := repository(t)
	for _, want := range []load.Loaded{{Users: data.Size().Users, Videos: data.Size().Videos}, {}} {
		if loaded, err := load.All(t.Context(), to, data, "no hash of anything", func() {}); err != nil || loaded != want {
			t.Fatalf("loaded %+v, not %+v: %v", loaded, want, err)
		}
		checkNumbers(t, to, data)
	}
}

func TestAFailureEndsTheLoading(t *testing.T) {
	t.Parallel()
	refused := httptest.NewServer(http.NotFoundHandler())
	refused.Close()
	to := store.New(store.Config{Database: dataapi.NewClient().Database(refused.URL)})
	set := seed.New(seed.Size{Name: "tiny", Users: 100, Videos: 1}, time.Now())
	loaded, err := load.All(t.Context(), to, set, "", func() {})
	if killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE || loaded.Users != 0 {
		t.Errorf("loaded %+v: %v", loaded, err)
	}
}
