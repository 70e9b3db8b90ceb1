package local_test

import (
	"strings"
	"testing"
)

// TestNumbers: a number with a fraction or an exponent loses the zeros at its
// end, and zero has no sign. Integers stay as they are.
func TestNumbers(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, keyspace, `{"createTable":{"name":"t","definition":{"columns":{"id":"int","c":"decimal","d":"double","f":"float","i":"varint",
		"l":{"type":"list","valueType":"decimal"}},"primaryKey":"id"}}}`)
	e.done(t, keyspace, docs)
	const on, table = keyspace + "/docs", keyspace + "/t"
	for in, want := range map[string]string{
		"1.50": "1.5", "1.0": "1", "100": "100", "100.0": "1E+2", "12300e1": "1.23E+5", "-0.0": "0", "1e-7": "1E-7", "0.0000010": "0.000001",
		"-12.340e-9": "-1.234E-8",
	} {
		e.done(t, table, `{"insertOne":{"document":{"id":1,"c":`+in+`,"l":[`+in+`]}}}`)
		if got := e.done(t, table, `{"findOne":{"filter":{"id":1}}}`).text; !strings.Contains(got, `"c":`+want+`,"l":[`+want+`]`) {
			t.Errorf("decimal %s: %s", in, got)
		}
		e.done(t, on, `{"findOneAndReplace":{"filter":{"_id":"`+in+`"},"replacement":{"n":`+in+`,"o":{"l":[`+in+`]}},"options":{"upsert":true}}}`)
		if got := e.done(t, on, `{"findOne":{"filter":{"_id":"`+in+`"}}}`).text; !strings.Contains(got, `"n":`+want+`,"o":{"l":[`+want+`]}`) {
			t.Errorf("document %s: %s", in, got)
		}
	}
	set := func(v string) string { return `{"updateOne":{"filter":{"_id":"u"},"update":{"$set":{"n":` + v + `}}}}` }
	replace := func(v string) string {
		return `{"findOneAndReplace":{"filter":{"_id":"u"},"replacement":{"n":` + v + `}}}`
	}
	add := func(v string) string {
		return `{"updateOne":{"filter":{"_id":"u"},"update":{"$addToSet":{"s":` + v + `}}}}`
	}
	e.hold(t, []exchange{
		{name: "zeros", target: table, send: `{"insertOne":{"document":{"id":2,"d":-0.0,"f":-0,"i":1e2}}}`,
			want: []string{`"insertedIds":[[2]]`}},
		{name: "have no sign", target: table, send: `{"findOne":{"filter":{"id":2}}}`, want: []string{`"d":0.0,"f":0.0,"i":100`}},
		{name: "an id", target: on, send: `{"insertOne":{"document":{"_id":1.0}}}`, want: []string{`"insertedIds":[1]`}},
		{name: "is an integer", target: on, send: `{"findOne":{"filter":{"_id":1}}}`, want: []string{`"document":{"_id":1}`}},
		{name: "an id of two digits", target: on, send: `{"insertOne":{"document":{"_id":30}}}`, want: []string{`"insertedIds":[30]`}},
		{name: "is not one with a fraction", target: on, send: `{"insertOne":{"document":{"_id":30.0}}}`, want: []string{`"insertedIds":[3E+1]`}},
		{name: "update", target: on, send: `{"insertOne":{"document":{"_id":"u","n":1.5}}}`, want: []string{`"insertedIds":["u"]`}},
		{name: "to the same", target: on, send: set("1.50"), want: []string{`"modifiedCount":0`}},
		{name: "to an integer", target: on, send: set("1"), want: []string{`"modifiedCount":1`}},
		{name: "to it with a fraction", target: on, send: set("1.0"), want: []string{`"modifiedCount":1`}},
		{name: "replace it by an integer, as it is kept", target: on, send: replace("1"), want: []string{`"modifiedCount":0`}},
		{name: "by it with a fraction", target: on, send: replace("1.0"), want: []string{`"modifiedCount":1`}},
		{name: "add to a set", target: on, send: add("2"), want: []string{`"modifiedCount":1`}},
		{name: "the same", target: on, send: add("2"), want: []string{`"modifiedCount":0`}},
		{name: "it with a fraction", target: on, send: add("2.0"), want: []string{`"modifiedCount":1`}},
		{name: "add", target: on, send: `{"findOneAndUpdate":{"filter":{"_id":"u"},"update":{"$inc":{"n":0.50},"$mul":{"m":2.0}},
			"options":{"returnDocument":"after"}}}`, want: []string{`"n":1.5,"s":[2,2],"m":0`}},
		{name: "more digits than can be read", target: on, send: `{"insertOne":{"document":{"_id":"m","n":0.` + strings.Repeat("7", 60) + `}}}`,
			want: []string{`"insertedIds":["m"]`}},
		{name: "are not made", target: on, send: `{"updateOne":{"filter":{"_id":"m"},"update":{"$mul":{"n":0.` + strings.Repeat("7", 60) + `}}}}`,
			code: "UNSUPPORTED_UPDATE_OPERATION_TARGET"},
		{name: "and the document is as it was", target: on, send: `{"findOne":{"filter":{"_id":"m"}}}`, want: []string{`"n":0.7777`}},
	})
}
