package local_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestCollections(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/docs"
	e.hold(t, []exchange{
		{name: "make", target: keyspace, send: `{"createCollection":{"name":"docs","options":{"vector":{"dimension":2,"metric":"dot_product"},
			"indexing":{"deny":["secret"]}}}}`, want: []string{`"ok":1`}},
		{name: "make again", target: keyspace, send: `{"createCollection":{"name":"docs","options":{"vector":{"dimension":2,
			"metric":"dot_product"},"indexing":{"deny":["secret"]}}}}`, want: []string{`"ok":1`}},
		{name: "make otherwise", target: keyspace, send: `{"createCollection":{"name":"docs"}}`, code: "EXISTING_COLLECTION_DIFFERENT_SETTINGS"},
		{name: "an unknown option", target: keyspace, send: `{"createCollection":{"name":"x","options":{"color":"red"}}}`,
			code: "INVALID_CREATE_COLLECTION_FIELD"},
		{name: "allow and deny", target: keyspace, send: `{"createCollection":{"name":"x","options":{"indexing":{"allow":["a"],
			"deny":["b"]}}}}`, code: "INVALID_INDEXING_DEFINITION"},
		{name: "names", target: keyspace, send: `{"findCollections":{}}`, want: []string{`"collections":["docs"]`}},
		{name: "options", target: keyspace, send: `{"findCollections":{"options":{"explain":true}}}`,
			want: []string{`"vector":{"dimension":2,"metric":"dot_product","sourceModel":"other"}`, `"indexing":{"deny":["secret"]}`}},
		{name: "it is no table", target: keyspace, send: `{"listTables":{}}`, want: []string{`"tables":[]`}},
		{name: "insert", target: on, send: `{"insertOne":{"document":{"_id":"a","n":1,"tags":["x","y"],"at":{"$date":5},"$vector":[1,0]}}}`,
			want: []string{`"insertedIds":["a"]`}},
		{name: "insert again", target: on, send: `{"insertOne":{"document":{"_id":"a"}}}`, code: "DOCUMENT_ALREADY_EXISTS"},
		{name: "insert some", target: on, send: `{"insertMany":{"documents":[{"_id":"b","n":2,"$vector":[0,1]},{"_id":"a"},{"_id":"c","n":3,
			"deep":{"m":{"k":7}}}]}}`, code: "DOCUMENT_ALREADY_EXISTS", want: []string{`"insertedIds":["b","c"]`}},
		{name: "insert in order", target: on, send: `{"insertMany":{"documents":[{"_id":"a"},{"_id":"z"}],"options":{"ordered":true,
			"returnDocumentResponses":true}}}`, code: "DOCUMENT_ALREADY_EXISTS", want: []string{`"status":"ERROR"`, `"status":"SKIPPED"`}},
		{name: "a vector that is too long", target: on, send: `{"insertOne":{"document":{"$vector":[1,2,3]}}}`, code: "INVALID_VECTOR_LENGTH"},
		{name: "a name with a dollar", target: on, send: `{"insertOne":{"document":{"$x":1}}}`, code: "SHRED_BAD_FIELD_NAME"},
		{name: "an array as id", target: on, send: `{"insertOne":{"document":{"_id":[1]}}}`, code: "SHRED_BAD_DOCID_TYPE"},
		{name: "by id", target: on, send: `{"findOne":{"filter":{"_id":"a"}}}`,
			want: []string{`"document":{"_id":"a","n":1,"tags":["x","y"],"at":{"$date":5}}`}},
		{name: "by an element", target: on, send: `{"findOne":{"filter":{"tags":"y"}}}`, want: []string{`"_id":"a"`}},
		{name: "by a path", target: on, send: `{"findOne":{"filter":{"deep.m.k":{"$gt":6}},"projection":{"deep.m":1,"_id":0}}}`,
			want: []string{`"document":{"deep":{"m":{"k":7}}}`}},
		{name: "by nothing", target: on, send: `{"findOne":{"filter":{"n":{"$exists":false}}}}`, want: []string{`"document":null`}},
		{name: "by either", target: on, send: `{"find":{"filter":{"$or":[{"n":1},{"n":{"$in":[3]}}]},"sort":{"n":-1},"projection":{"n":1,
			"_id":0}}}`, want: []string{`"documents":[{"n":3},{"n":1}]`}},
		{name: "by what is not indexed", target: on, send: `{"find":{"filter":{"secret":1}}}`, code: "FILTER_PATH_UNINDEXED"},
		{name: "by an unknown operator", target: on, send: `{"find":{"filter":{"n":{"$near":1}}}}`, code: "FILTER_UNSUPPORTED_OPERATOR"},
		{name: "two ids", target: on, send: `{"find":{"filter":{"$and":[{"_id":"a"},{"_id":"b"}]}}}`, code: "FILTER_MULTIPLE_ID_FILTER"},
		{name: "by nearness", target: on, send: `{"find":{"sort":{"$vector":[0,1]},"projection":{"_id":1},"options":{"includeSimilarity":true,
			"includeSortVector":true,"limit":1}}}`, want: []string{`"_id":"b"`, `"$similarity":1`, `"sortVector":[0.0,1.0]`}},
		{name: "skip without a sort", target: on, send: `{"find":{"options":{"skip":1}}}`, code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "count", target: on, send: `{"countDocuments":{"filter":{"n":{"$gte":2}}}}`, want: []string{`"count":2`}},
		{name: "estimate", target: on, send: `{"estimatedDocumentCount":{}}`, want: []string{`"count":3`}},
		{name: "update", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$inc":{"n":1.5},"$push":{"tags":"z"},
			"$set":{"new.k":1},"$unset":{"at":1}}}}`, want: []string{`"matchedCount":1`, `"modifiedCount":1`}},
		{name: "it was", target: on, send: `{"findOne":{"filter":{"_id":"a"}}}`,
			want: []string{`"document":{"_id":"a","n":2.5,"tags":["x","y","z"],"new":{"k":1}}`}},
		{name: "beyond the end of an array", target: on,
			send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$set":{"tags.4":"v","new.l":[1]},"$push":{"new.k2":{"$each":[2,3],
				"$position":0}}}}}`, want: []string{`"modifiedCount":1`}},
		{name: "is padded", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"a"},"update":{"$set":{"tags":["x","y","z"]},
			"$unset":{"new.l":1,"new.k2":1}}}}`, want: []string{`"tags":["x","y","z",null,"v"],"new":{"k":1,"l":[1],"k2":[2,3]}`}},
		{name: "far beyond it", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$set":{"tags.2147483647":"v"}}}}`,
			code: "SHRED_DOC_LIMIT_VIOLATION"},
		{name: "far beyond it many times", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$set":{"tags.700000":[],
			"new.l":[1],"tags.700001.700000":1}}}}`, code: "SHRED_DOC_LIMIT_VIOLATION"},
		{name: "a name in an array", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$set":{"tags.first":"v"}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATION_PATH"},
		{name: "push a date bare", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$push":{"tags":{"$date":1}}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATION_MODIFIER"},
		{name: "push to half a place", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$push":{"tags":{"$each":[1],
			"$position":0.5}}}}}`, code: "UNSUPPORTED_UPDATE_OPERATION_PARAM"},
		{name: "push to no place", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$push":{"tags":{"$each":[1],
			"$position":null}}}}}`, code: "UNSUPPORTED_UPDATE_OPERATION_PARAM"},
		{name: "upsert what contradicts itself", target: on,
			send: `{"updateOne":{"filter":{"q":5,"q.r":6},"update":{"$set":{"v":2}},"options":{"upsert":true}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATION_PATH"},
		{name: "change nothing", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$set":{"n":2.5}}}}`,
			want: []string{`"matchedCount":1`, `"modifiedCount":0`}},
		{name: "change the id", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$set":{"_id":"q"}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID"},
		{name: "add a number to a text", target: on, send: `{"updateOne":{"filter":{"_id":"a"},"update":{"$inc":{"tags":1}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATION_TARGET"},
		{name: "upsert", target: on, send: `{"updateOne":{"filter":{"_id":"u","k":1},"update":{"$set":{"v":2},"$setOnInsert":{"w":3}},
			"options":{"upsert":true}}}`, want: []string{`"upsertedId":"u"`, `"matchedCount":0`}},
		{name: "it is", target: on, send: `{"findOne":{"filter":{"_id":"u"}}}`, want: []string{`"document":{"_id":"u","k":1,"v":2,"w":3}`}},
		{name: "find and update to return neither", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"u"},"update":{"$set":{"v":9}},
			"options":{"returnDocument":"both"}}}`, code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "find and update", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"u"},"update":{"$mul":{"v":3}},
			"options":{"returnDocument":"after"}}}`, want: []string{`"v":6`}},
		{name: "find and replace", target: on, send: `{"findOneAndReplace":{"filter":{"_id":"u"},"replacement":{"x":1}}}`,
			want: []string{`"v":6`}},
		{name: "replace by another id", target: on, send: `{"findOneAndReplace":{"filter":{"_id":"u"},"replacement":{"_id":"t"}}}`,
			code: "DOCUMENT_REPLACE_DIFFERENT_DOCID"},
		{name: "find and delete", target: on, send: `{"findOneAndDelete":{"filter":{"_id":"u"}}}`,
			want: []string{`"document":{"_id":"u","x":1}`, `"deletedCount":1`}},
		{name: "a table's command", target: on, send: `{"listIndexes":{}}`, code: "UNSUPPORTED_COLLECTION_COMMAND"},
		{name: "a text that is not vectorized", target: on, send: `{"insertOne":{"document":{"$vectorize":"x"}}}`,
			code: "EMBEDDING_SERVICE_NOT_CONFIGURED"},
		{name: "delete one", target: on, send: `{"deleteOne":{"filter":{"_id":"b"}}}`, want: []string{`"deletedCount":1`}},
		{name: "delete all", target: on, send: `{"deleteMany":{"filter":{}}}`, want: []string{`"deletedCount":-1`}},
		{name: "drop", target: keyspace, send: `{"deleteCollection":{"name":"docs"}}`, want: []string{`"ok":1`}},
	})
}

// TestCollectionsInPages: find has pages, updateMany and deleteMany have more.
func TestCollectionsInPages(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/many"
	e.done(t, keyspace, `{"createCollection":{"name":"many"}}`)
	var docs []string
	for i := range 55 {
		docs = append(docs, fmt.Sprintf(`{"_id":%d,"even":%t}`, i, i%2 == 0))
	}
	e.done(t, on, `{"insertMany":{"documents":[`+strings.Join(docs, ",")+`]}}`)
	first := e.done(t, on, `{"find":{"filter":{},"projection":{"_id":1}}}`)
	state := between(first.text, `"nextPageState":"`, `"`)
	second := e.done(t, on, `{"find":{"filter":{},"options":{"pageState":"`+state+`"}}}`)
	if n := strings.Count(first.text, `"_id"`) + strings.Count(second.text, `"_id"`); state == "" || n != 55 ||
		!strings.Contains(second.text, `"nextPageState":null`) {
		t.Errorf("%d documents in two pages, state %q", n, state)
	}
	e.hold(t, []exchange{
		{name: "update many", target: on, send: `{"updateMany":{"filter":{"even":true},"update":{"$set":{"seen":1}}}}`,
			want: []string{`"matchedCount":20`, `"moreData":true`, `"nextPageState":"`}},
		{name: "delete many", target: on, send: `{"deleteMany":{"filter":{"even":false}}}`,
			want: []string{`"deletedCount":20`, `"moreData":true`}},
		{name: "and the rest", target: on, send: `{"deleteMany":{"filter":{"even":false}}}`, want: []string{`"deletedCount":7`}},
	})
}

func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}

// TestLexicalSearchOfCollections: '$lexical' is written, filtered, sorted by
// and reranked, in collections that have it.
func TestLexicalSearchOfCollections(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on, off, bare = keyspace + "/texts", keyspace + "/off", keyspace + "/bare"
	create := func(options string) string { return `{"createCollection":{"name":"x","options":` + options + `}}` }
	e.hold(t, []exchange{
		{name: "make", target: keyspace, send: `{"createCollection":{"name":"texts","options":{"vector":{"dimension":2},
			"lexical":{"enabled":true,"analyzer":{"tokenizer":{"name":"whitespace"},"filters":[{"name":"lowercase"}]}}}}}`,
			want: []string{`"ok":1`}},
		{name: "make without", target: keyspace, send: `{"createCollection":{"name":"off","options":{"vector":{"dimension":2},
			"lexical":{"enabled":false},"rerank":{"enabled":false}}}}`, want: []string{`"ok":1`}},
		{name: "make without vectors", target: keyspace, send: `{"createCollection":{"name":"bare"}}`, want: []string{`"ok":1`}},
		{name: "explained", target: keyspace, send: `{"findCollections":{"options":{"explain":true}}}`,
			want: []string{`"lexical":{"enabled":false},"rerank":{"enabled":false}`,
				`"lexical":{"enabled":true,"analyzer":"standard"},"rerank":{"enabled":true,"service":{"provider":"nvidia"`}},
		{name: "an unknown analyzer", target: keyspace, send: create(`{"lexical":{"enabled":true,"analyzer":"none"}}`),
			code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "an unknown part of one", target: keyspace, send: create(`{"lexical":{"enabled":true,"analyzer":{"tokens":[]}}}`),
			code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "an analyzer of nothing", target: keyspace, send: create(`{"lexical":{"enabled":false,"analyzer":"standard"}}`),
			code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "an unknown reranker", target: keyspace, send: create(`{"rerank":{"enabled":true,"service":{"provider":"unknown",
			"modelName":"m"}}}`), code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "an unknown model", target: keyspace, send: create(`{"rerank":{"enabled":true,"service":{"provider":"nvidia",
			"modelName":"m"}}}`), code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "a reranker of nothing", target: keyspace, send: create(`{"rerank":{"enabled":false,"service":{"provider":"nvidia"}}}`),
			code: "INVALID_CREATE_COLLECTION_OPTIONS"},
		{name: "rerankers", target: "", send: `{"findRerankingProviders":{}}`, want: []string{`"name":"nvidia/llama-3.2-nv-rerankqa-1b-v2"`}},
		{name: "insert", target: on, send: `{"insertMany":{"documents":[{"_id":"a","t":"a cat","$lexical":"The cat the cat","$vector":[1,0]},
			{"_id":"b","t":"dogs","$lexical":"a cat among the dogs","$vector":[0,1]},{"_id":"c","t":"none","$vector":[1,1]}]}}`,
			want: []string{`"insertedIds":["a","b","c"]`}},
		{name: "it shows when asked for", target: on, send: `{"findOne":{"filter":{"_id":"a"},"projection":{"$lexical":1}}}`,
			want: []string{`"$lexical":"The cat the cat"`}},
		{name: "and not else", target: on, send: `{"findOne":{"filter":{"_id":"a"}}}`, want: []string{`"document":{"_id":"a","t":"a cat"}`}},
		{name: "match", target: on, send: `{"find":{"filter":{"$lexical":{"$match":"DOGS cat"}},"projection":{"x":1}}}`,
			want: []string{`"documents":[{"_id":"b"}]`}},
		{name: "match within", target: on, send: `{"countDocuments":{"filter":{"$or":[{"$lexical":{"$match":"dogs"}},{"_id":"c"}]}}}`,
			want: []string{`"count":2`}},
		{name: "sort", target: on, send: `{"find":{"sort":{"$lexical":"cat"},"projection":{"x":1}}}`,
			want: []string{`"documents":[{"_id":"a"},{"_id":"b"}]`}},
		{name: "the first", target: on, send: `{"findOne":{"sort":{"$lexical":"cat"},"filter":{"t":"dogs"},"projection":{"x":1}}}`,
			want: []string{`"document":{"_id":"b"}`}},
		{name: "sort by a number", target: on, send: `{"find":{"sort":{"$lexical":1}}}`, code: "SORT_CLAUSE_INVALID"},
		{name: "sort by two", target: on, send: `{"find":{"sort":{"$lexical":"x","t":1}}}`, code: "SORT_CLAUSE_INVALID"},
		{name: "match another field", target: on, send: `{"find":{"filter":{"t":{"$match":"x"}}}}`, code: "FILTER_INVALID_EXPRESSION"},
		{name: "compare the field", target: on, send: `{"find":{"filter":{"$lexical":"x"}}}`, code: "FILTER_INVALID_EXPRESSION"},
		{name: "match a number", target: on, send: `{"find":{"filter":{"$lexical":{"$match":1}}}}`, code: "FILTER_INVALID_EXPRESSION"},
		{name: "match not", target: on, send: `{"find":{"filter":{"$not":{"$lexical":{"$match":"x"}}}}}`, code: "FILTER_INVALID_EXPRESSION"},
		{name: "a number as content", target: on, send: `{"insertOne":{"document":{"$lexical":1}}}`, code: "SHRED_BAD_DOCUMENT_LEXICAL_TYPE"},
		{name: "update", target: on, send: `{"updateOne":{"filter":{"_id":"c"},"update":{"$set":{"$lexical":"bird"}}}}`,
			want: []string{`"modifiedCount":1`}},
		{name: "it is found", target: on, send: `{"findOne":{"filter":{"$lexical":{"$match":"bird"}},"projection":{"x":1}}}`,
			want: []string{`"document":{"_id":"c"}`}},
		{name: "count it up", target: on, send: `{"updateOne":{"filter":{"_id":"c"},"update":{"$inc":{"$lexical":1}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL"},
		{name: "insert where it is off", target: off, send: `{"insertOne":{"document":{"$lexical":"x"}}}`,
			code: "LEXICAL_NOT_ENABLED_FOR_COLLECTION"},
		{name: "insert nothing there", target: off, send: `{"insertOne":{"document":{"_id":"n","$lexical":null}}}`,
			want: []string{`"insertedIds":["n"]`}},
		{name: "match there", target: off, send: `{"find":{"filter":{"$lexical":{"$match":"x"}}}}`, code: "LEXICAL_NOT_ENABLED_FOR_COLLECTION"},
		{name: "sort there", target: off, send: `{"find":{"sort":{"$lexical":"x"}}}`, code: "LEXICAL_NOT_ENABLED_FOR_COLLECTION"},
		{name: "hybrid content", target: bare, send: `{"insertOne":{"document":{"_id":"h","$hybrid":{"$lexical":"a swan"}}}}`,
			want: []string{`"insertedIds":["h"]`}},
		{name: "is lexical", target: bare, send: `{"findOne":{"filter":{"$lexical":{"$match":"swan"}},"projection":{"*":1}}}`,
			want: []string{`"$lexical":"a swan"`}},
		{name: "hybrid and lexical", target: on, send: `{"insertOne":{"document":{"$hybrid":"x","$lexical":"x"}}}`,
			code: "HYBRID_FIELD_CONFLICT"},
		{name: "hybrid of a number", target: on, send: `{"insertOne":{"document":{"$hybrid":1}}}`, code: "HYBRID_FIELD_UNSUPPORTED_VALUE_TYPE"},
		{name: "hybrid of another field", target: on, send: `{"insertMany":{"documents":[{"_id":"no"},{"$hybrid":{"t":"x"}}]}}`,
			code: "HYBRID_FIELD_UNKNOWN_SUBFIELDS"},
		{name: "hybrid of a number within", target: on, send: `{"insertOne":{"document":{"$hybrid":{"$lexical":1}}}}`,
			code: "HYBRID_FIELD_UNSUPPORTED_SUBFIELD_VALUE_TYPE"},
		{name: "nothing was inserted", target: on, send: `{"countDocuments":{}}`, want: []string{`"count":3`}},
		{name: "rerank", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0],"$lexical":"cat"}},"projection":{"x":1},
			"options":{"rerankOn":"t","rerankQuery":"a dog","includeScores":true,"includeSortVector":true,"limit":2}}}`,
			want: []string{`"documents":[{"_id":"b"},`, `"$bm25Rank":2`, `"$vectorRank":3`, `"$rrf":0.0320`, `"sortVector":[1.0,0.0]`}},
		{name: "rerank by another service", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},
			"options":{"rerankOn":"t","rerankQuery":"q","rerank":{"provider":"x","modelName":"y"}}}}`, code: "INVALID_RERANK_OVERRIDE"},
		{name: "rerank by no query", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},"options":{"rerankOn":"t"}}}`,
			code: "MISSING_RERANK_QUERY_TEXT"},
		{name: "rerank by no field", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},
			"options":{"rerankQuery":"q"}}}`, code: "UNEXPECTED_SERVER_ERROR"},
		{name: "rerank too many", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},"options":{"rerankOn":"t",
			"rerankQuery":"q","hybridLimits":101}}}`, code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "rerank half the limits", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},
			"options":{"hybridLimits":{"$vector":1}}}}`, code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "rerank by a field", target: on, send: `{"findAndRerank":{"sort":{"t":1}}}`, code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "rerank a text that is not vectorized", target: on, send: `{"findAndRerank":{"sort":{"$hybrid":"x"}}}`,
			code: "UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION"},
		{name: "rerank without vectors", target: bare, send: `{"findAndRerank":{"sort":{"$hybrid":"x"}}}`,
			code: "UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION"},
		{name: "rerank where it is off", target: off, send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},"options":{"rerankOn":"t",
			"rerankQuery":"q"}}}`, code: "UNSUPPORTED_RERANKING_COMMAND"},
		{name: "rerank there by a service", target: off,
			send: `{"findAndRerank":{"sort":{"$hybrid":{"$vector":[1,0]}},"options":{"rerankOn":"t","rerankQuery":"q",
				"rerank":{"provider":"nvidia","modelName":"nvidia/llama-3.2-nv-rerankqa-1b-v2"}}}}`, want: []string{`"documents":[]`}},
		{name: "a page of a sort", target: on, send: `{"find":{"sort":{"t":1},"options":{"pageState":"AAAA"}}}`, code: "SORT_CLAUSE_INVALID"},
	})
}
