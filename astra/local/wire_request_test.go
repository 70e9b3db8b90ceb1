package local_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestRequests is about what comes before any command.
func TestRequests(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.hold(t, []exchange{
		{name: "no JSON", target: inKeyspace, send: `{`, code: "REQUEST_NOT_JSON"},
		{name: "unknown command", target: inKeyspace, send: `{"shout":{}}`, code: "COMMAND_UNKNOWN"},
		{name: "two commands", target: inKeyspace, send: `{"listTables":{},"findCollections":{}}`, code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "unknown member", target: inKeyspace, send: `{"listTables":{"loud":true}}`, code: "COMMAND_FIELD_UNKNOWN"},
		{name: "one key twice", target: inKeyspace, send: `{"listTables":{"options":{},"options":{}}}`, code: "REQUEST_NOT_JSON"},
	})
	for name, test := range map[string]struct {
		method, path, token string
		status              int
		code                string
	}{
		"no token":           {http.MethodPost, "/v1/" + keyspace, "", 401, "MISSING_AUTHENTICATION_TOKEN"},
		"a made-up token":    {http.MethodPost, "/v1/" + keyspace, "AstraCS:nobody:" + strings.Repeat("0", 64), 401, "UNAUTHENTICATED_REQUEST"},
		"no gateway prefix":  {http.MethodPost, "/v1/" + keyspace, e.admin, 200, `"tables":[]`},
		"a slash at the end": {http.MethodPost, "/v1/" + keyspace + "/", e.admin, 200, `"tables":[]`},
		"another verb":       {http.MethodGet, "/v1/" + keyspace, e.admin, 405, ""},
		"another path":       {http.MethodPost, "/nowhere", e.admin, 404, ""},
		"health":             {http.MethodGet, "/stargate/health", "", 200, "UP"},
	} {
		t.Run(name, func(t *testing.T) {
			r := e.send(t, test.method, test.path, test.token, `{"listTables":{}}`)
			if r.status != test.status || !strings.Contains(r.text, test.code) {
				t.Errorf("answered %d %s", r.status, r.text)
			}
		})
	}
	t.Run("another media type", func(t *testing.T) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/v1/"+keyspace, strings.NewReader(`{"listTables":{}}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Token", e.admin)
		request.Header.Set("Content-Type", "text/plain")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("answered %d", response.StatusCode)
		}
	})
}
