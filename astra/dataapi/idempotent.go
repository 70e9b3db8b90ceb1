package dataapi

import (
	"encoding/json"
	"reflect"
)

// idempotent tells whether an update may be sent twice: only $set and $unset.
// What cannot be read is not.
func idempotent(change any) bool {
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

// isNil tells a missing filter from an empty one, also when a nil map hides in
// the interface.
func isNil(filter any) bool {
	if filter == nil {
		return true
	}
	v := reflect.ValueOf(filter)
	return (v.Kind() == reflect.Map || v.Kind() == reflect.Pointer) && v.IsNil()
}
