package provider

import (
	"reflect"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
)

// changedInputs compares two values of one argument type and returns the
// property of every field that differs, as an update. An absent list or map
// equals an empty one.
func changedInputs[I any](before, after I) map[string]p.PropertyDiff {
	changes := map[string]p.PropertyDiff{}
	old, new := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range old.NumField() {
		name, _, _ := strings.Cut(old.Type().Field(i).Tag.Get("pulumi"), ",")
		if name != "" && !sameValue(old.Field(i), new.Field(i)) {
			changes[name] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
		}
	}
	return changes
}

func sameValue(a, b reflect.Value) bool {
	if k := a.Kind(); (k == reflect.Slice || k == reflect.Map) && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// asReplace turns every change into one that needs a replacement, except the
// named ones.
func asReplace(changes map[string]p.PropertyDiff, except ...string) map[string]p.PropertyDiff {
	for name, change := range changes {
		if !slices.Contains(except, name) {
			change.Kind = p.UpdateReplace
			changes[name] = change
		}
	}
	return changes
}

// diffOf wraps changes for the engine; there is never a deletion before the
// replacement, since what is replaced here is in use until the end.
func diffOf(changes map[string]p.PropertyDiff) p.DiffResponse {
	return p.DiffResponse{HasChanges: len(changes) > 0, DetailedDiff: changes}
}

// replaces says whether one of the changes needs a replacement.
func replaces(changes map[string]p.PropertyDiff) bool {
	for _, change := range changes {
		if change.Kind == p.UpdateReplace {
			return true
		}
	}
	return false
}
