package schema_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

func object(text []byte) *jsonv.Object {
	in, err := jsonv.Decode(text)
	if err != nil {
		return nil
	}
	o, _ := in.(*jsonv.Object)
	return o
}

// FuzzParse: the definition of a table that listTables gives makes the same
// table again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"columns":{},"primaryKey":"id"}`, `{"columns":{"id":"uuid"},"primaryKey":"id"}`, `{"columns":null,"primaryKey":null}`,
		`{"columns":{"a":"text","b":{"type":"INT"},"m":{"type":"map","keyType":"text","valueType":{"type":"int"}},
			"s":{"type":"set","valueType":"text"},
			"v":{"type":"vector","dimension":3},"w":{"type":"vector","service":{"provider":"nvidia","modelName":"NV-Embed-QA"}}},
			"primaryKey":{"partitionBy":["a"],"partitionSort":{"b":-1}}}`,
		`{"columns":{"a":{"type":"vector","dimension":1e3}},"primaryKey":{"partitionBy":["a","a"]}}`,
		`{"columns":{"a":"blob","b":"decimal"},"primaryKey":{"partitionBy":["b"],"partitionSort":{"a":1}}}`,
		`{"columns":{"a":{"type":"list"}},"primaryKey":{"partitionBy":"a"}}`,
		`{"columns":{"a":"counter","b":"timeuuid","c":{"type":"userDefined"}},"primaryKey":"a"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o := object(text)
		if o == nil {
			return
		}
		table, err := schema.Parse("ks", "t", o, nil)
		if err != nil {
			return
		}
		shown, err := json.Marshal(table.Describe()["definition"])
		if err != nil {
			t.Fatal(err)
		}
		again, err := schema.Parse("ks", "t", object(shown), nil)
		if err != nil || !reflect.DeepEqual(table, again) {
			t.Fatalf("%s is listed as %s, which is %+v: %v", text, shown, again, err)
		}
	})
}
