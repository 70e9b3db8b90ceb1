package app

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Known is the value of an input that does not come from a resource.
func Known(input pulumi.StringInput) (string, bool) {
	value, is := input.(pulumi.String)
	return string(value), is
}

// Optional is a text as an input, nil if it is empty.
func Optional(text string) pulumi.StringInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}

// OptionalPtr is an input of the type that providers want for an optional one,
// nil if it is not set.
func OptionalPtr(input pulumi.StringInput) pulumi.StringPtrInput {
	if input == nil {
		return nil
	}
	return input.ToStringOutput().ToStringPtrOutput()
}
