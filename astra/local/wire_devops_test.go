package local_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
)

// shownDatabase is what official clients read of a database.
type shownDatabase struct {
	ID, OrgID, OwnerID, Status, CreationTime, LastUsageTime string
	Info                                                    struct {
		Name, CloudProvider, Region string
		Keyspaces                   []string
		Datacenters                 []struct{ Region, DateCreated string }
	}
}

func (e *embedded) database(t *testing.T, id string) shownDatabase {
	t.Helper()
	var d shownDatabase
	r := e.send(t, http.MethodGet, "/v2/databases/"+id, e.admin, "")
	if err := json.Unmarshal([]byte(r.text), &d); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.text, err)
	}
	return d
}

func TestDatabaseShape(t *testing.T) {
	t.Parallel()
	e := start(t)
	d := e.database(t, database)
	if d.ID != database || d.OrgID == "" || d.OwnerID == "" || d.Status != "ACTIVE" || d.Info.CloudProvider != "GCP" ||
		len(d.Info.Datacenters) != 1 || d.Info.Datacenters[0].Region != d.Info.Region || len(d.Info.Keyspaces) != 1 {
		t.Errorf("%+v", d)
	}
	for _, text := range []string{d.CreationTime, d.LastUsageTime, d.Info.Datacenters[0].DateCreated} {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			t.Error(err)
		}
	}
}

// TestDatabaseLifecycle waits for each status by asking for it.
func TestDatabaseLifecycle(t *testing.T) {
	t.Parallel()
	e := startWith(t, local.Config{Delays: databases.Delays{Database: time.Second, Keyspace: 300 * time.Millisecond}})
	create := `{"name":"second","cloudProvider":"gcp","region":"us-east1","tier":"serverless","capacityUnits":1,
		"dbType":"vector","keyspace":"ks"}`
	id := e.location(t, create)
	if d := e.database(t, id); d.Status != "PENDING" && d.Status != "INITIALIZING" || d.Info.Name != "second" {
		t.Fatalf("at first: %+v", d)
	}
	host := id + "-us-east1.apps.astra.datastax.com"
	if r := e.at(t, host, "ks", `{"listTables":{}}`); r.status == http.StatusOK {
		t.Errorf("a database that is not active answered %s", r.text)
	}
	e.await(t, id, "ACTIVE")
	if r := e.at(t, host, "ks", oneKey); r.status != http.StatusOK || !strings.Contains(r.text, `"ok":1`) {
		t.Errorf("a table in the second database: %d %s", r.status, r.text)
	}
	if r := e.data(t, keyspace, `{"listTables":{}}`); strings.Contains(r.text, "things") {
		t.Errorf("the first database has the second one's table: %s", r.text)
	}
	if r := e.data(t, "ks", `{"listTables":{}}`); !strings.Contains(r.text, "UNKNOWN_KEYSPACE") {
		t.Errorf("the first database has the second one's keyspace: %s", r.text)
	}
	if r := e.send(t, http.MethodPost, "/v2/databases/"+id+"/keyspaces/more", e.admin, ""); r.status != http.StatusCreated {
		t.Fatalf("make a keyspace: %d %s", r.status, r.text)
	}
	if d := e.database(t, id); d.Status != "MAINTENANCE" || len(d.Info.Keyspaces) != 1 {
		t.Errorf("while the keyspace is made: %+v", d)
	}
	if r := e.send(t, http.MethodPost, "/v2/databases/"+id+"/keyspaces/third", e.admin, ""); r.status != http.StatusConflict {
		t.Errorf("a second change at a time answered %d", r.status)
	}
	e.await(t, id, "ACTIVE")
	if d := e.database(t, id); len(d.Info.Keyspaces) != 2 {
		t.Errorf("then: %+v", d)
	}
	e.terminated(t, id)
}

func (e *embedded) terminated(t *testing.T, id string) {
	t.Helper()
	if r := e.send(t, http.MethodPost, "/v2/databases/"+id+"/terminate", e.admin, ""); r.status != http.StatusAccepted {
		t.Fatalf("terminate: %d %s", r.status, r.text)
	}
	if d := e.database(t, id); d.Status != "TERMINATING" {
		t.Errorf("while it ends: %+v", d)
	}
	e.await(t, id, "TERMINATED")
	if r := e.send(t, http.MethodGet, "/v2/databases", e.admin, ""); strings.Contains(r.text, id) {
		t.Errorf("a terminated database is listed: %s", r.text)
	}
	if r := e.send(t, http.MethodPost, "/v2/databases/"+id+"/terminate", e.admin, ""); r.status < 400 {
		t.Errorf("terminated twice: %d", r.status)
	}
}

func (e *embedded) await(t *testing.T, id, status string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if e.database(t, id).Status == status {
			return
		}
	}
	t.Fatalf("database %s did not become %s", id, status)
}

// location makes a database and gives its id.
func (e *embedded) location(t *testing.T, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/v2/databases", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+e.admin)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Fatalf("answered %d", response.StatusCode)
	}
	return response.Header.Get("Location")
}

// at sends a command to the host of a database.
func (e *embedded) at(t *testing.T, host, target, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/api/json/v1/"+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	request.Header.Set("Token", e.admin)
	return receive(t, request)
}

func TestDevOpsRefusals(t *testing.T) {
	t.Parallel()
	e := start(t)
	for name, test := range map[string]struct {
		method, path, body string
		status             int
	}{
		"a region that does not exist": {http.MethodPost, "/v2/databases",
			`{"name":"x","cloudProvider":"GCP","region":"moon","tier":"serverless","capacityUnits":1}`, 400},
		"a database without a name": {http.MethodPost, "/v2/databases",
			`{"cloudProvider":"GCP","region":"us-east1","tier":"serverless","capacityUnits":1}`, 400},
		"an unknown database":     {http.MethodGet, "/v2/databases/11111111-1111-4111-8111-111111111111", "", 404},
		"an unknown keyspace":     {http.MethodDelete, "/v2/databases/" + database + "/keyspaces/nowhere", "", 404},
		"a bad keyspace name":     {http.MethodPost, "/v2/databases/" + database + "/keyspaces/a-b", "", 400},
		"too long a page":         {http.MethodGet, "/v2/databases?limit=1000", "", 400},
		"an address that is none": {http.MethodPost, "/v2/databases/" + database + "/access-list", `[{"address":"here"}]`, 400},
	} {
		if r := e.send(t, test.method, test.path, e.admin, test.body); r.status != test.status {
			t.Errorf("%s: answered %d %s", name, r.status, r.text)
		}
	}
}

func TestAccessListsAndRegions(t *testing.T) {
	t.Parallel()
	e := start(t)
	path := "/v2/databases/" + database + "/access-list"
	if r := e.send(t, http.MethodPost, path, e.admin,
		`[{"address":"10.0.0.0/8","description":"office","enabled":true}]`); r.status != http.StatusCreated {
		t.Fatalf("add: %d %s", r.status, r.text)
	}
	if r := e.send(t, http.MethodPatch, path, e.admin, `{"configurations":{"accessListEnabled":true}}`); r.status >= 300 {
		t.Fatalf("enable: %d %s", r.status, r.text)
	}
	if r := e.send(t, http.MethodGet, path, e.admin, ""); !strings.Contains(r.text, `"address":"10.0.0.0/8"`) ||
		!strings.Contains(r.text, `"accessListEnabled":true`) {
		t.Errorf("shown: %s", r.text)
	}
	if r := e.send(t, http.MethodDelete, path+"?addresses=10.0.0.0/8", e.admin, ""); r.status != http.StatusOK {
		t.Errorf("delete: %d", r.status)
	}
	if r := e.send(t, http.MethodGet, path, e.admin, ""); strings.Contains(r.text, "10.0.0.0/8") {
		t.Errorf("after the deletion: %s", r.text)
	}
	all := e.send(t, http.MethodGet, "/v2/regions/serverless?region-type=vector&filter-by-org=disabled", e.admin, "")
	enabled := e.send(t, http.MethodGet, "/v2/regions/serverless?filter-by-org=enabled", e.admin, "")
	if len(enabled.text) >= len(all.text) || strings.Contains(enabled.text, `"enabled":false`) ||
		!strings.Contains(all.text, `"enabled":false`) {
		t.Errorf("enabled: %s\nall: %s", enabled.text, all.text)
	}
}
