package fault

import (
	"slices"
	"strings"
)

// Mismatch says that a part of a request is of the wrong JSON type.
func Mismatch(format string, args ...any) error {
	return New("REQUEST_STRUCTURE_MISMATCH", "The request is valid JSON, but its structure does not match: "+format+
		"\n\nResend the request with a valid structure.", args...)
}

// OnlyFields refuses fields that a command does not know; where names the part of
// the command that has them, "" for the command itself.
func OnlyFields(where string, given []string, known ...string) error {
	for _, field := range given {
		if slices.Contains(known, field) {
			continue
		}
		if where != "" {
			where = " of " + where
		}
		return New("COMMAND_FIELD_UNKNOWN", "Command field '%s'%s not recognized: not one of known fields ('%s').\n\nResend the command "+
			"with known fields only.", field, where, strings.Join(slices.Compact(slices.Sorted(slices.Values(known))), "', '"))
	}
	return nil
}
