package resource

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// inputs are the inputs among the fields of arguments, by the names in their
// tags, without those that the caller left out: an absent input lets the
// provider's default apply, a null one would not. One that is tagged as a secret
// is marked so, whatever the caller did, so that a plain value never reaches the
// state in plaintext.
func inputs(args any) pulumi.Map {
	all := pulumi.Map{}
	for field, value := range reflect.Indirect(reflect.ValueOf(args)).Fields() {
		name := field.Tag.Get("pulumi")
		input, _ := value.Interface().(pulumi.Input)
		switch {
		case name == "" || absent(input):
		case field.Tag.Get("provider") == "secret":
			all[name] = pulumi.ToSecret(input)
		default:
			all[name] = input
		}
	}
	return all
}

// absent tells an input that was left out from one that was given, also when a typed
// nil hides in the interface (a nil map or array converted to an input).
func absent(value pulumi.Input) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		return v.IsNil()
	default:
		return false
	}
}
