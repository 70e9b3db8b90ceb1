// Package access holds the organisation's roles and tokens, and decides what
// a token may do. Every check of the Data API and the DevOps API ends here. A
// token's secret is never stored, only a salted hash of it.
package access

import (
	"slices"
	"strings"
)

// Policy is what a role allows, in the DevOps API's own shape.
type Policy struct {
	Description string   `json:"description"`
	Resources   []string `json:"resources"`
	Actions     []string `json:"actions"`
	Effect      string   `json:"effect"`
}

// Role is a named policy.
type Role struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Policy Policy `json:"policy"`
	// System roles come with the organisation and cannot be changed.
	System bool `json:"system,omitempty"`
}

// Resource addresses what an action is for: empty fields stand above it.
type Resource struct{ Org, DB, Keyspace, Table string }

// drn splits a resource name into org, db, keyspace and table; depth is how
// many of them it names.
func drn(name string) (parts [4]string, depth int, ok bool) {
	fields := strings.Split(name, ":")
	if len(fields) < 4 || fields[0] != "drn" || fields[1] != "astra" || len(fields)%2 != 0 || len(fields) > 10 {
		return parts, 0, false
	}
	for i, label := range []string{"org", "db", "keyspace", "table"} {
		at := 2 + 2*i
		if at >= len(fields) {
			break
		}
		if fields[at] != label {
			return parts, 0, false
		}
		parts[i], depth = fields[at+1], i+1
	}
	return parts, depth, true
}

// ValidDRN reports whether the name has the form of an Astra resource name.
func ValidDRN(name string) bool {
	_, _, ok := drn(name)
	return ok
}

func (r Resource) parts() ([4]string, int) {
	p := [4]string{r.Org, r.DB, r.Keyspace, r.Table}
	depth := 0
	for depth < 4 && p[depth] != "" {
		depth++
	}
	return p, depth
}

// covers reports whether a resource name reaches the resource at its own level.
// A deeper name reaches it too when below is set.
func covers(name string, r Resource, below bool) bool {
	have, depth, ok := drn(name)
	want, level := r.parts()
	if !ok || depth < level || depth > level && !below {
		return false
	}
	for i := range level {
		if have[i] != "*" && have[i] != want[i] {
			return false
		}
	}
	return true
}

// Allows reports whether the role permits the action on the resource or, if below is
// set, on one within it.
func (r Role) Allows(action string, on Resource, below bool) bool {
	return r.Policy.Effect == "allow" && slices.Contains(r.Policy.Actions, action) &&
		slices.ContainsFunc(r.Policy.Resources, func(name string) bool { return covers(name, on, below) })
}
