package plantest

import (
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Policy holds the plan of a stack, whose file is in root, to the rules. Each
// exception of the ledger that it needs is named by its first ID; one that is
// not named is a failure, and so is one that was not needed.
func Policy(t *testing.T, root, stack, target string, build stacks.Builder, exceptions ...string) {
	t.Helper()
	planned, err := stacks.Plan(root, stack, target, build)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := policy.Check(planned.Plan)
	if err != nil {
		t.Fatal(err)
	}
	needed := map[string]bool{}
	for _, f := range findings {
		if f.Excepted == "" || !slices.Contains(exceptions, f.Rule.IDs[0]) {
			t.Errorf("%s: %s (%s)", f.Resource, f.What, f.Rule.Name)
			continue
		}
		needed[f.Rule.IDs[0]] = true
	}
	for _, id := range exceptions {
		if !needed[id] {
			t.Errorf("the exception %s is not needed; is what it is about still in the plan?", id)
		}
	}
}
