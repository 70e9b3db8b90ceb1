package filter

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestFiltersOnTheWire(t *testing.T) {
	t.Parallel()
	type id string
	for want, f := range map[string]F{
		`{"c":1}`:                         Eq("c", 1),
		`{"c":{"$ne":1}}`:                 Ne("c", 1),
		`{"c":{"$gt":1}}`:                 Gt("c", 1),
		`{"c":{"$gte":1}}`:                Gte("c", 1),
		`{"c":{"$lt":1}}`:                 Lt("c", 1),
		`{"c":{"$lte":1}}`:                Lte("c", 1),
		`{"c":{"$in":[1,"b"]}}`:           In("c", 1, "b"),
		`{"c":{"$in":["a","b"]}}`:         In("c", []id{"a", "b"}),
		`{"c":{"$in":[]}}`:                In("c"),
		`{"c":{"$in":["YQ=="]}}`:          In("c", []byte("a")),
		`{"c":{"$nin":[null]}}`:           Nin("c", nil),
		`{"c":{"$all":["a"]}}`:            All("c", "a"),
		`{"$and":[{"a":1},{"b":2}]}`:      And(Eq("a", 1), Eq("b", 2)),
		`{"$or":[{"a":1},{"$and":[]}]}`:   Or(Eq("a", 1), And()),
		`{"quote\"d":{"$gt":"\u003c\""}}`: Gt(`quote"d`, `<"`),
	} {
		got, err := json.Marshal(f)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

// FuzzFilters holds that whatever a column or a value holds stays where it
// was put: text from outside can never become an operator or another column.
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

// valid is the text as JSON can hold it: bytes that are no UTF-8 are replaced.
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
