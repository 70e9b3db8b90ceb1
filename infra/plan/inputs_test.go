package plan

import (
	"reflect"
	"testing"
)

func TestPathsOfInputs(t *testing.T) {
	t.Parallel()
	inputs := map[string]any{
		"name": "api", "size": 2.0, "later": Unknown,
		"rules": []any{
			map[string]any{"ports": []any{map[string]any{"port": 53.0}, map[string]any{"port": 80.0}}},
			map[string]any{},
		},
	}
	for path, want := range map[string]struct {
		at   any
		each []any
	}{
		"name":             {"api", []any{"api"}},
		"none.of.it":       {nil, []any{nil}},
		"later.below":      {Unknown, []any{Unknown}},
		"rules.ports.port": {53.0, []any{53.0, 80.0, nil}},
	} {
		if got := At(inputs, path); got != want.at {
			t.Errorf("%s is %v, want %v", path, got, want.at)
		}
		if got := Each(inputs, path); !reflect.DeepEqual(got, want.each) {
			t.Errorf("%s is each of %v, want %v", path, got, want.each)
		}
	}
	r := Resource{Inputs: inputs}
	if r.Text("size", "name") != "api" || Number(inputs, "size") != 2 || len(List(inputs, "rules.ports")) != 2 || Text("it", "") != "it" {
		t.Error("a text, number or list is not found")
	}
}
