package local_test

import "testing"

const (
	inKeyspace = keyspace
	oneKey     = `{"createTable":{"name":"things","definition":{"columns":{"id":"uuid","name":"text","n":"int"},"primaryKey":"id"}}}`
)

func create(columns, key string) string {
	return `{"createTable":{"name":"made","definition":{"columns":{` + columns + `},"primaryKey":` + key + `}}}`
}

func TestCreateTable(t *testing.T) {
	t.Parallel()
	start(t).hold(t, []exchange{
		{name: "short form", target: inKeyspace, send: oneKey, want: []string{`"status":{"ok":1}`}},
		{name: "again", target: inKeyspace, send: oneKey, code: "CANNOT_ADD_EXISTING_TABLE"},
		{name: "again, if not exists", target: inKeyspace,
			send: `{"createTable":{"name":"things","definition":{"columns":{"id":"uuid"},"primaryKey":"id"},"options":{"ifNotExists":true}}}`,
			want: []string{`"ok":1`}},
		{name: "counter", target: inKeyspace, send: create(`"id":"uuid","c":"counter"`, `"id"`), code: "UNSUPPORTED_DATA_TYPE_TABLE_CREATION"},
		{name: "timeuuid", target: inKeyspace, send: create(`"id":"timeuuid"`, `"id"`), code: "UNSUPPORTED_DATA_TYPE_TABLE_CREATION"},
		{name: "unknown type", target: inKeyspace, send: create(`"id":"string"`, `"id"`), code: "UNKNOWN_PRIMITIVE_DATA_TYPE"},
		{name: "unknown long type", target: inKeyspace, send: create(`"id":{"type":"string"}`, `"id"`), code: "UNKNOWN_DATA_TYPE"},
		{name: "no partition key", target: inKeyspace, send: create(`"id":"uuid"`, `{"partitionBy":[]}`), code: "MISSING_PARTITION_COLUMNS"},
		{name: "unknown partition key", target: inKeyspace, send: create(`"id":"uuid"`, `"other"`), code: "UNKNOWN_PARTITION_COLUMNS"},
		{name: "unknown clustering key", target: inKeyspace, send: create(`"id":"uuid"`, `{"partitionBy":["id"],"partitionSort":{"at":1}}`),
			code: "UNKNOWN_PARTITION_SORT_COLUMNS"},
		{name: "vector without dimension", target: inKeyspace, send: create(`"id":"uuid","v":{"type":"vector"}`, `"id"`),
			code: "MISSING_DIMENSION_IN_VECTOR_COLUMN"},
		{name: "vector of no dimension", target: inKeyspace, send: create(`"id":"uuid","v":{"type":"vector","dimension":0}`, `"id"`),
			code: "UNSUPPORTED_VECTOR_DIMENSION"},
		{name: "a name with a dash", target: inKeyspace,
			send: `{"createTable":{"name":"a-b","definition":{"columns":{"id":"uuid"},"primaryKey":"id"}}}`, code: "UNSUPPORTED_SCHEMA_NAME"},
		{name: "list", target: inKeyspace, send: `{"listTables":{}}`, want: []string{`"tables":["things"]`}},
		{name: "explained", target: inKeyspace, send: `{"listTables":{"options":{"explain":true}}}`,
			want: []string{`"name":"things"`, `"n":{"type":"int"}`, `"primaryKey":{"partitionBy":["id"],"partitionSort":{}}`}},
		{name: "drop an unknown one", target: inKeyspace, send: `{"dropTable":{"name":"nothing"}}`, code: "CANNOT_DROP_UNKNOWN_TABLE"},
		{name: "drop an unknown one, if it exists", target: inKeyspace, send: `{"dropTable":{"name":"nothing","options":{"ifExists":true}}}`,
			want: []string{`"ok":1`}},
		{name: "drop", target: inKeyspace, send: `{"dropTable":{"name":"things"}}`, want: []string{`"ok":1`}},
		{name: "dropped", target: inKeyspace + "/things", send: `{"findOne":{"filter":{}}}`, code: "UNKNOWN_COLLECTION_OR_TABLE"},
		{name: "unknown keyspace", target: "nowhere", send: `{"listTables":{}}`, code: "UNKNOWN_KEYSPACE"},
	})
}

func TestAlterTable(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, inKeyspace, oneKey)
	e.done(t, inKeyspace+"/things", `{"createIndex":{"name":"things_name","definition":{"column":"name"}}}`)
	on := inKeyspace + "/things"
	e.hold(t, []exchange{
		{name: "add", target: on, send: `{"alterTable":{"operation":{"add":{"columns":{"extra":"text","more":{"type":"set",
			"valueType":"int"}}}}}}`, want: []string{`"ok":1`}},
		{name: "add it again", target: on, send: `{"alterTable":{"operation":{"add":{"columns":{"extra":"text"}}}}}`,
			code: "CANNOT_ADD_EXISTING_COLUMNS"},
		{name: "nothing", target: on, send: `{"alterTable":{"operation":{}}}`, code: "REQUEST_STRUCTURE_MISMATCH"},
		{name: "drop", target: on, send: `{"alterTable":{"operation":{"drop":{"columns":["extra"]}}}}`, want: []string{`"ok":1`}},
		{name: "drop an unknown one", target: on, send: `{"alterTable":{"operation":{"drop":{"columns":["extra"]}}}}`,
			code: "CANNOT_DROP_UNKNOWN_COLUMNS"},
		{name: "drop a key", target: on, send: `{"alterTable":{"operation":{"drop":{"columns":["id"]}}}}`,
			code: "CANNOT_DROP_PRIMARY_KEY_COLUMNS"},
		{name: "drop an indexed one", target: on, send: `{"alterTable":{"operation":{"drop":{"columns":["name"]}}}}`,
			code: "CANNOT_DROP_INDEXED_COLUMNS"},
	})
}

// TestDroppedColumns: the database keeps the type of a dropped column, and takes
// the name again only with a type that reads its values.
func TestDroppedColumns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := serve(t, dir)
	alter := func(operation string) string { return `{"alterTable":{"operation":{` + operation + `}}}` }
	add := func(column string) string { return alter(`"add":{"columns":{` + column + `}}`) }
	const refused = "CANNOT_ADD_PREVIOUSLY_DROPPED_COLUMN"
	e.done(t, inKeyspace, `{"createType":{"name":"address","definition":{"fields":{"street":"text","number":"int"}}}}`)
	e.done(t, inKeyspace, create(`"id":"int","n":"int","a":"ascii","home":{"type":"userDefined","udtName":"address"}`, `"id"`))
	on := inKeyspace + "/made"
	e.done(t, on, insert(`"id":1,"n":7,"home":{"number":3}`))
	e.done(t, on, alter(`"drop":{"columns":["n","a","home"]}`))
	e.end()
	e = serve(t, dir)
	defer func() { e.end() }()
	e.hold(t, []exchange{
		{name: "another type", target: on, send: add(`"n":"text"`), code: refused,
			want: []string{"used the column type: text.", "had the type: int."}},
		{name: "the user-defined type", target: on, send: add(`"home":{"type":"userDefined","udtName":"address"}`), code: refused,
			want: []string{"had the type: tuple<text, int>."}},
		{name: "one of several", target: on, send: add(`"fresh":"int","n":"boolean"`), code: refused},
		{name: "the same type", target: on, send: add(`"n":"int","fresh":"int"`), want: []string{`"ok":1`}},
		{name: "a type that reads it", target: on, send: add(`"a":"text"`), want: []string{`"ok":1`}},
		{name: "old values are gone", target: on, send: find(`"filter":{"id":1}`), want: []string{`"documents":[{"id":1}]`}},
	})
}

func TestIndexes(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, inKeyspace, create(`"id":"uuid","name":"text","n":"int","tags":{"type":"set","valueType":"text"},"v":{"type":"vector",
		"dimension":3}`, `"id"`))
	on := inKeyspace + "/made"
	e.hold(t, []exchange{
		{name: "regular", target: on, send: `{"createIndex":{"name":"by_name","definition":{"column":"name","options":null}}}`,
			want: []string{`"ok":1`}},
		{name: "again", target: on, send: `{"createIndex":{"name":"by_name","definition":{"column":"name"}}}`, code: "CANNOT_ADD_EXISTING_INDEX"},
		{name: "again, if not exists", target: on, send: `{"createIndex":{"name":"by_name","definition":{"column":"name"},
			"options":{"ifNotExists":true}}}`, want: []string{`"ok":1`}},
		{name: "unknown column", target: on, send: `{"createIndex":{"name":"x","definition":{"column":"nope"}}}`, code: "UNKNOWN_INDEX_COLUMN"},
		{name: "regular on a vector", target: on, send: `{"createIndex":{"name":"x","definition":{"column":"v"}}}`,
			code: "UNSUPPORTED_INDEXING_FOR_DATA_TYPES"},
		{name: "set", target: on, send: `{"createIndex":{"name":"by_tag","definition":{"column":"tags"}}}`, want: []string{`"ok":1`}},
		{name: "vector", target: on, send: `{"createVectorIndex":{"name":"by_v","definition":{"column":"v","options":{"metric":"cosine"}}}}`,
			want: []string{`"ok":1`}},
		{name: "list", target: on, send: `{"listIndexes":{}}`, want: []string{`"by_name"`, `"by_tag"`, `"by_v"`}},
		{name: "explained", target: on, send: `{"listIndexes":{"options":{"explain":true}}}`,
			want: []string{`"indexType":"regular"`, `"indexType":"vector"`, `"metric":"cosine"`, `"ascii":false`,
				`"caseSensitive":true`, `"normalize":false`}},
		{name: "drop", target: inKeyspace, send: `{"dropIndex":{"name":"by_tag"}}`, want: []string{`"ok":1`}},
		{name: "drop an unknown one", target: inKeyspace, send: `{"dropIndex":{"name":"by_tag"}}`, code: "CANNOT_DROP_UNKNOWN_INDEX"},
		{name: "drop an unknown one, if it exists", target: inKeyspace, send: `{"dropIndex":{"name":"by_tag","options":{"ifExists":true}}}`,
			want: []string{`"ok":1`}},
	})
}
