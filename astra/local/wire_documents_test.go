package local_test

import (
	"fmt"
	"strings"
	"testing"
)

// docs makes an empty collection with vectors of two dimensions.
const docs = `{"createCollection":{"name":"docs","options":{"vector":{"dimension":2}}}}`

// TestDocumentIDs: a UUID or an ObjectId is stored as the text that it wraps.
func TestDocumentIDs(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on, id = keyspace + "/docs", "688fe824-0996-4f5a-b1cd-6d4e5d0bca55"
	e.done(t, keyspace, docs)
	insert := func(id string) string { return `{"insertOne":{"document":{"_id":` + id + `}}}` }
	by := func(id string) string { return `{"findOne":{"filter":{"_id":` + id + `}}}` }
	e.hold(t, []exchange{
		{name: "a UUID", target: on, send: insert(`{"$uuid":"` + id + `"}`), want: []string{`"insertedIds":[{"$uuid":"` + id + `"}]`}},
		{name: "by its text", target: on, send: by(`"` + id + `"`), want: []string{`"document":{"_id":{"$uuid":"` + id + `"}}`}},
		{name: "its text again", target: on, send: insert(`"` + id + `"`), code: "DOCUMENT_ALREADY_EXISTS", want: []string{`"insertedIds":[]`}},
		{name: "an ObjectId", target: on, send: insert(`{"$objectId":"6b0ca8f711644f1a52656a6a"}`), want: []string{`"$objectId"`}},
		{name: "by its text", target: on, send: by(`"6b0ca8f711644f1a52656a6a"`), want: []string{`"$objectId":"6b0ca8f711644f1a52656a6a"`}},
		{name: "no UUID", target: on, send: by(`{"$uuid":42}`), code: "SHRED_BAD_DOCID_TYPE"},
		{name: "no ObjectId", target: on, send: insert(`{"$objectId":"bogus"}`), code: "SHRED_BAD_DOCID_TYPE"},
	})
}

// TestFailedInserts: the answer says what was inserted, and of several documents
// which one an error is about.
func TestFailedInserts(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/docs"
	e.done(t, keyspace, docs)
	e.hold(t, []exchange{
		{name: "no document", target: on, send: `{"insertOne":{"document":null}}`, code: "SHRED_BAD_DOCUMENT_TYPE",
			want: []string{`"status":{"insertedIds":[]}`}},
		{name: "one that is bad", target: on, send: `{"insertOne":{"document":{"_id":1,"$x":1}}}`, code: "SHRED_BAD_FIELD_NAME",
			want: []string{`"status":{"insertedIds":[]}`, `"documentIds":[1]`}},
		{name: "one of several", target: on, send: `{"insertMany":{"documents":[{"_id":"good"},{"_id":"bad","$x":1}]}}`,
			code: "SHRED_BAD_FIELD_NAME", want: []string{`"insertedIds":["good"]`, `"documentIds":["bad"]`}},
		{name: "in detail", target: on, send: `{"insertMany":{"documents":[{"_id":"bad","$x":1},{"_id":2}],"options":{"ordered":false,
			"returnDocumentResponses":true}}}`, code: "SHRED_BAD_FIELD_NAME",
			want: []string{`{"_id":"bad","errorsIdx":0,"status":"ERROR"}`, `{"_id":2,"status":"OK"}`}},
		{name: "in detail and in order", target: on, send: `{"insertMany":{"documents":[{"_id":"bad","$x":1},{"_id":"next"}],"options":{
			"ordered":true,"returnDocumentResponses":true}}}`, code: "SHRED_BAD_FIELD_NAME", want: []string{`{"_id":"next","status":"SKIPPED"}`}},
		{name: "nothing", target: on, send: `{"insertOne":{}}`, code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "no Base64", target: on, send: `{"insertOne":{"document":{"$vector":{"$binary":"?"}}}}`, code: "SHRED_BAD_BINARY_VECTOR_VALUE"},
		{name: "a vector of zeros", target: on, send: `{"insertOne":{"document":{"$vector":[0,0]}}}`, code: "INVALID_DATABASE_QUERY"},
		{name: "an unknown field of an unknown collection", target: keyspace + "/none", send: `{"findOne":{"where":{}}}`,
			code: "COMMAND_FIELD_UNKNOWN"},
		{name: "known fields of one", target: keyspace + "/none", send: `{"countDocuments":{"filter":{}}}`, code: "UNKNOWN_COLLECTION_OR_TABLE"},
	})
}

// TestOrderOfDocuments: values are ordered by their type, then by their content,
// and documents that are alike by '_id'.
func TestOrderOfDocuments(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/docs"
	e.done(t, keyspace, docs)
	e.done(t, on, `{"insertMany":{"documents":[{"_id":"8","v":true},{"_id":"6","v":[1,2]},{"_id":"5","v":{"a":2}},
		{"_id":"4","v":{"a":1,"b":0}},
		{"_id":"3","v":{"$uuid":"1f1ec458-e705-6104-abbb-f7c9df5f8622"}},
		{"_id":"2","v":"0"},{"_id":"1","v":7},{"_id":"7","v":[1,3]},
		{"_id":"0b"},{"_id":"0a"},{"_id":"9","v":{"$date":5}}]}}`)
	e.done(t, on, `{"updateOne":{"filter":{"_id":"9"},"update":{"$max":{"list":[1]}}}}`)
	e.hold(t, []exchange{
		{name: "ascending", target: on, send: `{"find":{"sort":{"v":1},"projection":{"v":0,"list":0}}}`, want: []string{
			`[{"_id":"0a"},{"_id":"0b"},{"_id":"1"},{"_id":"2"},{"_id":"3"},{"_id":"4"},{"_id":"5"},{"_id":"6"},` +
				`{"_id":"7"},{"_id":"8"},{"_id":"9"}]`}},
		{name: "by a field of none", target: on, send: `{"findOne":{"sort":{"none":-1}}}`, want: []string{`"_id":"0a"`}},
		{name: "the larger array", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"7"},"update":{"$max":{"v":[1,3,0]}},
			"options":{"returnDocument":"after"}}}`, want: []string{`"v":[1,3,0]`}},
		{name: "the smaller object", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"5"},"update":{"$min":{"v":{"a":1,"z":9}}},
			"options":{"returnDocument":"after"}}}`, want: []string{`"v":{"a":1,"z":9}`}},
		{name: "popping nothing", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"1"},"update":{"$pop":{"x.y":1}},
			"options":{"returnDocument":"after"}}}`, want: []string{`"document":{"_id":"1","v":7}`}},
	})
}

// TestFiltersOfDocuments: objects equal those with their members in the same
// order, and $not turns operators into their opposites.
func TestFiltersOfDocuments(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/docs"
	e.done(t, keyspace, docs)
	e.done(t, on, `{"insertMany":{"documents":[{"_id":"a","age":20,"o":{"x":1,"y":2},"l":[1]},{"_id":"b","age":30},{"_id":"c"}]}}`)
	only := func(filter string) string {
		return `{"find":{"filter":` + filter + `,"sort":{"_id":1},"projection":{"x":1}}}`
	}
	e.hold(t, []exchange{
		{name: "an object", target: on, send: only(`{"o":{"$eq":{"x":1,"y":2}}}`), want: []string{`[{"_id":"a"}]`}},
		{name: "in another order", target: on, send: only(`{"o":{"y":2,"x":1}}`), want: []string{`"documents":[]`}},
		{name: "not above", target: on, send: only(`{"$not":{"age":{"$gte":21}}}`), want: []string{`[{"_id":"a"}]`}},
		{name: "not equal", target: on, send: only(`{"$not":{"age":20}}`), want: []string{`[{"_id":"b"},{"_id":"c"}]`}},
		{name: "neither", target: on, send: only(`{"$not":{"$or":[{"age":20},{"age":30}]}}`), want: []string{`[{"_id":"c"}]`}},
		{name: "not there", target: on, send: only(`{"$not":{"age":{"$exists":true}}}`), want: []string{`[{"_id":"c"}]`}},
		{name: "not of that size", target: on, send: only(`{"$not":{"l":{"$size":1}}}`), want: []string{`[{"_id":"b"},{"_id":"c"}]`}},
		{name: "not all", target: on, send: only(`{"$not":{"l":{"$all":[1]}}}`), want: []string{`[{"_id":"b"},{"_id":"c"}]`}},
		{name: "an operator within a value", target: on, send: only(`{"o":{"x":{"$eq":1}}}`), code: "FILTER_INVALID_EXPRESSION"},
	})
}

func TestVectorSortsOfDocuments(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/docs"
	e.done(t, keyspace, docs)
	sort := func(vector, more string) string { return `{"find":{"sort":{"$vector":` + vector + `}` + more + `}}` }
	e.hold(t, []exchange{
		{name: "none", target: on, send: sort(`[]`, ""), code: "SHRED_BAD_VECTOR_SIZE"},
		{name: "with a text", target: on, send: sort(`[1,"x"]`, ""), code: "SHRED_BAD_VECTOR_VALUE"},
		{name: "zeros", target: on, send: sort(`[0,0]`, ""), code: "INVALID_DATABASE_QUERY"},
		{name: "with skip", target: on, send: sort(`[1,0]`, `,"options":{"skip":1}`), code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "the vector of no sort", target: on, send: `{"find":{"options":{"includeSortVector":true}}}`, want: []string{`"sortVector":null`}},
	})
}

func TestOptionsOfCollections(t *testing.T) {
	t.Parallel()
	e := start(t)
	create := func(options string) string { return `{"createCollection":{"name":"made","options":{` + options + `}}}` }
	e.hold(t, []exchange{
		{name: "a field of vector", target: keyspace, send: create(`"vector":{"length":3}`), code: "INVALID_CREATE_COLLECTION_FIELD"},
		{name: "a field of indexing", target: keyspace, send: create(`"indexing":{"only":["a"]}`), code: "INVALID_CREATE_COLLECTION_FIELD"},
		{name: "a field of defaultId", target: keyspace, send: create(`"defaultId":{"kind":"uuid"}`), code: "INVALID_CREATE_COLLECTION_FIELD"},
		{name: "a metric", target: keyspace, send: create(`"vector":{"dimension":5,"metric":"manhattan"}`), code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "a source model", target: keyspace, send: create(`"vector":{"dimension":5,"sourceModel":"x"}`),
			code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "an operator as a path", target: keyspace, send: create(`"indexing":{"deny":["a","$in"]}`), code: "INVALID_INDEXING_DEFINITION"},
		{name: "a bad escape", target: keyspace, send: create(`"indexing":{"deny":["a&b"]}`), code: "INVALID_INDEXING_DEFINITION"},
		{name: "the former names", target: keyspace, send: create(`"vector":{"size":5,"function":"cosine"},
			"indexing":{"allow":["$vector","a&.b"]}`), want: []string{`"ok":1`}},
		{name: "the same by the present ones", target: keyspace, send: create(`"vector":{"dimension":5,"metric":"cosine"},
			"indexing":{"allow":["$vector","a&.b"]}`), want: []string{`"ok":1`}},
	})
}

// TestIndexedPaths: a path of indexing is escaped as any other, and the members of
// an object that is compared count as well.
func TestIndexedPaths(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, keyspace, `{"createCollection":{"name":"some","options":{"indexing":{"allow":["price.in&.usd"]}}}}`)
	e.done(t, keyspace, `{"createCollection":{"name":"most","options":{"indexing":{"deny":["address.city"]}}}}`)
	e.done(t, keyspace, `{"createCollection":{"name":"none","options":{"vector":{"dimension":2},"indexing":{"deny":["*"]}}}}`)
	e.done(t, keyspace+"/some", `{"insertOne":{"document":{"_id":1,"price":{"in.usd":5}}}}`)
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprintf(`"m%d":1`, i)
	}
	large := "{" + strings.Join(many, ",") + "}"
	const unindexed = "FILTER_PATH_UNINDEXED"
	e.hold(t, []exchange{
		{name: "escaped", target: keyspace + "/some", send: `{"findOne":{"filter":{"price.in&.usd":5}}}`, want: []string{`"_id":1`}},
		{name: "not escaped", target: keyspace + "/some", send: `{"findOne":{"filter":{"price.in.usd":5}}}`, code: unindexed},
		{name: "a member", target: keyspace + "/most", send: `{"findOne":{"filter":{"address":{"$eq":{"city":"x"}}}}}`, code: unindexed},
		{name: "a member in a list", target: keyspace + "/most", send: `{"find":{"filter":{"address":{"$in":["y",{"city":"x"}]}}}}`,
			code: unindexed},
		{name: "another member", target: keyspace + "/most", send: `{"findOne":{"filter":{"address":{"street":"x"}}}}`},
		{name: "a vector", target: keyspace + "/none", send: `{"findOne":{"filter":{"$vector":{"$exists":true}}}}`, code: unindexed},
		{name: "a large object", target: keyspace + "/most", send: `{"insertOne":{"document":{"address":{"city":` + large + `}}}}`,
			want: []string{`"insertedIds"`}},
		{name: "an indexed one", target: keyspace + "/most", send: `{"insertOne":{"document":{"o":` + large + `}}}`,
			code: "SHRED_DOC_LIMIT_VIOLATION"},
	})
}
