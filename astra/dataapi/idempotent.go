package dataapi

import (
	"encoding/json"
	"reflect"
)

// idempotent reports whether an update may be sent twice: only one of $set and
// $unset, or a builder that says so. One that cannot be read may not.
func idempotent(change any) bool {
	if builder, ok := change.(interface{ Idempotent() bool }); ok {
		return builder.Idempotent()
	}
	text, err := json.Marshal(change)
	if err != nil {
		return false
	}
	var operators map[string]json.RawMessage
	if json.Unmarshal(text, &operators) != nil || len(operators) == 0 {
		return false
	}
	for name := range operators {
		if name != "$set" && name != "$unset" {
			return false
		}
	}
	return true
}

// isNil reports a missing filter, also a nil map inside the interface.
func isNil(filter any) bool {
	v := reflect.ValueOf(filter)
	return filter == nil || (v.Kind() == reflect.Map || v.Kind() == reflect.Pointer) && v.IsNil()
}
