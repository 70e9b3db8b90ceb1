package plan

import "strings"

// Unknown marks an input that a preview cannot know.
const Unknown = "${unknown}"

// At follows a path such as spec.rules.host into objects, and into the first
// item of lists; nil if there is nothing. An empty path is the value itself.
func At(value any, path string) any {
	if path == "" {
		return value
	}
	for name := range strings.SplitSeq(path, ".") {
		if items, _ := value.([]any); len(items) > 0 {
			value = items[0]
		}
		if value == Unknown {
			return Unknown
		}
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// Each is the values at the end of a path, in every item of the lists on the
// way; one nil if there is nothing.
func Each(value any, path string) (all []any) {
	if items, _ := value.([]any); len(items) > 0 {
		for _, item := range items {
			all = append(all, Each(item, path)...)
		}
		return all
	}
	if value == Unknown {
		return []any{Unknown}
	}
	name, rest, more := strings.Cut(path, ".")
	object, _ := value.(map[string]any)
	if !more {
		return []any{object[name]}
	}
	return Each(object[name], rest)
}

// List is the list at a path, nil if there is none.
func List(value any, path string) []any {
	items, _ := At(value, path).([]any)
	return items
}

// Text is the text at a path, empty if there is none.
func Text(value any, path string) string {
	s, _ := At(value, path).(string)
	return s
}

// Number is the number at a path, 0 if there is none.
func Number(value any, path string) float64 {
	n, _ := At(value, path).(float64)
	return n
}

// Text is the first text that is not empty at some paths of the inputs.
func (r Resource) Text(paths ...string) string {
	for _, path := range paths {
		if found := Text(r.Inputs, path); found != "" {
			return found
		}
	}
	return ""
}

// Environment is the environment that the resource is labelled with.
func (r Resource) Environment() string {
	return r.Text("labels.environment", "tags.environment", "metadata.labels.environment")
}
