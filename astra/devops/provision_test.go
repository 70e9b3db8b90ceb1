package devops

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
)

func TestADatabaseOnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	url, token := program.Start(t)
	admin := client(t, url, token)
	id, err := admin.CreateDatabase(t.Context(), NewDatabase{Name: "shop", CloudProvider: "GCP", Region: "us-east1", Keyspace: "orders"})
	if err != nil {
		t.Fatal(err)
	}
	database, err := admin.AwaitDatabase(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if i := database.Info; i.Name != "shop" || i.CloudProvider != "GCP" || i.Region != "us-east1" || !database.HasKeyspace("orders") {
		t.Errorf("created %+v", database)
	}
	for range 2 { // deletion is idempotent
		if err := admin.TerminateDatabase(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if live, err := admin.Database(t.Context(), id); err == nil && live.Status != StatusTerminated {
		t.Errorf("after its termination the database is %s", live.Status)
	}
}

func TestAnAccessListOnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	url, token := program.Start(t)
	admin := client(t, url, token)
	list := AccessList{Addresses: []Address{{Address: "192.0.2.0/24", Description: "office", Enabled: true}, {Address: "198.51.100.7"}}}
	list.Configurations.Enabled = true
	if err := admin.ReplaceAccessList(t.Context(), databaseID, list); err != nil {
		t.Fatal(err)
	}
	list.Addresses = list.Addresses[:1]
	if err := admin.ReplaceAccessList(t.Context(), databaseID, list); err != nil {
		t.Fatal(err)
	}
	live, err := admin.AccessList(t.Context(), databaseID)
	if err != nil || !live.Configurations.Enabled || !slices.Equal(live.Addresses, list.Addresses) {
		t.Errorf("the list is %+v, %v", live, err)
	}
	if err := admin.DeleteAccessList(t.Context(), databaseID); err != nil {
		t.Fatal(err)
	}
	if live, err = admin.AccessList(t.Context(), databaseID); err != nil || live.Configurations.Enabled || len(live.Addresses) > 0 {
		t.Errorf("after its deletion the list is %+v, %v", live, err)
	}
}

func TestRegionsOfEmbeddedAstra(t *testing.T) {
	t.Parallel()
	url, token := program.Start(t)
	regions, err := client(t, url, token).Regions(t.Context())
	if err != nil || !slices.ContainsFunc(regions, func(r Region) bool {
		return r.Name == "us-east1" && r.CloudProvider == "GCP" && r.Enabled && r.DisplayName != "" && r.Zone == "na"
	}) {
		t.Errorf("regions %+v, %v", regions, err)
	}
}

// accepting answers every change with success, makes none of them, and ends the
// test's patience after some reads.
func accepting(t *testing.T, read any) (*Client, context.Context) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	var reads atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if reads.Add(1) == 3 {
			cancel()
		}
		_ = json.NewEncoder(w).Encode(read)
	}))
	t.Cleanup(server.Close)
	c, err := NewClient(server.URL, canary, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c, ctx
}

func TestChangesAreVerified(t *testing.T) {
	t.Parallel()
	listed := map[string]any{"addresses": []Address{{Address: "192.0.2.1"}}, "configurations": map[string]bool{"accessListEnabled": true}}
	for name, test := range map[string]struct {
		read any
		do   func(context.Context, *Client) error
	}{
		"a database that stays": {Database{ID: "d", Status: StatusActive}, func(ctx context.Context, c *Client) error {
			return c.TerminateDatabase(ctx, "d")
		}},
		"an access list that stays": {listed, func(ctx context.Context, c *Client) error { return c.DeleteAccessList(ctx, "d") }},
		"an access list that is not replaced": {listed, func(ctx context.Context, c *Client) error {
			return c.ReplaceAccessList(ctx, "d", AccessList{Addresses: []Address{{Address: "192.0.2.2"}}})
		}},
		"a keyspace that stays": {Database{ID: "d", Status: StatusActive, Info: DatabaseInfo{Keyspaces: []string{"k"}}},
			func(ctx context.Context, c *Client) error { return c.DeleteKeyspace(ctx, "d", "k") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ctx := accepting(t, test.read)
			if err := test.do(ctx, c); !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want that it has not come true", err)
			}
		})
	}
}

func TestDatabaseInErrorIsNotAwaited(t *testing.T) {
	t.Parallel()
	c, ctx := accepting(t, Database{ID: "d", Status: StatusError})
	if _, err := c.AwaitDatabase(ctx, "d"); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want its status", err)
	}
}

func TestDatabaseWithoutIDIsRefused(t *testing.T) {
	t.Parallel()
	c, ctx := accepting(t, nil)
	if id, err := c.CreateDatabase(ctx, NewDatabase{Name: "shop"}); err == nil {
		t.Errorf("an answer without an id made database %q", id)
	}
}
