package plantest

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy/policytest"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Access compares the rights in the plans of a target with the reviewed table
// beside each plan, and every wide right to a reason. Rewrite the tables with:
// go test ./stacks/TARGET -update
func Access(t *testing.T, target string, build stacks.Builder, environments ...string) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	for _, environment := range environments {
		root := filepath.Join(Checkout(t), "stacks", "testdata", target+"-"+environment)
		planned, err := stacks.Plan(root, environment, target, build)
		if err != nil {
			t.Fatal(err)
		}
		policytest.Access(t, filepath.Join(root, "access.txt"), planned.Plan, provider.LeastActions())
	}
}
