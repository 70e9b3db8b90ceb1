package plantest

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config/table"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Complete wants a refused case for every setting there is: the general ones,
// and each member of the target's own group, of which group is an empty one.
// Free are the settings that take any text, each with why. It then gives every
// member of the group a value of another type.
func Complete(t *testing.T, name string, build stacks.Builder, group any, cases []Case, free map[string]string) {
	t.Helper()
	refused := map[string]bool{}
	for _, c := range cases {
		for _, key := range c.Keys {
			// A value of another type is what Mistyped gives every member.
			refused[key] = refused[key] || c.Name != "wrong types"
		}
	}
	for _, key := range settings(name, group) {
		switch {
		case !refused[key] && free[key] == "":
			t.Errorf("no value of %s is refused; add a case, or say why it takes any", key)
		case refused[key] && free[key] != "":
			t.Errorf("%s is said to take any value (%s), and a case refuses one", key, free[key])
		}
	}
	Mistyped(t, name, build, group)
}

// Mistyped gives every member of a group a value of another type, and wants
// each refused with its fix.
func Mistyped(t *testing.T, name string, build stacks.Builder, group any) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	for member, kind := range membersOf(group) {
		t.Run("mistyped "+member, func(t *testing.T) {
			mistyped(t, name, build, name+"."+member, Case{Group: "{" + member + ": " + other(kind) + "}"})
		})
	}
	for _, key := range stacks.ServiceMembers() {
		t.Run("mistyped "+key.Name, func(t *testing.T) {
			value := "other"
			if key.Rule.Type == table.TypeString {
				value = "7"
			}
			member := strings.TrimPrefix(key.Name, "service.")
			mistyped(t, name, build, key.Name, Case{General: "service: {" + member + ": " + value + "}"})
		})
	}
}

// other is a value that is not of a kind.
func other(kind reflect.Kind) string {
	if kind == reflect.String {
		return "7"
	}
	return "other"
}

// membersOf are the kinds of a group's members by their names in a stack file.
func membersOf(group any) map[string]reflect.Kind {
	members, object := map[string]reflect.Kind{}, reflect.TypeOf(group)
	for i := range object.NumField() {
		field := object.Field(i)
		kind := field.Type.Kind()
		if kind == reflect.Pointer {
			kind = field.Type.Elem().Kind()
		}
		if member := field.Tag.Get("json"); member != "" && member != "-" {
			members[member] = kind
		}
	}
	return members
}

// settings are the keys that need a case: a flag has no wrong value but one of
// another type, and a group is its members.
func settings(name string, group any) (keys []string) {
	for _, key := range append(stacks.Keys(), stacks.ServiceMembers()...) {
		if key.Rule.Type != table.TypeObject {
			keys = append(keys, key.Name)
		}
	}
	for member, kind := range membersOf(group) {
		if kind != reflect.Bool {
			keys = append(keys, name+"."+member)
		}
	}
	slices.Sort(keys)
	return keys
}

func mistyped(t *testing.T, name string, build stacks.Builder, key string, c Case) {
	t.Helper()
	_, err := stacks.Plan(Write(t, name, c), "dev", name, build)
	var problems *stacks.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("it is not refused: %v", err)
	}
	found := slices.ContainsFunc(problems.List, func(p stacks.Problem) bool {
		return p.Key == key && strings.HasPrefix(p.What, "must be ") && strings.HasPrefix(p.Fix, "pulumi config ")
	})
	if !found {
		t.Errorf("%s of another type is not among what is refused: %v", key, err)
	}
}
