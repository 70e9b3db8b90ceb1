package local_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestCodesOfTables: refusals that no other test is about.
func TestCodesOfTables(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/made"
	e.done(t, keyspace, create(`"p":"text","c":"int","d":"int","n":"int","t":"text","m":{"type":"map","keyType":"text","valueType":"int"},
		"v":{"type":"vector","dimension":2}`, `{"partitionBy":["p"],"partitionSort":{"c":1,"d":1}}`))
	e.done(t, on, `{"createVectorIndex":{"name":"by_v","definition":{"column":"v"}}}`)
	comparisons := make([]string, 65)
	for i := range comparisons {
		comparisons[i] = fmt.Sprintf(`{"n":%d}`, i)
	}
	vectorIndex := func(column, options string) string {
		return `{"createVectorIndex":{"name":"x","definition":{"column":"` + column + `","options":{` + options + `}}}}`
	}
	e.hold(t, []exchange{
		{name: "add a counter", target: on, send: `{"alterTable":{"operation":{"add":{"columns":{"x":"counter"}}}}}`,
			code: "CANNOT_ADD_UNSUPPORTED_DATA_TYPE_COLUMNS"},
		{name: "a list of nothing", target: keyspace, send: `{"createTable":{"name":"x","definition":{"columns":{"id":"int","l":{"type":"list"}},
			"primaryKey":"id"}}}`, code: "UNSUPPORTED_LIST_DEFINITION"},
		{name: "a set of vectors", target: keyspace, send: `{"createTable":{"name":"x","definition":{"columns":{"id":"int","s":{"type":"set",
			"valueType":"vector"}},"primaryKey":"id"}}}`, code: "UNSUPPORTED_SET_DEFINITION"},
		{name: "a collection where a table is", target: keyspace, send: `{"createCollection":{"name":"made"}}`,
			code: "EXISTING_TABLE_NOT_DATA_API_COLLECTION"},
		{name: "a vector index on numbers", target: on, send: vectorIndex("n", ""), code: "UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES"},
		{name: "an unknown metric", target: on, send: vectorIndex("v", `"metric":"manhattan"`), code: "UNKNOWN_VECTOR_METRIC"},
		{name: "an unknown source model", target: on, send: vectorIndex("v", `"sourceModel":"x"`), code: "UNKNOWN_VECTOR_SOURCE_MODEL"},
		{name: "an analyzer that is a number", target: on, send: `{"createTextIndex":{"name":"x","definition":{"column":"t","options":{
			"analyzer":5}}}}`, code: "UNSUPPORTED_JSON_TYPE_FOR_TEXT_INDEX"},
		{name: "options where none are", target: on, send: `{"insertOne":{"document":{"p":"a","c":1,"d":1},"options":{"x":1}}}`,
			code: "COMMAND_ACCEPTS_NO_OPTIONS"},
		{name: "push a number to a map", target: on, send: `{"updateOne":{"filter":{"p":"a","c":1,"d":1},"update":{"$push":{"m":5}}}}`,
			code: "INVALID_PUSH_OPERATOR_USAGE"},
		{name: "65 comparisons", target: on, send: find(`"filter":{"$or":[` + strings.Join(comparisons, ",") + `]}`),
			code: "FILTER_FIELDS_LIMIT_VIOLATION"},
		{name: "64 comparisons", target: on, send: find(`"filter":{"$or":[` + strings.Join(comparisons[1:], ",") + `]}`), warns: "MISSING_INDEX"},
		{name: "a projection that is a text", target: on, send: find(`"projection":"p"`), code: "UNSUPPORTED_PROJECTION_DEFINITION"},
		{name: "a sort by the second column alone", target: on, send: find(`"filter":{"p":"a"},"sort":{"d":1}`),
			warns: "IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING"},
		{name: "a number sorted by a vector", target: on, send: find(`"sort":{"n":[1]}`), code: "CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS"},
		{name: "a vector sorted by a number", target: on, send: find(`"sort":{"v":1}`), code: "INVALID_VECTOR_SORT_EXPRESSION"},
		{name: "a text that cannot be embedded", target: on, send: find(`"sort":{"v":"x"}`),
			code: "CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION"},
		{name: "a former name", send: `{"findNamespaces":{}}`, warns: "DEPRECATED_COMMAND", want: []string{`"default_keyspace"`}},
	})
}

func TestCodesOfCollections(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on, bare = keyspace + "/made", keyspace + "/bare"
	e.hold(t, []exchange{
		{name: "vectors that are too long", target: keyspace, send: `{"createCollection":{"name":"x","options":{"vector":{"dimension":4097}}}}`,
			code: "VECTOR_SEARCH_TOO_BIG_VALUE"},
		{name: "with texts", target: keyspace, send: `{"createCollection":{"name":"made","options":{"vector":{"service":` + nvidia + `},
			"indexing":{"deny":["*"]}}}}`, want: []string{`"ok":1`}},
		{name: "without vectors", target: keyspace, send: `{"createCollection":{"name":"bare"}}`, want: []string{`"ok":1`}},
		{name: "an empty id", target: on, send: `{"insertOne":{"document":{"_id":""}}}`, code: "SHRED_BAD_DOCID_VALUE"},
		{name: "a date that is none", target: on, send: `{"insertOne":{"document":{"x":{"$date":"today"}}}}`, code: "SHRED_BAD_EJSON_VALUE"},
		{name: "a text and a vector", target: on, send: `{"insertOne":{"document":{"$vectorize":"x","$vector":[1]}}}`,
			code: "INVALID_USAGE_OF_VECTORIZE"},
		{name: "a number to embed", target: on, send: `{"insertOne":{"document":{"$vectorize":5}}}`, code: "INVALID_VECTORIZE_VALUE_TYPE"},
		{name: "a text for a vector", target: on, send: `{"insertOne":{"document":{"$vector":"x"}}}`, code: "SHRED_BAD_DOCUMENT_VECTOR_TYPE"},
		{name: "a vector where none is", target: bare, send: `{"insertOne":{"document":{"$vector":[1]}}}`, code: "VECTOR_SEARCH_NOT_SUPPORTED"},
		{name: "a range of ids", target: on, send: `{"find":{"filter":{"_id":{"$gt":1}}}}`, code: "FILTER_ID_NOT_INDEXED"},
		{name: "sorted by what is not indexed", target: on, send: `{"find":{"sort":{"x":1}}}`, code: "SORT_CLAUSE_PATH_UNINDEXED"},
		{name: "sorted by no path", target: bare, send: `{"find":{"sort":{"":1}}}`, code: "SORT_CLAUSE_PATH_INVALID"},
		{name: "set a number", target: bare, send: `{"updateOne":{"filter":{},"update":{"$set":5}}}`, code: "UNSUPPORTED_UPDATE_DATA_TYPE"},
		{name: "count up a vector", target: on, send: `{"updateOne":{"filter":{},"update":{"$inc":{"$vector":1}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR"},
		{name: "count up a text", target: on, send: `{"updateOne":{"filter":{},"update":{"$inc":{"$vectorize":1}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE"},
	})
	for i := 2; i < 10; i++ {
		e.done(t, keyspace, fmt.Sprintf(`{"createCollection":{"name":"c%d"}}`, i))
	}
	e.hold(t, []exchange{{name: "one more than allowed", target: keyspace, send: `{"createCollection":{"name":"c10"}}`,
		code: "TOO_MANY_COLLECTIONS"}})
}

// TestSortsInMemoryAreLimited fills a table until a sort in memory is refused.
func TestSortsInMemoryAreLimited(t *testing.T) {
	t.Parallel()
	_, e := instance(t)
	e.done(t, keyspace, create(`"id":"int","n":"int"`, `"id"`))
	for from := 0; from <= 10_000; from += 100 {
		rows := make([]string, 100)
		for i := range rows {
			rows[i] = fmt.Sprintf(`{"id":%d,"n":%d}`, from+i, i)
		}
		e.done(t, keyspace+"/made", `{"insertMany":{"documents":[`+strings.Join(rows, ",")+`]}}`)
	}
	e.hold(t, []exchange{{name: "sorted", target: keyspace + "/made", send: find(`"sort":{"n":1}`), code: "OVERLOADED_SORT_ROW_LIMIT"}})
}
