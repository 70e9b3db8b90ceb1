package provider_test

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// contains looks for text in the strings of a value, down to the last one.
func contains(v property.Value, text string) bool {
	switch {
	case v.IsString():
		return strings.Contains(v.AsString(), text)
	case v.IsArray():
		for _, element := range v.AsArray().All {
			if contains(element, text) {
				return true
			}
		}
	case v.IsMap():
		for name, element := range v.AsMap().All {
			if strings.Contains(name, text) || contains(element, text) {
				return true
			}
		}
	}
	return false
}
