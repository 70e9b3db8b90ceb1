package enginetest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// added are the types that earlier versions did not have. What is below them was
// below their parents.
var added = []string{
	"infra:cloudrun:Secrets", "infra:ecs:Secrets", "infra:kubernetes:Secrets", "infra:image:Image", "infra:gate:Gate", "infra:local:Service",
}

// FormerState is the exported state of stack dev as an earlier version would
// have written it: with the former types, names and parents.
func FormerState(t *testing.T, exported []byte) []byte {
	t.Helper()
	var all map[string]any
	must(t, json.Unmarshal(exported, &all))
	deployment, whole := all["deployment"].(map[string]any)
	if !whole {
		deployment = all
	}
	resources, _ := deployment["resources"].([]any)
	deployment["resources"] = withoutAdded(resources)
	text, err := json.Marshal(all)
	must(t, err)
	former := string(text)
	for _, kind := range added {
		former = strings.ReplaceAll(former, "$"+kind+"$", "$")
		former = strings.ReplaceAll(former, "::"+kind+"$", "::")
	}
	for current, kind := range stacks.FormerTypes() {
		former = strings.ReplaceAll(former, current, kind)
	}
	return []byte(strings.NewReplacer(
		`::killrvideo-image-dev-tag"`, `::image-tag-dev"`, `::killrvideo-image-dev"`, `::image-dev"`,
		`::gate-dev-drain"`, `::drain-dev"`, `:Front::killrvideo-front-dev"`, `:Front::front-dev"`,
	).Replace(former))
}

// withoutAdded leaves out the components that earlier versions did not have.
func withoutAdded(resources []any) (all []any) {
	parents := map[string]any{}
	for _, r := range resources {
		one := r.(map[string]any)
		if slices.Contains(added, one["type"].(string)) {
			parents[one["urn"].(string)] = one["parent"]
			continue
		}
		all = append(all, one)
	}
	for _, r := range all {
		one := r.(map[string]any)
		if parent, _ := one["parent"].(string); parents[parent] != nil {
			one["parent"] = parents[parent]
		}
	}
	return all
}
