package plantest

import (
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// Policy holds the plan of a stack, whose file is in root, to the rules, and all
// that a cloud gets to having a component as its parent.
func Policy(t *testing.T, root, stack, target string, build stacks.Builder) {
	t.Helper()
	obeys(t, made(t, root, stack, target, build))
}

func obeys(t *testing.T, planned *stacks.Planned) {
	t.Helper()
	for _, f := range planned.Findings {
		t.Error(f)
	}
	for _, r := range planned.Resources {
		provider, _, _ := strings.Cut(r.Type, ":")
		if slices.Contains([]string{"aws", "gcp", "kubernetes"}, provider) && !r.Component && r.Parent == "" {
			t.Errorf("%s has no component as its parent", r.Label())
		}
	}
}
