package cli

import (
	"regexp"
	"slices"
	"strings"
)

// What the engine and the providers put around a cause. None of it is searched
// to classify a failure; it is only left out of what people read.
var (
	// sdk-v2/provider2.go:385: sdk.helper_schema: of the bridged providers.
	sourceLine = regexp.MustCompile(`(?m)[\w./-]+\.go:\d+: (?:sdk\.\w+: )?`)
	// The way from a failed Apply to the resource that waited for it.
	awaiting = regexp.MustCompile(`(?:waiting for RPCs: )?(?:marshaling properties: )?awaiting input property "?[\w.]+"?: `)
	// What was done to which resource, before the cause.
	operation = regexp.MustCompile(`(?:creating|updating|deleting|reading|refreshing) (urn:pulumi:[^\s:]+::\S+?): `)
	several   = regexp.MustCompile(`1 error occurred:\s+\* `)
)

// tidy is a message of the engine with its cause first and what it is about
// last, each once.
func tidy(message string) string {
	var urns []string
	for _, found := range operation.FindAllStringSubmatch(message, -1) {
		urns = append(urns, found[1])
	}
	for _, wrapping := range []*regexp.Regexp{sourceLine, awaiting, operation, several} {
		message = wrapping.ReplaceAllString(message, "")
	}
	var lines []string
	for line := range strings.Lines(message) {
		line = strings.TrimSpace(line)
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(urns)
	for _, urn := range slices.Compact(urns) {
		lines = append(lines, "  "+urn)
	}
	return strings.Join(lines, "\n")
}

// once leaves out what was said before.
func once(messages []string) (kept []string) {
	for _, message := range messages {
		if !slices.ContainsFunc(kept, func(before string) bool { return strings.Contains(before, message) }) {
			kept = append(kept, message)
		}
	}
	return kept
}
