package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// embedded is the embedded Astra of the tests of this package.
var embedded *astratest.Astra

func TestMain(m *testing.M) {
	astratest.Main(m, func(a *astratest.Astra) error { embedded = a; return nil })
}

// keyspaces counts the keyspaces of the tests.
var keyspaces atomic.Int32

// open creates a keyspace with the tables for one test, and returns a handle with the
// rights of the service.
func open(t *testing.T) *dataapi.Db {
	t.Helper()
	return openAt(t, embedded.URL)
}

// openAt is open with another URL of the Data API.
func openAt(t *testing.T, url string) *dataapi.Db {
	t.Helper()
	return openAll(t, url)[0]
}

// openAll returns a handle on one new keyspace for each URL. A warning of the Data API
// fails the test.
func openAll(t *testing.T, urls ...string) []*dataapi.Db {
	t.Helper()
	name := fmt.Sprintf("test_%d", keyspaces.Add(1))
	if err := embedded.CreateKeyspace(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	token, err := embedded.Mint(t.Context(), name, name, astratest.WriteActions())
	if err != nil {
		t.Fatal(err)
	}
	warn := options.API().SetWarningHandler(func(w results.Warning) { t.Errorf("warning of the Data API: %v", &w) })
	handles := make([]*dataapi.Db, len(urls))
	for i, url := range urls {
		handles[i] = dataapi.NewClient(options.API().SetToken(token).SetKeyspace(name), warn).Database(url)
	}
	return handles
}

// observed is a keyspace for one test whose commands are observed.
func observed(t *testing.T, see func(context.Context, options.CommandEvent)) *dataapi.Db {
	t.Helper()
	name := fmt.Sprintf("test_%d", keyspaces.Add(1))
	if err := embedded.CreateKeyspace(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return embedded.Database(embedded.Admin, name, options.API().SetObserver(see))
}

// clock is a clock that the test sets.
type clock struct{ now atomic.Pointer[time.Time] }

func (c *clock) set(t time.Time) { c.now.Store(&t) }
func (c *clock) time() time.Time { return *c.now.Load() }

func march(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }

func newStore(db *dataapi.Db) (*store.Store, *clock) {
	c := &clock{}
	c.set(march(20))
	return store.New(store.Config{Database: db, Now: c.time, Log: slog.New(slog.DiscardHandler)}), c
}

func account(email string) killrvideo.User {
	return killrvideo.User{
		ID: uuid.New(), Email: email, FirstName: "Ada", LastName: "Lovelace", AccountStatus: killrvideo.AccountActive,
		Roles: []killrvideo.Role{killrvideo.RoleCreator, killrvideo.RoleViewer}, CreatedDate: march(1),
	}
}

func film(uploader uuid.UUID, at time.Time, title string) killrvideo.Video {
	return killrvideo.Video{
		Summary: killrvideo.Summary{
			ID: uuid.New(), UserID: uploader, SubmittedAt: at, Title: title, Tags: []string{"a", "b"},
			ThumbnailURL: "https://i.ytimg.com/x", Status: killrvideo.StatusReady, Description: strings.Repeat("d", 20),
		},
		Location: "https://www.youtube.com/embed/abcdefghijk", YouTubeID: "abcdefghijk",
	}
}
