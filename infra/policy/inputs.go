package policy

import (
	"regexp"
	"strings"
)

// at walks down objects, and into the first item of lists; nil when there is
// nothing.
func at(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		if items := list(value); len(items) > 0 {
			value = items[0]
		}
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// each is the values at the end of a path, in every item of the lists on the
// way; one nil when there is nothing.
func each(value any, path string) (all []any) {
	if items := list(value); len(items) > 0 {
		for _, item := range items {
			all = append(all, each(item, path)...)
		}
		return all
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

var (
	digest = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)
	// built is a reference by the digest that the image's build tells.
	built = regexp.MustCompile(`@\$\{[a-z0-9-]+\.digest\}$`)
	// sensitive are names of variables that must not stand in clear.
	sensitive = regexp.MustCompile(`TOKEN|SECRET|PASSWORD|API_KEY|PRIVATE`)
)

// inClear tells that a variable of this name must not be in plaintext. A time
// until which a secret holds is none.
func inClear(name string) bool {
	return sensitive.MatchString(name) && !strings.HasSuffix(name, "_UNTIL")
}

func pinnedImage(image string) bool { return digest.MatchString(image) || built.MatchString(image) }

// when returns what is wrong if it is.
func when(wrong bool, what string) []string {
	if wrong {
		return []string{what}
	}
	return nil
}
