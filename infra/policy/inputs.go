package policy

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// unknown marks an input that a preview cannot know. Rules accept it; the up
// judges the value.
const unknown = "${unknown}"

// at follows a path into objects, and into the first item of lists; nil if
// there is nothing.
func at(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		if items := list(value); len(items) > 0 {
			value = items[0]
		}
		if value == unknown {
			return unknown
		}
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// each is the values at the end of a path, in every item of the lists on the
// way; one nil if there is nothing.
func each(value any, path string) (all []any) {
	if items := list(value); len(items) > 0 {
		for _, item := range items {
			all = append(all, each(item, path)...)
		}
		return all
	}
	if value == unknown {
		return []any{unknown}
	}
	name, rest, more := strings.Cut(path, ".")
	object, _ := value.(map[string]any)
	if !more {
		return []any{object[name]}
	}
	return each(object[name], rest)
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

func number(value any) float64 {
	n, _ := value.(float64)
	return n
}

// firstOf is the first of some inputs that is there.
func firstOf(r plan.Resource, paths ...string) string {
	for _, path := range paths {
		if value := text(at(r.Inputs, path)); value != "" {
			return value
		}
	}
	return ""
}

// when returns the problem if there is one.
func when(wrong bool, problem string) []string {
	if wrong {
		return []string{problem}
	}
	return nil
}
