package local_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

const (
	nvidia     = `{"provider":"nvidia","modelName":"NV-Embed-QA"}`
	vectorized = `"id":"int","v":{"type":"vector","service":` + nvidia + `},"plain":{"type":"vector","dimension":1024},"name":"text","n":"int"`
	byVector   = `{"createVectorIndex":{"name":"by_v","definition":{"column":"v","options":{"metric":"cosine","sourceModel":"nv-qa-4"}}}}`
)

func sortBy(sort string) string {
	return find(`"sort":{` + sort + `},"projection":{"id":1},"options":{"includeSimilarity":true,"includeSortVector":true}`)
}

func TestTextsBecomeVectors(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, inKeyspace, create(vectorized, `"id"`))
	on := inKeyspace + "/made"
	e.hold(t, []exchange{
		{name: "described", target: inKeyspace, send: `{"listTables":{"options":{"explain":true}}}`,
			want: []string{`"dimension":1024`, `"service":` + nvidia}},
		{name: "sorted without an index", target: on, send: sortBy(`"v":"cats"`), code: "CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS"},
		{name: "an index for the model", target: on, send: byVector, want: []string{`"ok":1`}},
		{name: "one", target: on, send: insert(`"id":1,"v":"funny cats"`), want: []string{`"insertedIds":[[1]]`}},
		{name: "several", target: on, send: `{"insertMany":{"documents":[{"id":2,"v":"baking bread"},{"id":3,"v":" "},{"id":4,"plain":"x"}]}}`,
			want: []string{`"insertedIds":[[2],[3]]`, `"scope":"DOCUMENT"`}, code: "UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION"},
		{name: "found by a text", target: on, send: sortBy(`"v":"cat"`),
			want: []string{`"documents":[{"id":1,"$similarity":0.`, `{"id":2,`, `"sortVector":[0.35355338,`}},
		{name: "a blank one has no vector", target: on, send: find(`"filter":{"id":3},"projection":{"v":1}`), want: []string{`"documents":[{}]`}},
		{name: "changed", target: on, send: `{"updateOne":{"filter":{"id":3},"update":{"$set":{"v":"a cat"}}}}`,
			want: []string{`"modifiedCount":1`}},
		{name: "found after that", target: on, send: sortBy(`"v":"a cat"`), want: []string{`"documents":[{"id":3,"$similarity":1`}},
		{name: "changed in a column without a service", target: on, send: `{"updateOne":{"filter":{"id":3},"update":{"$set":{"plain":"a cat"}}}}`,
			code: "UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION", want: []string{`"scope":"UPDATE"`}},
		{name: "a vector as well", target: on, send: `{"updateOne":{"filter":{"id":3},"update":{"$set":{"v":[1]}}}}`,
			code: "INVALID_UPDATE_COLUMN_VALUES"},
		{name: "sorted without an index", target: on, send: sortBy(`"plain":"cat"`), code: "CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS"},
		{name: "sorted by what is no vector", target: on, send: sortBy(`"n":"cat"`), code: "CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN"},
		{name: "sorted by nothing", target: on, send: sortBy(`"v":" "`), code: "SORT_CLAUSE_VALUE_INVALID"},
		{name: "longer than the model takes", target: on, send: insert(`"id":5,"v":"` + strings.Repeat("cat ", 513) + `"`),
			code: "EMBEDDING_PROVIDER_CLIENT_ERROR", want: []string{`"family":"SERVER"`, `"scope":"EMBEDDING_PROVIDER"`}},
	})
}

func TestAlterVectorize(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, inKeyspace, create(`"id":"int","v":{"type":"vector","dimension":1024},"short":{"type":"vector","dimension":3},"name":"text"`,
		`"id"`))
	on := inKeyspace + "/made"
	alter := func(operation string) string { return `{"alterTable":{"operation":{` + operation + `}}}` }
	add := func(column string) string {
		return alter(`"addVectorize":{"columns":{"` + column + `":` + nvidia + `}}`)
	}
	text := insert(`"id":1,"v":"cats"`)
	const missing = "UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION"
	e.hold(t, []exchange{
		{name: "before", target: on, send: text, code: missing},
		{name: "unknown column", target: on, send: add("nope"), code: "CANNOT_VECTORIZE_UNKNOWN_COLUMNS"},
		{name: "no vector", target: on, send: add("name"), code: "CANNOT_VECTORIZE_NON_VECTOR_COLUMNS"},
		{name: "another dimension", target: on, send: add("short"), code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "nothing", target: on, send: alter(`"addVectorize":{"columns":{}}`), code: "MISSING_ALTER_TABLE_OPERATIONS"},
		{name: "add", target: on, send: add("v"), want: []string{`"ok":1`}},
		{name: "add it again", target: on, send: add("v"), want: []string{`"ok":1`}},
		{name: "with it", target: on, send: text, want: []string{`"insertedIds"`}},
		{name: "a new column with it", target: on, send: alter(`"add":{"columns":{"w":{"type":"vector","service":` + nvidia + `}}}`),
			want: []string{`"ok":1`}},
		{name: "drop nothing", target: on, send: alter(`"dropVectorize":{"columns":[]}`), code: "MISSING_ALTER_TABLE_OPERATIONS"},
		{name: "drop from an unknown column", target: on, send: alter(`"dropVectorize":{"columns":["nope"]}`),
			code: "CANNOT_DROP_VECTORIZE_FROM_UNKNOWN_COLUMNS"},
		{name: "drop from no vector", target: on, send: alter(`"dropVectorize":{"columns":["name"]}`),
			code: "CANNOT_DROP_VECTORIZE_FROM_NON_VECTOR_COLUMNS"},
		{name: "drop", target: on, send: alter(`"dropVectorize":{"columns":["v"]}`), want: []string{`"ok":1`}},
		{name: "after", target: on, send: text, code: missing},
		{name: "the vector is still there", target: on, send: find(`"filter":{"id":1},"projection":{"v":1}`), want: []string{`"v":[0.35`}},
	})
}

func TestFindEmbeddingProviders(t *testing.T) {
	t.Parallel()
	start(t).hold(t, []exchange{
		{name: "all", send: `{"findEmbeddingProviders":{}}`, want: []string{`"nvidia":{`, `"openai":{`, `"voyageAI":{`, `"name":"NV-Embed-QA"`,
			`"vectorDimension":1024`}},
		{name: "with what a definition may leave out", send: `{"findEmbeddingProviders":{"options":{"filterModelStatus":"supported"}}}`,
			want: []string{`"defaultValue":"1536","help":"The length of the vectors","name":"vectorDimension","required":true,"type":"number"`,
				`"name":"autoTruncate","required":false,"type":"BOOLEAN"`, `"url":"https://api.openai.com/v1/"`}},
		{name: "of the past", send: `{"findEmbeddingProviders":{"options":{"filterModelStatus":"DEPRECATED"}}}`,
			want: []string{`"nvidia":{"displayName":"Nvidia","models":[],`}},
		{name: "of another kind", send: `{"findEmbeddingProviders":{"options":{"filterModelStatus":"NEW"}}}`,
			code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "elsewhere", target: inKeyspace, send: `{"findEmbeddingProviders":{}}`, code: "COMMAND_UNKNOWN"},
	})
}

// TestKeysOfEmbeddingProviders: a provider needs a key in a header or the name of
// a stored one, and what cannot be a key is refused as the provider refuses it.
func TestKeysOfEmbeddingProviders(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, inKeyspace, create(`"id":"int","v":{"type":"vector","service":{"provider":"openai","modelName":"text-embedding-3-small"}},
		"w":{"type":"vector","service":{"provider":"voyageAI","modelName":"voyage-2","authentication":{"providerKey":"stored"}}}`, `"id"`))
	for name, test := range map[string]struct{ key, document, code, want string }{
		"none": {"", `"id":1,"v":"cats"`, "EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED", "x-embedding-api-key"},
		"too short": {"BadKey", `"id":1,"v":"cats"`, "EMBEDDING_PROVIDER_CLIENT_ERROR",
			"Provider 'openai' returned a HTTP client error with HTTP 401"},
		"a key":  {"sk-generated-for-tests-0000", `"id":1,"v":"cats"`, "", `"insertedIds":[[1]]`},
		"stored": {"", `"id":2,"w":"cats"`, "", `"insertedIds":[[2]]`},
		"a header goes before what is stored": {"BadKey", `"id":2,"w":"cats"`, "EMBEDDING_PROVIDER_CLIENT_ERROR",
			"Provider 'voyageAI' returned a HTTP client error with HTTP 401"},
		"unused": {"BadKey", `"id":3`, "", `"insertedIds":[[3]]`},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/v1/"+inKeyspace+"/made",
			strings.NewReader(insert(test.document)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Token", e.admin)
		if test.key != "" {
			request.Header.Set("x-embedding-api-key", test.key)
		}
		r := receive(t, request)
		if got := strings.Join(r.errorCodes(t), ","); got != test.code || !strings.Contains(r.text, test.want) {
			t.Errorf("%s: %q in %s", name, got, r.text)
		}
	}
}

func TestEmbeddingProviderOutage(t *testing.T) {
	t.Parallel()
	e := startWith(t, local.Config{Embed: func(value.Service, string, int) ([]float32, error) { return nil, errors.New("canary") }})
	e.done(t, inKeyspace, create(vectorized, `"id"`))
	on := inKeyspace + "/made"
	e.done(t, on, byVector)
	const down = "EMBEDDING_PROVIDER_SERVER_ERROR"
	e.hold(t, []exchange{
		{name: "insert", target: on, send: insert(`"id":1,"v":"cats"`), code: down},
		{name: "insert several", target: on, send: `{"insertMany":{"documents":[{"id":2},{"id":1,"v":"cats"}]}}`, code: down},
		{name: "none of them is there", target: on, send: find(`"filter":{"id":2}`), want: []string{`"documents":[]`}},
		{name: "update", target: on, send: `{"updateOne":{"filter":{"id":1},"update":{"$set":{"v":"cats","name":"x"}}}}`, code: down},
		{name: "sort", target: on, send: sortBy(`"v":"cats"`), code: down},
		{name: "nothing is half done", target: on, send: find(`"filter":{"id":1}`), want: []string{`"documents":[]`}},
	})
	if r := e.data(t, on, sortBy(`"v":"cats"`)); strings.Contains(r.text, "canary") {
		t.Errorf("it tells what is inside: %s", r.text)
	}
}
