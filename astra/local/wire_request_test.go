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
		{name: "text behind the body", target: inKeyspace, send: `{"listTables":{}} and more`, want: []string{`"tables":[]`}},
		{name: "a byte order mark", target: inKeyspace, send: "\ufeff" + `{"listTables":{}}`, want: []string{`"tables":[]`}},
		{name: "UTF-16", target: inKeyspace, send: "\xff\xfe{\x00\"\x00l\x00\"\x00:\x00{\x00}\x00}\x00", code: "COMMAND_UNKNOWN"},
		{name: "nothing", target: inKeyspace, send: "", code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "null", target: inKeyspace, send: "null", code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "whitespace", target: inKeyspace, send: " \n", code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "another space", target: inKeyspace, send: "\u00a0", code: "REQUEST_NOT_JSON"},
		{name: "a list", target: inKeyspace, send: "[]", code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "a comment", target: inKeyspace, send: `/* */ {"listTables":{}}`, code: "REQUEST_NOT_JSON"},
		{name: "half a surrogate pair", target: inKeyspace, send: `{"listTables":{"options":{"a":"\ud800"}}}`, code: "REQUEST_NOT_JSON"},
		{name: "many digits", target: inKeyspace, send: `{"listTables":{"options":{"a":` + strings.Repeat("9", 101) + `}}}`,
			code: "SHRED_DOC_LIMIT_VIOLATION"},
	})
	for name, test := range map[string]struct {
		method, path, token string
		status              int
		code                string
	}{
		"no token":           {http.MethodPost, "/v1/" + keyspace, "", 401, "MISSING_AUTHENTICATION_TOKEN"},
		"a made-up token":    {http.MethodPost, "/v1/" + keyspace, "AstraCS:unknown:" + strings.Repeat("0", 64), 401, "UNAUTHENTICATED_REQUEST"},
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

// TestOptionForms: numbers and booleans are taken in the forms in which the Data
// API's own reader takes them.
func TestOptionForms(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/docs"
	e.done(t, keyspace, docs)
	e.done(t, on, `{"insertMany":{"documents":[{"_id":1},{"_id":2}]}}`)
	find := func(limit string) string { return `{"find":{"options":{"limit":` + limit + `}}}` }
	explain := func(explain string) string { return `{"findCollections":{"options":{"explain":` + explain + `}}}` }
	for _, limit := range []string{`1`, `1.9`, `1.0`, `"1"`, `" 1 "`} {
		if got := e.done(t, on, find(limit)).text; strings.Count(got, "_id") != 1 {
			t.Errorf("limit %s: %s", limit, got)
		}
	}
	for _, form := range []string{`true`, `"true"`, `"True"`, `1`, `-7`} {
		if got := e.done(t, keyspace, explain(form)).text; !strings.Contains(got, `"name":"docs"`) {
			t.Errorf("explain %s: %s", form, got)
		}
	}
	for _, form := range []string{`false`, `"FALSE"`, `0`, `""`, `null`} {
		if got := e.done(t, keyspace, explain(form)).text; !strings.Contains(got, `"collections":["docs"]`) {
			t.Errorf("explain %s: %s", form, got)
		}
	}
	var refused []exchange
	for _, limit := range []string{`"x"`, `1e10`, `"1.5"`, `true`, `[1]`} {
		refused = append(refused, exchange{name: "limit " + limit, target: on, send: find(limit), code: "REQUEST_STRUCTURE_MISMATCH"})
	}
	for _, form := range []string{`"yes"`, `0.5`, `{}`} {
		refused = append(refused, exchange{name: "explain " + form, target: keyspace, send: explain(form), code: "REQUEST_STRUCTURE_MISMATCH"})
	}
	e.hold(t, refused)
}
