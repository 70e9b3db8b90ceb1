package table

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestColumnTypeForms(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]Column{
		`"text"`:                                            Text(),
		`{"type":"bigint"}`:                                 BigInt(),
		`{"type":"vector","dimension":3}`:                   Vector(3),
		`{"type":"set","valueType":"uuid"}`:                 Set(UUID()),
		`{"type":"map","keyType":"text","valueType":"int"}`: Map(TypeText, Int()),
		`{"type":"list","valueType":{"type":"userDefined","udtName":"addr"}}`: List(UDT("addr")),
		`{"type":"set","valueType":{"type":"uuid"}}`:                          Set(UUID()),
		`{"type":"map","keyType":{"type":"text"},"valueType":"inet"}`:         Map(TypeText, Inet()),
		`{"type":"vector","service":{"provider":"p","modelName":"m"}}`: VectorWithService(0,
			&VectorService{Provider: "p", ModelName: "m"}),
		`{"type":"userDefined","udtName":"a","definition":{"fields":{"f":"int"}}}`: {
			Type: TypeUDT, UDTName: ptr("a"), UDTDefinition: &UDTDefinition{Columns{{"f", Int()}}},
		},
		`{"type":"UNSUPPORTED","apiSupport":{"insert":false}}`: {Type: "UNSUPPORTED"},
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

func ptr[T any](v T) *T { return &v }

// An element type that is a name is written as one: definitions that were
// written before compare equal.
func TestElementTypesOnTheWire(t *testing.T) {
	t.Parallel()
	for want, column := range map[string]Column{
		`{"type":"set","valueType":"text"}`:                                   Set(Text()),
		`{"type":"map","keyType":"text","valueType":"int"}`:                   Map(TypeText, Int()),
		`{"type":"list","valueType":{"type":"userDefined","udtName":"addr"}}`: List(UDT("addr")),
	} {
		if got, err := json.Marshal(column); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestAlterationsOnTheWire(t *testing.T) {
	t.Parallel()
	for want, operation := range map[string]any{
		`{"add":{"columns":{"c":{"type":"int"}}}}`: AddColumns{Columns{{"c", Int()}}},
		`{"drop":{"columns":["c"]}}`:               DropColumns{[]string{"c"}},
		`{"addVectorize":{"columns":{"v":{"provider":"p","modelName":"m"}}}}`: AddVectorize{map[string]VectorService{"v": {Provider: "p",
			ModelName: "m"}}},
		`{"dropVectorize":{"columns":["v"]}}`:      DropVectorize{[]string{"v"}},
		`{"add":{"fields":{"f":{"type":"text"}}}}`: AddTypeFields{Columns{{"f", Text()}}},
		`{"rename":{"fields":{"a":"b"}}}`:          RenameTypeFields{map[string]string{"a": "b"}},
	} {
		if got, err := json.Marshal(operation); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestDuplicateColumnIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := json.Marshal(Columns{{"a", Text()}, {"a", Int()}}); err == nil {
		t.Error("it passed")
	}
}
