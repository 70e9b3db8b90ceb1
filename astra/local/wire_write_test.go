package local_test

import (
	"strings"
	"testing"
)

const (
	idA = `"a0000000-0000-4000-8000-000000000001"`
	idB = `"b0000000-0000-4000-8000-000000000002"`
)

// things has one key; events a partition with two clustering columns.
func withTables(t *testing.T) *embedded {
	t.Helper()
	e := start(t)
	e.done(t, inKeyspace, `{"createTable":{"name":"things","definition":{"primaryKey":"id","columns":{"id":"uuid","name":"text",
		"n":"int","big":"bigint",
		"f":"float","d":"double","dec":"decimal","v":"varint","ok":"boolean","at":"timestamp","day":"date","hour":"time",
			"span":"duration","ip":"inet",
		"raw":"blob","asc":"ascii","small":"smallint","tiny":"tinyint","tags":{"type":"set","valueType":"text"},
			"list":{"type":"list","valueType":"int"},
		"map":{"type":"map","keyType":"text","valueType":"int"},"vec":{"type":"vector","dimension":3}}}}}`)
	e.done(t, inKeyspace, `{"createTable":{"name":"events","definition":{"columns":{"day":"text","at":"timestamp","id":"int","what":"text"},
		"primaryKey":{"partitionBy":["day"],"partitionSort":{"at":-1,"id":1}}}}}`)
	return e
}

func insert(row string) string { return `{"insertOne":{"document":{` + row + `}}}` }

func TestInsertOneAndTypes(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	row := func(rest string) string { return insert(`"id":` + idA + rest) }
	e.hold(t, []exchange{
		{name: "the key comes back", target: on, send: row(`,"name":"one"`), want: []string{
			`"primaryKeySchema":{"id":{"type":"uuid"}}`, `"insertedIds":[[` + idA + `]]`}},
		{name: "an insert overwrites silently", target: on, send: row(`,"n":7`), want: []string{`"insertedIds"`}},
		{name: "and keeps what it does not name", target: on, send: `{"findOne":{"filter":{"id":` + idA + `}}}`,
			want: []string{`"name":"one"`, `"n":7`}},
		{name: "no key", target: on, send: insert(`"name":"x"`), code: "MISSING_PRIMARY_KEY_COLUMNS"},
		{name: "null key", target: on, send: insert(`"id":null`), code: "MISSING_PRIMARY_KEY_COLUMNS"},
		{name: "unknown column", target: on, send: row(`,"nope":1`), code: "UNKNOWN_TABLE_COLUMNS"},
		{name: "text for a number", target: on, send: row(`,"n":"7"`), code: "INVALID_COLUMN_VALUES"},
		{name: "too large an int", target: on, send: row(`,"n":2147483648`), code: "INVALID_COLUMN_VALUES"},
		{name: "too large a tinyint", target: on, send: row(`,"tiny":128`), code: "INVALID_COLUMN_VALUES"},
		{name: "a fraction for an int", target: on, send: row(`,"n":1.5`), code: "INVALID_COLUMN_VALUES"},
		{name: "bad uuid", target: on, send: insert(`"id":"zzz"`), code: "INVALID_COLUMN_VALUES"},
		{name: "bad timestamp", target: on, send: row(`,"at":"yesterday"`), code: "INVALID_COLUMN_VALUES"},
		{name: "bad date", target: on, send: row(`,"day":"2026-02-30"`), code: "INVALID_COLUMN_VALUES"},
		{name: "no ascii", target: on, send: row(`,"asc":"é"`), code: "INVALID_COLUMN_VALUES"},
		{name: "a vector too short", target: on, send: row(`,"vec":[1,2]`), code: "INVALID_COLUMN_VALUES"},
		{name: "a null in a list", target: on, send: row(`,"list":[1,null]`), code: "INVALID_COLUMN_VALUES"},
		{name: "null takes a value away", target: on, send: row(`,"name":null`), want: []string{`"insertedIds"`}},
		{name: "and it is left out", target: on, send: `{"findOne":{"filter":{"id":` + idA + `},"projection":{"name":1,"n":1}}}`,
			want: []string{`"document":{"n":7}`, `"projectionSchema":{`, `"name":{"type":"text"}`}},
		{name: "every type", target: on, send: insert(`"id":` + idB +
			`,"name":"ü","n":-1,"big":9007199254740993,"f":"NaN","d":1e300,"dec":1.10,"v":123456789012345678901234567890,
			"ok":false,"at":"2026-03-14T09:26:53.589Z","day":"2026-03-14","hour":"09:26","span":"1h30m","ip":"127.0.0.1",
			"raw":{"$binary":"AQI="},"asc":"a","small":3,"tiny":-4,
			"tags":["b","a"],"list":[2,1,2],"map":{"k":1},"vec":{"$binary":"PczMzT5MzM0+mZma"}`), want: []string{idB}},
		{name: "read back", target: on, send: `{"findOne":{"filter":{"id":` + idB + `}}}`, want: []string{
			`"name":"ü"`, `"big":9007199254740993`, `"f":"NaN"`, `"dec":1.1`, `"v":123456789012345678901234567890`, `"ok":false`,
			`"at":"2026-03-14T09:26:53.589Z"`,
			`"day":"2026-03-14"`, `"hour":"09:26"`, `"span":"PT1H30M"`, `"ip":"127.0.0.1"`, `"raw":{"$binary":"AQI="}`, `"tags":["a","b"]`,
			`"list":[2,1,2]`, `"map":{"k":1}`, `"vec":[0.1,0.2,0.3]`}},
		{name: "a date in milliseconds", target: on, send: insert(`"id":` + idB + `,"at":{"$date":0}`), want: []string{idB}},
		{name: "is an instant", target: on, send: `{"findOne":{"filter":{"id":` + idB + `},"projection":{"at":1}}}`,
			want: []string{`"at":"1970-01-01T00:00:00Z"`}},
	})
}

func TestInsertMany(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	many := func(options, rows string) string {
		return `{"insertMany":{"documents":[` + rows + `],"options":{` + options + `}}}`
	}
	good, bad := `{"id":`+idA+`}`, `{"id":`+idB+`,"n":"x"}`
	e.hold(t, []exchange{
		{name: "all", target: on, send: many(``, good+`,{"id":`+idB+`}`), want: []string{`"insertedIds":[[` + idA + `],[` + idB + `]]`}},
		{name: "one of them is bad", target: on, send: many(`"ordered":false`, bad+`,`+good), code: "INVALID_COLUMN_VALUES",
			want: []string{`"insertedIds":[[` + idA + `]]`}},
		{name: "in order, the first is bad", target: on, send: many(`"ordered":true,"returnDocumentResponses":true`, bad+`,`+good),
			code: "INVALID_COLUMN_VALUES",
			want: []string{`"status":"ERROR"`, `"status":"SKIPPED"`, `"errorsIdx":0`, `"_id":[]`}},
		{name: "none", target: on, send: many(``, ``), code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "too many", target: on, send: many(``, strings.TrimSuffix(strings.Repeat(good+",", 101), ",")),
			code: "COMMAND_FIELD_VALUE_INVALID"},
	})
	if r := e.data(t, on, many(``, bad)); strings.Contains(r.text, `"status"`) {
		t.Errorf("nothing was inserted, and the answer has a status: %s", r.text)
	}
}

func TestUpdateOne(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	update := func(operators string) string {
		return `{"updateOne":{"filter":{"id":` + idA + `},"update":{` + operators + `}}}`
	}
	matched := []string{`"matchedCount":1`, `"modifiedCount":1`}
	read := `{"findOne":{"filter":{"id":` + idA + `}}}`
	e.hold(t, []exchange{
		{name: "a row that is not there", target: on, send: update(`"$set":{"name":"made","n":1}`), want: matched},
		{name: "is there now", target: on, send: read, want: []string{`"name":"made"`}},
		{name: "and goes with its last column", target: on, send: update(`"$unset":{"name":"","n":""}`), want: matched},
		{name: "gone", target: on, send: read, want: []string{`"document":null`}},
		{name: "push", target: on, send: update(`"$push":{"list":{"$each":[1,2]},"tags":"x"}`), want: matched},
		{name: "pull from a list", target: on, send: update(`"$pullAll":{"list":[1]}`), code: "INVALID_DATABASE_QUERY"},
		{name: "pull", target: on, send: update(`"$pullAll":{"tags":["y"]}`), want: matched},
		{name: "pushed and pulled", target: on, send: read, want: []string{`"list":[1,2]`, `"tags":["x"]`}},
		{name: "increment", target: on, send: update(`"$inc":{"n":1}`), code: "UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE"},
		{name: "the key", target: on, send: update(`"$set":{"id":` + idB + `}`), code: "UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS"},
		{name: "one column twice", target: on, send: update(`"$set":{"n":1},"$unset":{"n":""}`),
			code: "UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS"},
		{name: "nothing", target: on, send: update(``), code: "MISSING_UPDATE_OPERATIONS"},
		{name: "unknown column", target: on, send: update(`"$set":{"nope":1}`), code: "UNKNOWN_TABLE_COLUMNS"},
		{name: "by another column", target: on, send: `{"updateOne":{"filter":{"name":"x"},"update":{"$set":{"n":1}}}}`,
			code: "UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE"},
		{name: "part of the key", target: inKeyspace + "/events", send: `{"updateOne":{"filter":{"day":"x"},"update":{"$set":{"what":"x"}}}}`,
			code: "MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE"},
		{name: "a range of keys", target: on, send: `{"updateOne":{"filter":{"id":{"$gt":` + idA + `}},"update":{"$set":{"n":1}}}}`,
			code: "UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE"},
		{name: "sorted", target: on, send: `{"updateOne":{"filter":{"id":` + idA + `},"sort":{"n":1},"update":{"$set":{"n":1}}}}`,
			code: "UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND"},
		{name: "many at once", target: on, send: `{"updateMany":{"filter":{},"update":{"$set":{"n":1}}}}`, code: "UNSUPPORTED_TABLE_COMMAND"},
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/events"
	for _, row := range []string{`"day":"a","at":"2026-01-01T00:00:00Z","id":1`, `"day":"a","at":"2026-01-02T00:00:00Z","id":1`,
		`"day":"b","at":"2026-01-01T00:00:00Z","id":1`} {
		e.done(t, on, insert(row))
	}
	partition := func(name string) string { return `{"find":{"filter":{"day":"` + name + `"}}}` }
	e.hold(t, []exchange{
		{name: "one without its whole key", target: on, send: `{"deleteOne":{"filter":{"day":"a"}}}`,
			code: "MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE"},
		{name: "one, sorted", target: on, send: `{"deleteOne":{"filter":{"day":"a","at":"2026-01-01T00:00:00Z","id":1},"sort":{"id":1}}}`,
			code: "UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND"},
		{name: "one", target: on, send: `{"deleteOne":{"filter":{"day":"a","at":"2026-01-01T00:00:00Z","id":1}}}`,
			want: []string{`"deletedCount":-1`}},
		{name: "the other stays", target: on, send: partition("a"), want: []string{`"at":"2026-01-02T00:00:00Z"`}},
		{name: "with a gap in the key", target: on, send: `{"deleteMany":{"filter":{"day":"a","id":1}}}`, code: "INVALID_PRIMARY_KEY_FILTER"},
		{name: "by another column", target: on, send: `{"deleteMany":{"filter":{"day":"a","what":"x"}}}`,
			code: "UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE"},
		{name: "a partition", target: on, send: `{"deleteMany":{"filter":{"day":"a"}}}`, want: []string{`"deletedCount":-1`}},
		{name: "is empty", target: on, send: partition("a"), want: []string{`"documents":[]`}},
		{name: "the other partition is not", target: on, send: partition("b"), want: []string{`"day":"b"`}},
		{name: "nothing, said otherwise", target: on, send: `{"deleteMany":{"filter":{"$and":[{}]}}}`, code: "MISSING_FILTER_FOR_UPDATE_DELETE"},
		{name: "which empties nothing", target: on, send: partition("b"), want: []string{`"day":"b"`}},
		{name: "everything", target: on, send: `{"deleteMany":{"filter":{}}}`, want: []string{`"deletedCount":-1`}},
		{name: "nothing left", target: on, send: partition("b"), want: []string{`"documents":[]`, `"nextPageState":null`}},
		{name: "count", target: on, send: `{"countDocuments":{"filter":{}}}`, code: "UNSUPPORTED_TABLE_COMMAND"},
	})
}
