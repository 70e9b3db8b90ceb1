package plan

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Difference is what going from one plan to another does.
type Difference struct {
	Created  []Change `json:"created,omitempty"`
	Changed  []Change `json:"changed,omitempty"`
	Replaced []Change `json:"replaced,omitempty"`
	Deleted  []Change `json:"deleted,omitempty"`
	// OldFirst are replaced too, and gone in between.
	OldFirst []Change `json:"replacedOldFirst,omitempty"`
	// Restarts says what is restarted, a sentence each.
	Restarts []string `json:"restarts,omitempty"`
}

// Change is a resource and, unless it is new or gone, the inputs that differ,
// such as template.scaling.minInstanceCount.
type Change struct {
	Resource string   `json:"resource"`
	Inputs   []string `json:"inputs,omitempty"`
}

// Diff compares two plans. What a resource waits for does not count: it
// changes the order of a deployment, and nothing that is there.
func Diff(before, after *Plan) (d Difference) {
	old := map[string]Resource{}
	for _, r := range before.Resources {
		old[r.Label()] = r
	}
	told := moves(old, after)
	for _, r := range after.Resources {
		was, there := old[r.Label()]
		delete(old, r.Label())
		if !there {
			d.Created = append(d.Created, Change{Resource: r.Label()})
			continue
		}
		d.compare(was, r, told)
	}
	for _, label := range slices.Sorted(maps.Keys(old)) {
		d.Deleted = append(d.Deleted, Change{Resource: label})
	}
	return d
}

func (d *Difference) compare(was, now Resource, told moved) {
	inputs, replacing := changed(was, now, told)
	if len(inputs) == 0 {
		return
	}
	change := Change{now.Label(), inputs}
	switch {
	case replacing && oldFirst(now):
		d.OldFirst = append(d.OldFirst, change)
	case replacing:
		d.Replaced = append(d.Replaced, change)
	default:
		d.Changed = append(d.Changed, change)
	}
	if what := restarts(now.Type); what != "" {
		d.Restarts = append(d.Restarts, now.Label()+": "+what)
	}
}

// changed are the inputs that differ, or will once what they come from has
// moved, and whether one of them replaces the resource.
func changed(was, now Resource, told moved) (inputs []string, replacing bool) {
	names := slices.Concat(slices.Collect(maps.Keys(was.Inputs)), slices.Collect(maps.Keys(now.Inputs)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		where := within(name, was.Inputs[name], now.Inputs[name])
		if len(where) == 0 && told.reach(now, now.Inputs[name]) {
			where = []string{name}
		}
		inputs = append(inputs, where...)
	}
	if was.Protect != now.Protect {
		inputs = append(inputs, "protection")
	}
	comes := func(path string) bool { return told.reach(now, along(now.Inputs, path)) }
	return inputs, len(Replacing(now.Type, was.Inputs, now.Inputs)) > 0 || slices.ContainsFunc(factsOf(now.Type).replacing, comes)
}

// most is how many places of one input are told apart.
const most = 4

// within is where an input differs, the whole of it when it does in many places.
func within(name string, was, now any) (where []string) {
	if written(was) == written(now) {
		return nil
	}
	before, after := parts(was), parts(now)
	if before == nil || after == nil {
		return []string{name}
	}
	keys := slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		where = append(where, within(name+key, before[key], after[key])...)
	}
	if len(where) > most {
		return []string{name}
	}
	return where
}

// parts are what a value is made of, by how that is written behind its name;
// nil for a plain one.
func parts(value any) map[string]any {
	all := map[string]any{}
	switch v := value.(type) {
	case map[string]any:
		for name, part := range v {
			all["."+name] = part
		}
	case []any:
		for i, part := range v {
			all[fmt.Sprintf("[%d]", i)] = part
		}
	default:
		return nil
	}
	return all
}

// written is a value as a plan prints it, whatever types it was read into.
func written(value any) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// Print writes the difference, grouped by what happens.
func (d Difference) Print(w io.Writer) error {
	var b strings.Builder
	for _, group := range []struct {
		what    string
		changes []Change
	}{{"created", d.Created}, {"changed", d.Changed}, {"replaced, new first", d.Replaced},
		{"replaced, old first, so that it is gone in between", d.OldFirst}, {"deleted", d.Deleted}} {
		if len(group.changes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s:\n", group.what)
		for _, c := range group.changes {
			fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(c.Resource+"  "+strings.Join(c.Inputs, ", ")))
		}
	}
	for _, what := range d.Restarts {
		fmt.Fprintf(&b, "restarts: %s\n", what)
	}
	if b.Len() == 0 {
		b.WriteString("no difference\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
