package local_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// fuzzed is a server that is begun again before what it holds drifts too far
// from what the seeds expect.
type fuzzed struct {
	server *local.Server
	token  string
	served int
}

const (
	everyType = `{"createTable":{"name":"t","definition":{"columns":{"p":"text","c":"int","d":"timestamp","ascii":"ascii","bigint":"bigint",
		"blob":"blob","boolean":"boolean","date":"date","decimal":"decimal","double":"double","duration":"duration","float":"float",
		"inet":"inet","text":"text","time":"time","uuid":"uuid","varint":"varint","smallint":"smallint","tinyint":"tinyint",
		"list":{"type":"list","valueType":"int"},"set":{"type":"set","valueType":"text"},
		"map":{"type":"map","keyType":"text","valueType":"int"},"pairs":{"type":"map","keyType":"int","valueType":"text"},
		"udt":{"type":"userDefined","udtName":"person"},"udts":{"type":"set","valueType":{"type":"userDefined","udtName":"person"}},
		"vector":{"type":"vector","dimension":2,"service":{"provider":"openai","modelName":"text-embedding-3-small"}}},
		"primaryKey":{"partitionBy":["p"],"partitionSort":{"c":-1,"d":1}}}}}`
	fullRow = `{"p":"a","c":1,"d":{"$date":0},"ascii":"a","bigint":1,"blob":{"$binary":"AQI="},"boolean":true,"date":"2026-01-02",
		"decimal":1.5,"double":1,"duration":"1h","float":"NaN","inet":"::1","text":"a","time":"10:00","varint":1,"smallint":1,"tinyint":1,
		"uuid":"a0000000-0000-4000-8000-000000000001","list":[1],"set":["a"],"map":{"a":1},"pairs":[[1,"a"]],"udt":{"name":"Ann"},
		"udts":[{"age":1}],"vector":[1,0]}`
	fullDocument = `{"_id":"a","n":1.5,"t":"x","l":[1,"x",[2],{"k":3}],"o":{"k":{"d":1.5}},"at":{"$date":5},"$vector":[1,0],"$lexical":"x y"}`
)

// reset begins with a table of every type, its indexes, a collection, and a page
// of each.
func (f *fuzzed) reset(t testing.TB) {
	t.Helper()
	f.close(t)
	file := filepath.Join(t.TempDir(), "token")
	server, err := local.Open(local.Config{Memory: true, PageSize: 2, AdminTokenFile: file})
	if err != nil {
		t.Fatal(err)
	}
	token, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f.server, f.token, f.served = server, strings.TrimSpace(string(token)), 0
	rows, documents := []string{fullRow}, []string{fullDocument}
	for _, c := range []string{"2", "3", "4"} {
		rows = append(rows, strings.Replace(fullRow, `"c":1`, `"c":`+c, 1))
		documents = append(documents, strings.Replace(fullDocument, `"_id":"a"`, `"_id":`+c, 1))
	}
	for _, exchange := range [][2]string{
		{keyspace, personType}, {keyspace, everyType},
		{keyspace, `{"createCollection":{"name":"docs","options":{"vector":{"dimension":2},"defaultId":{"type":"uuidv7"}}}}`},
		{keyspace + "/t", `{"createIndex":{"name":"n","definition":{"column":"double"}}}`},
		{keyspace + "/t", `{"createIndex":{"name":"s","definition":{"column":"set"}}}`},
		{keyspace + "/t", `{"createIndex":{"name":"m","definition":{"column":"map"}}}`},
		{keyspace + "/t", `{"createTextIndex":{"name":"w","definition":{"column":"text"}}}`},
		{keyspace + "/t", `{"createVectorIndex":{"name":"v","definition":{"column":"vector"}}}`},
		{keyspace + "/t", `{"insertMany":{"documents":[` + strings.Join(rows, ",") + `]}}`},
		{keyspace + "/docs", `{"insertMany":{"documents":[` + strings.Join(documents, ",") + `]}}`},
	} {
		if r := f.serve(http.MethodPost, "/v1/"+exchange[0], exchange[1]); strings.Contains(r.Body.String(), `"errors"`) {
			t.Fatalf("%s\nanswered %s", exchange[1], r.Body)
		}
	}
}

func (f *fuzzed) close(t testing.TB) {
	t.Helper()
	if f.server != nil {
		if err := f.server.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *fuzzed) serve(method, path, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
	request.Header.Set("Token", f.token)
	request.Header.Set("Authorization", "Bearer "+f.token)
	response := httptest.NewRecorder()
	f.server.ServeHTTP(response, request)
	f.served++
	return response
}

// FuzzRequest: whatever the body, a command is answered in JSON, and never by a
// failure of the server. A page that is answered can be followed.
func FuzzRequest(f *testing.F) {
	for _, text := range append(requestSeeds(), `{"find":{"filter":{}}}`) {
		for target := range byte(4) {
			f.Add(target, []byte(text))
		}
	}
	var e fuzzed
	f.Cleanup(func() { e.close(f) })
	f.Fuzz(func(t *testing.T, target byte, body []byte) {
		if e.server == nil || e.served > 300 {
			e.reset(t)
		}
		on := "/v1/" + []string{"", keyspace, keyspace + "/t", keyspace + "/docs"}[target%4]
		answer := e.answer(t, on, string(body))
		changes := []string{"create", "alter", "drop", "deleteC", "deleteMany"}
		if answer.Errors == nil && slices.ContainsFunc(changes, func(c string) bool { return strings.Contains(string(body), c) }) {
			e.served = 1 << 20
		}
		if state := answer.Data.NextPageState; state != nil && *state == "" {
			t.Fatalf("%s has an empty page state", body)
		}
	})
}

type answered struct {
	Data struct {
		NextPageState *string `json:"nextPageState"`
	} `json:"data"`
	Errors []struct{ ErrorCode, Message string } `json:"errors"`
}

func (f *fuzzed) answer(t *testing.T, on, body string) (a answered) {
	t.Helper()
	response := f.serve(http.MethodPost, on, body)
	if response.Code >= 500 {
		t.Fatalf("%s on %s answered %d %s", body, on, response.Code, response.Body)
	}
	if err := json.Unmarshal(response.Body.Bytes(), &a); err != nil {
		t.Fatalf("%s on %s answered %s: %v", body, on, response.Body, err)
	}
	for _, e := range a.Errors {
		// Astra itself fails where reranking lacks something: with a message.
		if e.ErrorCode == "UNEXPECTED_SERVER_ERROR" && strings.Contains(e.Message, "unexpected error") {
			t.Fatalf("%s on %s answered %s", body, on, response.Body)
		}
	}
	return a
}

// FuzzPages: a page state is one that a page gave, or is refused.
func FuzzPages(f *testing.F) {
	for _, text := range []string{"", "AAAA", "e30=", "eyJhIjoiQQ==", "bnVsbA==", "eyJhIjoiQUE9PSIsIm4iOi0xfQ==",
		"eyJhIjoiQUE9PSIsIm4iOjl9", "\x00"} {
		for target := range byte(2) {
			f.Add(target, text, uint16(3), int16(1))
		}
	}
	var e fuzzed
	f.Cleanup(func() { e.close(f) })
	f.Fuzz(func(t *testing.T, target byte, state string, limit uint16, skip int16) {
		if e.server == nil || e.served > 300 {
			e.reset(t)
		}
		options := map[string]any{"pageState": state, "limit": limit}
		if skip != 0 {
			options["skip"] = skip
		}
		body, err := json.Marshal(map[string]any{"find": map[string]any{"filter": map[string]any{}, "options": options}})
		if err != nil {
			t.Fatal(err)
		}
		e.answer(t, "/v1/"+keyspace+"/"+[]string{"t", "docs"}[target%2], string(body))
	})
}

// FuzzDevOps: whatever the body, the DevOps API does not fail.
func FuzzDevOps(f *testing.F) {
	const address = "/v2/databases/" + database + "/access-list"
	routes := [][2]string{
		{"POST", "/v2/databases"}, {"POST", "/v2/organizations/roles"}, {"POST", "/v2/clientIdSecrets"}, {"POST", "/v2/tokens"},
		{"POST", address}, {"PUT", address}, {"PATCH", address}, {"PUT", "/v2/organizations/roles/a0000000-0000-4000-8000-000000000001"},
		{"POST", "/v2/databases/" + database + "/keyspaces/other"}, {"POST", "/v2/pcus/actions/get"},
	}
	for i := range routes {
		for _, text := range []string{
			``, `null`, `[]`, `{}`, `{"name":"d","tier":"serverless","cloudProvider":"AWS","region":"us-east-2","keyspace":"k","capacityUnits":1}`,
			`{"name":"r","policy":{"description":"d","resources":["drn:astra:org:x"],"actions":["db-cql"],"effect":"allow"}}`,
			`{"roles":["a0000000-0000-4000-8000-000000000001"],"tokenExpiry":"2026-01-01T00:00:00Z"}`,
			`[{"address":"1.2.3.4/32","description":"x","enabled":true}]`,
			`{"addresses":[{"address":"::/0"}],"configurations":{"accessListEnabled":true}}`,
			`{"configurations":null}`, `{"roles":null}`, `{"policy":null,"name":null}`,
		} {
			f.Add(byte(i), []byte(text))
		}
	}
	var e fuzzed
	f.Cleanup(func() { e.close(f) })
	f.Fuzz(func(t *testing.T, route byte, body []byte) {
		if e.server == nil || e.served > 300 {
			e.reset(t)
		}
		at := routes[int(route)%len(routes)]
		response := e.serve(at[0], at[1], string(body))
		if text := response.Body.Bytes(); response.Code >= 500 || len(text) > 0 && !json.Valid(text) {
			t.Fatalf("%s %s with %s answered %d %s", at[0], at[1], body, response.Code, text)
		}
	})
}
