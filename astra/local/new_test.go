package local_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

func instance(t *testing.T, options ...func(*local.Config)) (*local.Instance, *embedded) {
	t.Helper()
	i := local.New(t, options...)
	return i, &embedded{url: i.URL, admin: string(i.Token)}
}

// TestNewIsFast takes the best of several starts: the machine may be busy.
func TestNewIsFast(t *testing.T) {
	best := time.Hour
	for range 30 {
		start := time.Now()
		local.New(t)
		best = min(best, time.Since(start))
	}
	if best > 5*time.Millisecond {
		t.Errorf("the fastest start took %s", best)
	}
}

func TestNewServesAndLeavesNothing(t *testing.T) {
	t.Parallel()
	before := leftovers(t)
	t.Run("serve", func(t *testing.T) {
		_, e := instance(t)
		e.done(t, keyspace, oneKey)
		e.done(t, keyspace+"/things", insert(`"id":`+idA))
	})
	if after := leftovers(t); after > before+30 {
		t.Errorf("%d folders were left, %d before", after, before)
	}
}

func leftovers(t *testing.T) int {
	t.Helper()
	found, err := filepath.Glob("/dev/shm/astra-local-memory-*")
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	i, e := instance(t)
	list := func() reply { return e.send(t, http.MethodPost, "/v1/"+keyspace, e.admin, `{"listTables":{}}`) }
	for name, test := range map[string]struct {
		fault  local.Fault
		status int
		text   string
	}{
		"too many requests": {local.Fault{Status: http.StatusTooManyRequests, Times: 1}, http.StatusTooManyRequests, ""},
		"unavailable":       {local.Fault{Status: http.StatusServiceUnavailable, Times: 1}, http.StatusServiceUnavailable, ""},
		"a revoked token":   {local.Fault{Revoked: true, Times: 1}, http.StatusUnauthorized, "UNAUTHENTICATED_REQUEST"},
	} {
		i.Inject(test.fault)
		if r := list(); r.status != test.status || !strings.Contains(r.text, test.text) {
			t.Errorf("%s: answered %d %s", name, r.status, r.text)
		}
		if r := list(); r.status != http.StatusOK {
			t.Errorf("%s: the next request answered %d %s", name, r.status, r.text)
		}
	}
	i.Inject(local.Fault{Latency: 50 * time.Millisecond})
	if start := time.Now(); list().status != http.StatusOK || time.Since(start) < 50*time.Millisecond {
		t.Errorf("the latency was %s", time.Since(start))
	}
	i.Inject(local.Fault{Cut: true})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/v1", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Errorf("a cut connection answered %d", response.StatusCode)
	}
}

func TestFaultsAreSetOverHTTPByTheAdministratorOnly(t *testing.T) {
	t.Parallel()
	_, e := instance(t)
	const path = "/astra-local/faults"
	if r := e.send(t, http.MethodPut, path, "", `{"status":503}`); r.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", r.status)
	}
	if r := e.send(t, http.MethodPut, path, e.admin, `{"status":503,"times":1,"latency":"1ms"}`); r.status != http.StatusNoContent {
		t.Errorf("by the administrator: %d %s", r.status, r.text)
	}
	if r := e.data(t, keyspace, `{"listTables":{}}`); r.status != http.StatusServiceUnavailable {
		t.Errorf("answered %d %s", r.status, r.text)
	}
	plain := start(t)
	if r := plain.send(t, http.MethodPut, path, plain.admin, `{"status":503}`); r.status != http.StatusNotFound {
		t.Errorf("a server without faults answered %d", r.status)
	}
	if r := plain.data(t, keyspace, `{"listTables":{}}`); r.status != http.StatusOK {
		t.Errorf("a server without faults answered %d", r.status)
	}
}

func TestSnapshotAndRestore(t *testing.T) {
	t.Parallel()
	i, e := instance(t)
	e.done(t, keyspace, oneKey)
	e.done(t, keyspace+"/things", insert(`"id":`+idA))
	file := filepath.Join(t.TempDir(), "snapshot")
	if err := i.Snapshot(file); err != nil {
		t.Fatal(err)
	}
	if err := i.Snapshot(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("the snapshot was overwritten: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the snapshot is %v: %v", info, err)
	}
	e.done(t, keyspace, `{"dropTable":{"name":"things"}}`)
	_, again := instance(t, func(c *local.Config) { c.Restore = file })
	var found struct {
		Data struct{ Document json.RawMessage }
	}
	r := again.done(t, keyspace+"/things", `{"findOne":{"filter":{"id":`+idA+`}}}`)
	if err := json.Unmarshal([]byte(r.text), &found); err != nil || string(found.Data.Document) == "null" {
		t.Errorf("restored: %s %v", r.text, err)
	}
	if r := again.send(t, http.MethodPost, "/v1/"+keyspace, e.admin, `{"listTables":{}}`); r.status != http.StatusUnauthorized {
		t.Errorf("the token of the snapshot's server is alive: %d", r.status)
	}
	notOne := filepath.Join(t.TempDir(), "letter")
	if err := os.WriteFile(notOne, []byte("Dear reader, this is a letter."), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(local.Config{Dir: t.TempDir(), Restore: notOne}); err == nil {
		t.Error("a letter was restored")
	}
}
