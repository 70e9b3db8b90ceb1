package table

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestColumnTypesInEveryForm(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]Column{
		`"text"`:                                            Text(),
		`{"type":"bigint"}`:                                 BigInt(),
		`{"type":"vector","dimension":3}`:                   Vector(3),
		`{"type":"set","valueType":"uuid"}`:                 Set(UUID()),
		`{"type":"map","keyType":"text","valueType":"int"}`: Map(Text(), Int()),
		`{"type":"list","valueType":{"type":"userDefined","udtName":"addr"}}`: {Type: "list", ValueType: "userDefined"},
		`{"type":"UNSUPPORTED","apiSupport":{"insert":false}}`:                {Type: "UNSUPPORTED"},
	} {
		var got Column
		if err := json.Unmarshal([]byte(given), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gave %+v, %v", given, got, err)
		}
		text, err := json.Marshal(want)
		var again Column
		if err != nil || json.Unmarshal(text, &again) != nil || !reflect.DeepEqual(again, want) {
			t.Errorf("%s came back as %+v, %v", text, again, err)
		}
	}
	for _, bad := range []string{`7`, `{"type":7}`, `{"type":"list","valueType":7}`} {
		var got Column
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s passed as %+v", bad, got)
		}
	}
}

func TestAColumnDefinedTwiceIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := json.Marshal(Columns{{"a", Text()}, {"a", Int()}}); err == nil {
		t.Error("it passed")
	}
}
