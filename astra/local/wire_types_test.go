package local_test

import "testing"

const personType = `{"createType":{"name":"person","definition":{"fields":{"name":"text","age":"int","id":{"type":"uuid"}}}}}`

func TestUserDefinedTypes(t *testing.T) {
	t.Parallel()
	e := start(t)
	const on = keyspace + "/people"
	row := func(document string) string { return `{"insertOne":{"document":` + document + `}}` }
	get := func(id string) string { return `{"findOne":{"filter":{"id":` + id + `}}}` }
	create := func(columns string) string {
		return `{"createTable":{"name":"x","definition":{"columns":{"id":"int",` + columns + `},"primaryKey":"id"}}}`
	}
	e.hold(t, []exchange{
		{name: "make", target: keyspace, send: personType, want: []string{`"ok":1`}},
		{name: "make again", target: keyspace, send: personType, code: "CANNOT_ADD_EXISTING_TYPE"},
		{name: "make again unless it exists", target: keyspace,
			send: `{"createType":{"name":"person","definition":{"fields":{"a":"text"}},"options":{"ifNotExists":true}}}`, want: []string{`"ok":1`}},
		{name: "without fields", target: keyspace, send: `{"createType":{"name":"empty","definition":{"fields":{}}}}`,
			code: "MISSING_FIELDS_FOR_TYPE_CREATION"},
		{name: "with a list", target: keyspace, send: `{"createType":{"name":"deep","definition":{"fields":{"l":{"type":"list",
			"valueType":"text"}}}}}`, code: "UNSUPPORTED_TYPE_FIELDS"},
		{name: "with a bad name", target: keyspace, send: `{"createType":{"name":"a-b","definition":{"fields":{"a":"text"}}}}`,
			code: "UNSUPPORTED_SCHEMA_NAME"},
		{name: "list", target: keyspace, send: `{"listTypes":{}}`, want: []string{`"types":["person"]`}},
		{name: "explain", target: keyspace, send: `{"listTypes":{"options":{"explain":true}}}`, want: []string{`"udtName":"person"`,
			`"fields":{"name":{"type":"text"},"age":{"type":"int"},"id":{"type":"uuid"}}`, `"cqlDefinition":"default_keyspace.person"`}},
		{name: "table", target: keyspace, send: `{"createTable":{"name":"people","definition":{"columns":{"id":"int",
			"p":{"type":"userDefined","udtName":"person"},
			"l":{"type":"list","valueType":{"type":"userDefined","udtName":"person"}},"s":{"type":"set",
				"valueType":{"type":"userDefined","udtName":"person"}},
			"m":{"type":"map","keyType":"int","valueType":{"type":"userDefined","udtName":"person"}}},"primaryKey":"id"}}}`,
			want: []string{`"ok":1`}},
		{name: "an unknown type", target: keyspace, send: create(`"p":{"type":"userDefined","udtName":"unknown"}`),
			code: "UNKNOWN_USER_DEFINED_TYPE"},
		{name: "no name", target: keyspace, send: create(`"p":{"type":"userDefined"}`), code: "INVALID_USER_DEFINED_TYPE_NAME"},
		{name: "as a key of a map", target: keyspace, send: create(`"m":{"type":"map","keyType":{"type":"userDefined","udtName":"person"},
			"valueType":"int"}`), code: "UNSUPPORTED_MAP_DEFINITION"},
		{name: "listed with the table", target: keyspace, send: `{"listTables":{"options":{"explain":true}}}`,
			want: []string{`"valueType":{"type":"userDefined","udtName":"person"}`}},
		{name: "insert", target: on, send: row(`{"id":1,"p":{"name":"Ann","age":3},"l":[{"name":"Bob"}],"s":[{"age":2},{"age":1},{"age":2}],
			"m":[[7,{"name":"Cid"}]]}`), want: []string{`"insertedIds":[[1]]`}},
		{name: "read", target: on, send: get("1"), want: []string{`"p":{"name":"Ann","age":3}`, `"l":[{"name":"Bob"}]`,
			`"s":[{"age":1},{"age":2}]`, `"m":[[7,{"name":"Cid"}]]`, `"definition":{"fields":{"name":{"type":"text"}`}},
		{name: "an unknown field", target: on, send: row(`{"id":2,"p":{"nick":"x"}}`), code: "INVALID_COLUMN_VALUES"},
		{name: "a value of the wrong type", target: on, send: row(`{"id":2,"p":{"age":"old"}}`), code: "INVALID_COLUMN_VALUES"},
		{name: "nothing but nulls", target: on, send: row(`{"id":3,"p":{"name":null}}`), want: []string{`"insertedIds":[[3]]`}},
		{name: "is not set", target: on, send: get("3"), want: []string{`"document":{"id":3}`}},
		{name: "set", target: on, send: `{"updateOne":{"filter":{"id":1},"update":{"$set":{"p":{"age":4}},"$push":{"l":{"name":"Dan"}}}}}`,
			want: []string{`"modifiedCount":1`}},
		{name: "is partial", target: on, send: get("1"), want: []string{`"p":{"age":4}`, `"l":[{"name":"Bob"},{"name":"Dan"}]`}},
		{name: "unset", target: on, send: `{"updateOne":{"filter":{"id":1},"update":{"$unset":{"p":1}}}}`, want: []string{`"modifiedCount":1`}},
		{name: "push to one", target: on, send: `{"updateOne":{"filter":{"id":1},"update":{"$push":{"p":{"age":4}}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATOR"},
		{name: "filter by one", target: on, send: `{"find":{"filter":{"p":"x"}}}`, code: "UNSUPPORTED_FILTERING_FOR_COLUMN_TYPES"},
		{name: "add a field", target: keyspace, send: `{"alterType":{"name":"person","add":{"fields":{"city":"text"}},
			"rename":{"fields":{"name":"first"}}}}`, want: []string{`"ok":1`}},
		{name: "the rows follow", target: on, send: get("1"), want: []string{`"l":[{"first":"Bob"},{"first":"Dan"}]`}},
		{name: "write the new field", target: on, send: row(`{"id":4,"p":{"first":"Eve","city":"Ulm"}}`), want: []string{`"insertedIds":[[4]]`}},
		{name: "add it again", target: keyspace, send: `{"alterType":{"name":"person","add":{"fields":{"city":"text"}}}}`,
			code: "CANNOT_ADD_EXISTING_FIELD"},
		{name: "rename what is not there", target: keyspace, send: `{"alterType":{"name":"person","rename":{"fields":{"x":"y"}}}}`,
			code: "CANNOT_RENAME_UNKNOWN_TYPE_FIELD"},
		{name: "alter nothing", target: keyspace, send: `{"alterType":{"name":"person"}}`, code: "MISSING_ALTER_TYPE_OPERATIONS"},
		{name: "drop what is used", target: keyspace, send: `{"dropType":{"name":"person"}}`, code: "CANNOT_DROP_TYPE_USED_BY_TABLE"},
		{name: "drop the table", target: keyspace, send: `{"dropTable":{"name":"people"}}`, want: []string{`"ok":1`}},
		{name: "drop", target: keyspace, send: `{"dropType":{"name":"person"}}`, want: []string{`"ok":1`}},
		{name: "drop again", target: keyspace, send: `{"dropType":{"name":"person"}}`, code: "CANNOT_DROP_UNKNOWN_TYPE"},
		{name: "drop again if it exists", target: keyspace, send: `{"dropType":{"name":"person","options":{"ifExists":true}}}`,
			want: []string{`"ok":1`}},
	})
}

// TestUserDefinedTypesSurviveARestart: the fields are stored with the type, the
// values with the rows.
func TestUserDefinedTypesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := serve(t, dir)
	e.done(t, keyspace, personType)
	e.done(t, keyspace, `{"createTable":{"name":"people","definition":{"columns":{"id":"int","p":{"type":"userDefined",
		"udtName":"person"}},"primaryKey":"id"}}}`)
	e.done(t, keyspace+"/people", `{"insertOne":{"document":{"id":1,"p":{"name":"Ann"}}}}`)
	e.end()
	again := serve(t, dir)
	defer again.end()
	again.hold(t, []exchange{{name: "read", target: keyspace + "/people", send: `{"findOne":{"filter":{"id":1}}}`,
		want: []string{`"p":{"name":"Ann"}`}}})
}
