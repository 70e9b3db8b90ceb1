package provider

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// The row that is deleted for a proof cannot be there: a part of its key is
// random, and each part has a value of its type.
func TestAbsentRow(t *testing.T) {
	t.Parallel()
	table := func(name, definition string) ddl.Table {
		parsed, err := ddl.Parse(name, definition)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	guessed := table("guessed", `{"columns":{"n":"int","ok":"boolean"},"primaryKey":{"partitionBy":["n"],"partitionSort":{"ok":1}}}`)
	unknown := table("unknown", `{"columns":{"id":"uuid","d":"duration"},"primaryKey":{"partitionBy":["id"],"partitionSort":{"d":1}}}`)
	before := table("before", `{"columns":{"id":"uuid","d":"duration"},"primaryKey":{"partitionBy":["d"],"partitionSort":{"id":1}}}`)
	first := table("first", `{"columns":{"id":"uuid","n":"int"},"primaryKey":{"partitionBy":["id"],"partitionSort":{"n":1}}}`)
	last := table("last", `{"columns":{"id":"text","n":"int","other":"text"},"primaryKey":{"partitionBy":["n"],"partitionSort":{"id":-1}}}`)
	for name, test := range map[string]struct {
		tables []ddl.Table
		want   string
	}{
		"no table": {nil, ""}, "all can be guessed": {[]ddl.Table{guessed}, ""},
		"a type that is not known": {[]ddl.Table{unknown, before}, ""}, "after these": {[]ddl.Table{guessed, unknown, before, last}, "last"},
		"random first": {[]ddl.Table{first, last}, "first"},
	} {
		got, key, ok := absentRow(test.tables)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s: table %q, %v", name, got, ok)
		}
		if ok && (len(key) != 2 || key["n"] != 0 || key["id"] == nil || key["id"] == "") {
			t.Errorf("%s: the key is %v", name, key)
		}
		if _, again, _ := absentRow(test.tables); ok && again["id"] == key["id"] {
			t.Errorf("%s: %v twice", name, key)
		}
	}
}
