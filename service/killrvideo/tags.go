package killrvideo

import (
	"slices"
	"strings"
)

// Limits of a video's tags, in number and in characters.
const (
	MaxTags      = 50
	maxTagLength = 50
)

// NormalizeTags trims tags, converts them to lower case, drops empty and duplicate ones
// and sorts the rest.
func NormalizeTags(tags []string) []string {
	normal := make([]string, 0, len(tags))
	for _, tag := range tags {
		if tag = strings.ToLower(strings.Join(strings.Fields(tag), " ")); tag != "" {
			normal = append(normal, tag)
		}
	}
	slices.Sort(normal)
	return slices.Compact(normal)
}

func checkTags(tags []string, problems *[]FieldError) []string {
	rule := textRule{field: "tags"}
	normal := NormalizeTags(tags)
	if len(normal) > MaxTags {
		rule.report(problems, "must not be more than 50")
	}
	if slices.ContainsFunc(normal, func(tag string) bool { return strings.ContainsFunc(tag, breaksOut) }) {
		rule.report(problems, msgBreaksOut)
	}
	for _, tag := range normal {
		if len([]rune(tag)) > maxTagLength {
			rule.report(problems, "must have at most 50 characters each")
			break
		}
	}
	return normal
}
