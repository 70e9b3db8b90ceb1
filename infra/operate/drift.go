package operate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// DriftReport is what differs from the state of a stack.
type DriftReport struct {
	At      time.Time `json:"at"`
	Changes []Change  `json:"changes"`
}

// Change is a resource that was changed or deleted without the stack.
type Change struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// Deleted tells that it is no longer there.
	Deleted bool `json:"deleted,omitempty"`
	// Properties are those that differ.
	Properties []Difference `json:"properties,omitempty"`
}

// Difference is a property as the state has it and as it was found. A secret
// value is shown as [secret].
type Difference struct {
	Path  string `json:"path"`
	State any    `json:"state"`
	Found any    `json:"found"`
}

// movesOnItsOwn are properties that differ from the state after every deployment:
// the traffic of Cloud Run is a resource of its own, which tells where it is.
var movesOnItsOwn = map[string][]string{
	"gcp:cloudrunv2/service:Service": {"traffics", "trafficStatuses", "generation", "observedGeneration", "etag", "updateTime"},
	"astradb:index:CloudRunServing":  {"revisions", "percents"},
}

// Drifted reads what the engine found out about a resource when it asked the
// platform; false if nothing differs. The engine has masked secrets already.
func Drifted(step apitype.StepEventMetadata) (Change, bool) {
	change := Change{Type: step.Type, Name: Resource{URN: step.URN}.Name()}
	switch {
	case step.Op == apitype.OpDelete || step.Op == apitype.OpRefresh && step.New == nil:
		change.Deleted = true
		return change, true
	case step.Op != apitype.OpUpdate && step.Op != apitype.OpRefresh || step.Old == nil || step.New == nil:
		return change, false
	}
	before, found := maps.Clone(step.Old.Outputs), maps.Clone(step.New.Outputs)
	for _, name := range movesOnItsOwn[step.Type] {
		delete(before, name)
		delete(found, name)
	}
	change.Properties = differences("", before, found)
	return change, len(change.Properties) > 0
}

// differences walks two objects and names the smallest parts that differ.
func differences(path string, state, found map[string]any) (all []Difference) {
	either := map[string]any{}
	maps.Copy(either, state)
	maps.Copy(either, found)
	for key := range either {
		at := strings.TrimPrefix(path+"."+key, ".")
		before, isObject := state[key].(map[string]any)
		after, stays := found[key].(map[string]any)
		switch {
		case isObject && stays:
			all = append(all, differences(at, before, after)...)
		case fmt.Sprint(state[key]) != fmt.Sprint(found[key]):
			all = append(all, Difference{at, state[key], found[key]})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

func (d *DriftReport) describe(now time.Time) string {
	switch {
	case d == nil:
		return "not looked for yet"
	case len(d.Changes) == 0:
		return "none, " + ago(d.At, now)
	}
	names := make([]string, len(d.Changes))
	for i, change := range d.Changes {
		names[i] = change.String()
	}
	return fmt.Sprintf("%s, %s", strings.Join(names, "; "), ago(d.At, now))
}

// String says what is changed, a line a property.
func (c Change) String() string {
	if c.Deleted {
		return fmt.Sprintf("%s %s was deleted", c.Type, c.Name)
	}
	parts := make([]string, len(c.Properties))
	for i, p := range c.Properties {
		parts[i] = fmt.Sprintf("%s is %s, was %s", p.Path, shown(p.Found), shown(p.State))
	}
	return fmt.Sprintf("%s %s was changed: %s", c.Type, c.Name, strings.Join(parts, "; "))
}

func shown(value any) string {
	if value == nil {
		return "not set"
	}
	text := fmt.Sprint(value)
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return text
}
