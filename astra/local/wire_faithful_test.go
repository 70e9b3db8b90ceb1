package local_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestDeleteManyFilters: IN on keys, and one range behind
// equalities.
func TestDeleteManyFilters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ filter, left, code string }{
		"all":                     {`{}`, ``, ""},
		"a partition":             {`{"p":"a"}`, `b1 b2 b3`, ""},
		"two partitions":          {`{"p":{"$in":["a","b"]}}`, ``, ""},
		"behind a value":          {`{"p":"a","c":{"$gt":1}}`, `a1 b1 b2 b3`, ""},
		"from a value":            {`{"p":"a","c":{"$gte":2}}`, `a1 b1 b2 b3`, ""},
		"before a value":          {`{"p":"a","c":{"$lt":3}}`, `a3 b1 b2 b3`, ""},
		"up to a value":           {`{"p":"a","c":{"$lte":2}}`, `a3 b1 b2 b3`, ""},
		"between":                 {`{"p":"a","c":{"$gt":1,"$lt":3}}`, `a1 a3 b1 b2 b3`, ""},
		"some values":             {`{"p":"a","c":{"$in":[1,3]}}`, `a2 b1 b2 b3`, ""},
		"a range of partitions":   {`{"p":{"$gt":"a"}}`, ``, "INVALID_DATABASE_QUERY"},
		"not equal":               {`{"p":"a","c":{"$ne":1}}`, ``, "INVALID_DATABASE_QUERY"},
		"twice the same":          {`{"$and":[{"p":"a"},{"p":"b"}]}`, ``, "INVALID_DATABASE_QUERY"},
		"without the partition":   {`{"c":1}`, ``, "INVALID_PRIMARY_KEY_FILTER"},
		"by another column":       {`{"p":"a","n":1}`, ``, "UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE"},
		"by an unknown column":    {`{"p":"a","x":1}`, ``, "UNKNOWN_TABLE_COLUMNS"},
		"by either":               {`{"$or":[{"p":"a"},{"p":"b"}]}`, ``, "INVALID_DATABASE_QUERY"},
		"a filter that is a text": {`"p"`, ``, "FILTER_UNSUPPORTED_DATA_TYPE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t)
			e.done(t, keyspace, `{"createTable":{"name":"t","definition":{"columns":{"p":"text","c":"int","n":"int"},
				"primaryKey":{"partitionBy":["p"],"partitionSort":{"c":-1}}}}}`)
			var docs []string
			for _, p := range []string{"a", "b"} {
				for _, c := range []string{"1", "2", "3"} {
					docs = append(docs, `{"p":"`+p+`","c":`+c+`}`)
				}
			}
			e.done(t, keyspace+"/t", `{"insertMany":{"documents":[`+strings.Join(docs, ",")+`]}}`)
			e.hold(t, []exchange{{name: "delete", target: keyspace + "/t", send: `{"deleteMany":{"filter":` + test.filter + `}}`, code: test.code}})
			if test.code != "" {
				return
			}
			r := e.done(t, keyspace+"/t", `{"find":{"filter":{}}}`)
			for _, d := range docs {
				id := d[6:7] + d[13:14]
				if strings.Contains(r.text, d) != strings.Contains(test.left, id) {
					t.Errorf("%s: left is %s", id, r.text)
				}
			}
		})
	}
}

func TestAcceptedForms(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, keyspace, `{"createTable":{"name":"forms","definition":{"columns":{"partition-key 1":"text","day":"date","hour":"time",
		"ip":"inet","m":{"type":"map","keyType":"uuid","valueType":"int"},
		"n":{"type":"map","keyType":"int","valueType":"int"},"f":"float","span":"duration","u":"uuid","v":{"type":"vector","dimension":2}},
			"primaryKey":"partition-key 1"}}}`)
	const on = keyspace + "/forms"
	write := func(column string) string {
		return `{"insertOne":{"document":{"partition-key 1":"k",` + column + `}}}`
	}
	for name, test := range map[string]struct{ in, out string }{
		"a year before 0":             {`"day":"-0044-03-15"`, `"day":"-0044-03-15"`},
		"a year beyond 9999":          {`"day":"+10000-01-01"`, `"day":"+10000-01-01"`},
		"a time with a bare point":    {`"hour":"23:59:00."`, `"hour":"23:59"`},
		"an address of two parts":     {`"ip":"10.1"`, `"ip":"10.0.0.1"`},
		"an address in brackets":      {`"ip":"[::1]"`, `"ip":"0:0:0:0:0:0:0:1"`},
		"a map as an object":          {`"m":{"a0000000-0000-4000-8000-000000000001":1}`, `"m":[["a0000000-0000-4000-8000-000000000001",1]]`},
		"a map as a list of pairs":    {`"n":[[2,1],[1,1]]`, `"n":[[1,1],[2,1]]`},
		"an empty map":                {`"n":{}`, `"document":{"partition-key 1":"k"}`},
		"a vector keeps its decimals": {`"v":[1,0.5]`, `"v":[1.0,0.5]`},
		"a float too large":           {`"f":1e99`, `"f":"Infinity"`},
		"a duration by columns":       {`"span":"P0001-02-03T04:05:06"`, `"span":"P1Y2M3DT4H5M6S"`},
		"a short UUID":                {`"u":"1-2-3-4-5"`, `"u":"00000001-0002-0003-0004-000000000005"`},
	} {
		t.Run(name, func(t *testing.T) {
			e.done(t, on, `{"deleteMany":{"filter":{}}}`)
			e.done(t, on, write(test.in))
			if r := e.done(t, on, `{"findOne":{"filter":{"partition-key 1":"k"}}}`); !strings.Contains(r.text, test.out) {
				t.Errorf("%s is not in %s", test.out, r.text)
			}
		})
	}
	for name, in := range map[string]string{
		"a year of five digits without a sign": `"day":"10000-01-01"`, "a day that is none": `"day":"2026-02-30"`,
		"an hour that is none":    `"hour":"24:00"`,
		"a map as an empty array": `"n":[]`, "a number as a name": `"n":{"1":1}`, "units out of order": `"span":"1s1h"`,
		"a host name": `"ip":"example.org"`,
	} {
		t.Run(name, func(t *testing.T) {
			e.hold(t, []exchange{{name: "refused", target: on, send: write(in), code: "INVALID_COLUMN_VALUES"}})
		})
	}
}

func TestRefusedKeys(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, keyspace, `{"createTable":{"name":"k","definition":{"columns":{"id":"text","n":"int"},"primaryKey":"id"}}}`)
	e.done(t, keyspace, `{"createTable":{"name":"b","definition":{"columns":{"id":"blob","v":{"type":"vector","dimension":2}},
		"primaryKey":{"partitionBy":["id"],"partitionSort":{"v":1}}}}}`)
	row := func(id string) string { return `{"insertOne":{"document":{"id":` + id + `}}}` }
	e.hold(t, []exchange{
		{name: "an empty text", target: keyspace + "/k", send: row(`""`), code: "INVALID_DATABASE_QUERY"},
		{name: "a text over 64 KiB", target: keyspace + "/k", send: row(`"` + strings.Repeat("x", 1<<16) + `"`), code: "INVALID_DATABASE_QUERY"},
		{name: "a text of 64 KiB", target: keyspace + "/k", send: row(`"` + strings.Repeat("x", 1<<16-1) + `"`)},
		{name: "an empty blob", target: keyspace + "/b", send: `{"insertOne":{"document":{"id":{"$binary":""},"v":[1,2]}}}`,
			code: "INVALID_DATABASE_QUERY"},
		{name: "a blob comes back as its text", target: keyspace + "/b",
			send: `{"insertOne":{"document":{"id":{"$binary":"AQI="},"v":[1,2]}}}`, want: []string{`"insertedIds":[["AQI=",[1.0,2.0]]]`}},
	})
}

func TestIndexesOfCollections(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, keyspace, `{"createTable":{"name":"c","definition":{"columns":{"id":"int","s":{"type":"set","valueType":"text"},
		"l":{"type":"list","valueType":"int"},
		"m":{"type":"map","keyType":"text","valueType":"int"},"v":{"type":"vector","dimension":2},"t":"text"},"primaryKey":"id"}}}`)
	const on = keyspace + "/c"
	index := func(command, name, definition string) string {
		return `{"` + command + `":{"name":"` + name + `","definition":{` + definition + `}}}`
	}
	e.hold(t, []exchange{
		{name: "values of a set", target: on, send: index("createIndex", "s1", `"column":{"s":"$values"},"options":{"caseSensitive":false}`)},
		{name: "values of a list", target: on, send: index("createIndex", "l1", `"column":"l"`)},
		{name: "keys of a map", target: on, send: index("createIndex", "m1", `"column":{"m":"$keys"}`)},
		{name: "entries of a map", target: on, send: index("createIndex", "m2", `"column":"m"`)},
		{name: "keys of a list", target: on, send: index("createIndex", "x", `"column":{"l":"$keys"}`),
			code: "INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN"},
		{name: "part of a text", target: on, send: index("createIndex", "x", `"column":{"t":"$values"}`),
			code: "INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN"},
		{name: "another word", target: on, send: index("createIndex", "x", `"column":{"m":"$names"}`),
			code: "INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN"},
		{name: "options on entries", target: on, send: index("createIndex", "x", `"column":"m","options":{"ascii":true}`),
			code: "CANNOT_ANALYZE_ENTRIES_ON_MAP_COLUMNS"},
		{name: "options on numbers", target: on, send: index("createIndex", "x", `"column":{"m":"$values"},"options":{"ascii":true}`),
			code: "UNSUPPORTED_TEXT_ANALYSIS_FOR_DATA_TYPES"},
		{name: "a metric in capitals", target: on, send: index("createVectorIndex", "v1", `"column":"v","options":{"metric":"EUCLIDEAN"}`)},
		{name: "an empty name", target: on, send: index("createIndex", "", `"column":"t"`), code: "UNSUPPORTED_SCHEMA_NAME"},
		{name: "its type", target: on, send: `{"createIndex":{"name":"t1","indexType":"regular","definition":{"column":"t"}}}`},
		{name: "another type", target: on, send: `{"createIndex":{"name":"t2","indexType":"vector","definition":{"column":"t"}}}`,
			code: "UNSUPPORTED_INDEX_TYPE"},
		{name: "another type and no name", target: on, send: `{"createIndex":{"name":" ","indexType":"vector","definition":{"column":"t"}}}`,
			code: "UNSUPPORTED_SCHEMA_NAME"},
		{name: "an unknown type", target: on, send: `{"createIndex":{"name":"t2","indexType":"tree","definition":{"column":"t"}}}`,
			code: "UNKNOWN_INDEX_TYPE"},
		{name: "explained", target: on, send: `{"listIndexes":{"options":{"explain":true}}}`, want: []string{`"column":{"s":"$values"}`,
			`"column":{"l":"$values"}`, `"column":{"m":"$keys"}`, `"column":"m"`, `"metric":"euclidean"`}},
		{name: "insert", target: on, send: `{"insertOne":{"document":{"id":1,"s":["Red"],"l":[1,2],"m":{"a":1}}}}`},
		{name: "found in another case", target: on, send: `{"find":{"filter":{"s":{"$in":["RED"]}}}}`, want: []string{`"id":1`}},
		{name: "found by a value", target: on, send: `{"find":{"filter":{"l":{"$in":[2]}}}}`, want: []string{`"id":1`}},
		{name: "found by a key", target: on, send: `{"find":{"filter":{"m":{"$keys":{"$in":["a"]}}}}}`, want: []string{`"id":1`}},
		{name: "found by a value without an index", target: on, send: `{"find":{"filter":{"m":{"$values":{"$in":[1]}}}}}`,
			want: []string{`"id":1`}, warns: "MISSING_INDEX"},
		{name: "an operator for scalars", target: on, send: `{"find":{"filter":{"l":{"$eq":1}}}}`, code: "INVALID_MAP_SET_LIST_FILTER"},
	})
	e.done(t, keyspace, `{"dropIndex":{"name":"v1"}}`)
	e.hold(t, []exchange{
		{name: "a source model has its metric", target: on,
			send: index("createVectorIndex", "v2", `"column":"v","options":{"sourceModel":"openai-v3-large"}`)},
		{name: "that is shown", target: on, send: `{"listIndexes":{"options":{"explain":true}}}`, want: []string{`"metric":"dot_product"`}},
	})
}

// TestBodies is about requests of unusual forms.
func TestBodies(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := keyspace + "/things"
	e.hold(t, []exchange{
		{name: "no body", target: on, send: ``, code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "an empty page state", target: on, send: `{"find":{"filter":{"id":` + idA + `},"options":{"pageState":""}}}`},
		{name: "a page state with a sort in memory", target: on,
			send: `{"find":{"sort":{"name":1},"options":{"pageState":"eyJhIjoiQUE9PSIsIm4iOjF9"}}}`,
			code: "UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING"},
		{name: "a projection of unknown columns", target: on, send: `{"find":{"projection":{"x":1}}}`, code: "UNKNOWN_TABLE_COLUMNS"},
		{name: "a sort by 5", target: on, send: `{"find":{"sort":{"n":5}}}`, code: "INVALID_REGULAR_SORT_EXPRESSION"},
		{name: "a push to a scalar", target: on, send: `{"updateOne":{"filter":{"id":` + idA + `},"update":{"$push":{"n":1}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATOR"},
		{name: "a bad value in an update", target: on, send: `{"updateOne":{"filter":{"id":` + idA + `},"update":{"$set":{"n":"x"}}}}`,
			code: "INVALID_UPDATE_COLUMN_VALUES"},
		{name: "an unknown field of a column", target: keyspace,
			send: `{"createTable":{"name":"x","definition":{"columns":{"a":{"type":"text","size":3}},"primaryKey":"a"}}}`,
			code: "COMMAND_FIELD_UNKNOWN"},
		{name: "a column of type null", target: keyspace,
			send: `{"createTable":{"name":"x","definition":{"columns":{"a":null},"primaryKey":"a"}}}`, code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "a type in capitals", target: keyspace, send: `{"createTable":{"name":"x","definition":{"columns":{"a":"TEXT"},
			"primaryKey":"a"}}}`, code: "UNKNOWN_PRIMITIVE_DATA_TYPE"},
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/v1/"+keyspace, strings.NewReader(`{"listTables":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Token", e.admin)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("without a Content-Type it answered %d", response.StatusCode)
	}
}
