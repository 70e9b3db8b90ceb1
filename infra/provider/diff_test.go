package provider

import (
	"maps"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
)

// The property of each field that differs is named, and what is absent equals what
// is empty.
func TestChangedInputs(t *testing.T) {
	t.Parallel()
	type inputs struct {
		Text  string            `pulumi:"text,optional"`
		List  []string          `pulumi:"list"`
		Map   map[string]string `pulumi:"map"`
		Flag  *bool             `pulumi:"flag,optional"`
		Plain string            // of the program alone
	}
	yes, again, no := true, true, false
	one, other := []string{"a"}, map[string]string{"a": "b"}
	for name, test := range map[string]struct {
		before, after inputs
		want          string
	}{
		"nothing":              {inputs{Text: "a", List: one, Map: other}, inputs{Text: "a", List: []string{"a"}, Map: maps.Clone(other)}, ""},
		"absent and empty":     {inputs{}, inputs{List: []string{}, Map: map[string]string{}}, ""},
		"a text":               {inputs{Text: "a"}, inputs{Text: "b"}, "text"},
		"a list that comes":    {inputs{}, inputs{List: one}, "list"},
		"a list that goes":     {inputs{List: one}, inputs{List: []string{}}, "list"},
		"a map that comes":     {inputs{}, inputs{Map: other}, "map"},
		"a map that goes":      {inputs{Map: other}, inputs{}, "map"},
		"another order":        {inputs{List: []string{"a", "b"}}, inputs{List: []string{"b", "a"}}, "list"},
		"the same by pointer":  {inputs{Flag: &yes}, inputs{Flag: &again}, ""},
		"another by pointer":   {inputs{Flag: &yes}, inputs{Flag: &no}, "flag"},
		"unset and false":      {inputs{}, inputs{Flag: &no}, "flag"},
		"several":              {inputs{Text: "a", List: one}, inputs{}, "list text"},
		"no property of it":    {inputs{Plain: "a"}, inputs{Plain: "b"}, ""},
		"everything from none": {inputs{}, inputs{Text: "a", List: one, Map: other, Flag: &yes}, "flag list map text"},
	} {
		changes := changedInputs(test.before, test.after)
		if got := strings.Join(slices.Sorted(maps.Keys(changes)), " "); got != test.want {
			t.Errorf("%s: %q changed, want %q", name, got, test.want)
		}
		for property, change := range changes {
			if change.Kind != p.Update || !change.InputDiff {
				t.Errorf("%s: %s is %+v", name, property, change)
			}
		}
		if answer := diffOf(changes); answer.HasChanges != (test.want != "") || answer.DeleteBeforeReplace {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// All but the named changes need a replacement.
func TestAsReplace(t *testing.T) {
	t.Parallel()
	changes := func(names ...string) map[string]p.PropertyDiff {
		all := map[string]p.PropertyDiff{}
		for _, name := range names {
			all[name] = p.PropertyDiff{Kind: p.Update}
		}
		return all
	}
	got := asReplace(changes("a", "b"), "b", "c")
	if len(got) != 2 || got["a"].Kind != p.UpdateReplace || got["b"].Kind != p.Update {
		t.Errorf("got %+v", got)
	}
	for name, test := range map[string]struct {
		changes map[string]p.PropertyDiff
		want    bool
	}{
		"none": {nil, false}, "updates": {changes("a", "b"), false}, "one of two": {got, true}, "all": {asReplace(changes("a")), true},
	} {
		if replaces(test.changes) != test.want {
			t.Errorf("%s: replaces is %v", name, !test.want)
		}
	}
}
