package filter

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestFiltersOnTheWire(t *testing.T) {
	t.Parallel()
	type id string
	for want, f := range map[string]Filterable{
		`{"c":1}`:                           Eq("c", 1),
		`{"c":{"$ne":1}}`:                   Ne("c", 1),
		`{"c":{"$gt":1}}`:                   Gt("c", 1),
		`{"c":{"$gte":1}}`:                  Gte("c", 1),
		`{"c":{"$lt":1}}`:                   Lt("c", 1),
		`{"c":{"$lte":1}}`:                  Lte("c", 1),
		`{"c":{"$in":[1,"b"]}}`:             In("c", 1, "b"),
		`{"c":{"$in":["a","b"]}}`:           In("c", []id{"a", "b"}),
		`{"c":{"$in":[]}}`:                  In("c"),
		`{"c":{"$in":["YQ=="]}}`:            In("c", []byte("a")),
		`{"c":{"$nin":[null]}}`:             Nin("c", nil),
		`{"c":{"$all":["a"]}}`:              All("c", "a"),
		`{"$and":[{"a":1},{"b":2}]}`:        And(Eq("a", 1), Eq("b", 2)),
		`{"$or":[{"a":1},{"$and":[]}]}`:     Or(Eq("a", 1), And()),
		`{"quote\"d":{"$gt":"\u003c\""}}`:   Gt(`quote"d`, `<"`),
		`{"$or":[{"a":{"$gt":1}},{"b":2}]}`: Or(F{"a": F{"$gt": 1}}, Eq("b", 2)),
		`{"m":{"$keys":{"$in":["k"]}}}`:     Table.Keys(In("m", "k")),
		`{"m":{"$values":{"$nin":["v"]}}}`:  Table.Values(Nin("m", "v")),
		`{"text":{"$match":"cats"}}`:        Table.LexicalMatch("text", "cats"),
		`{"$lexical":{"$match":"cats"}}`:    Coll.LexicalMatch("cats"),
		`{"a":{"$exists":false}}`:           Coll.Exists("a", false),
		`{"a":{"$size":2}}`:                 Coll.Size("a", 2),
		`{"$not":{"a":1}}`:                  Coll.Not(Eq("a", 1)),
		`null`:                              Filter{},
	} {
		got, err := json.Marshal(f)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestKeysAndValuesTakeOnlyListOperators(t *testing.T) {
	t.Parallel()
	for _, f := range []Filter{Table.Keys(Eq("m", "k")), Table.Values(Gt("m", 1)), Table.Keys(Filter{})} {
		if text, err := json.Marshal(f); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

// FuzzFilters checks that no text of a column or a value becomes an operator or
// another column.
func FuzzFilters(f *testing.F) {
	f.Add("userid", "x")
	f.Add("a", `"},"$or":[{"a":{"$ne":"`)
	f.Add("\x00", "{\"$gt\":\"\"}")
	f.Fuzz(func(t *testing.T, column, value string) {
		text, err := json.Marshal(And(Eq("id", value), Gt(column, value), In("list", []string{value})))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string][]map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		value, column = valid(t, value), valid(t, column)
		want := map[string][]map[string]any{"$and": {
			{"id": value}, {column: map[string]any{"$gt": value}}, {"list": map[string]any{"$in": []any{value}}},
		}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// valid is the text after a round trip through JSON, which replaces bytes that
// are not UTF-8.
func valid(t *testing.T, text string) string {
	t.Helper()
	encoded, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var decoded string
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}
