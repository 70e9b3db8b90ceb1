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
	// What the provider of Kubernetes says in the same place.
	byServer = regexp.MustCompile(`resource "?(urn:pulumi:[^\s"]+)"? was not successfully \w+ by (the Kubernetes API server) ?: `)
)

// tidy is a message of the engine with its cause first and what it is about
// last, each once.
func tidy(message string) string {
	var urns []string
	for _, naming := range []*regexp.Regexp{operation, byServer} {
		for _, found := range naming.FindAllStringSubmatch(message, -1) {
			urns = append(urns, found[1])
		}
	}
	message = byServer.ReplaceAllString(message, "$2: ")
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

// once leaves out what is said by another message too: providers log a cause
// before they return it with the resource.
func once(messages []string) (kept []string) {
	for i, message := range messages {
		holds := func(other string) bool { return strings.Contains(other, message) }
		longer := func(other string) bool { return holds(other) && other != message }
		if !slices.ContainsFunc(messages[:i], holds) && !slices.ContainsFunc(messages[i+1:], longer) {
			kept = append(kept, message)
		}
	}
	return kept
}

// direct is an error of the program without the way from a failed Apply to what
// waited for it.
func direct(err error) error {
	text := awaiting.ReplaceAllString(err.Error(), "")
	if text == err.Error() {
		return err
	}
	return said{text, err}
}
