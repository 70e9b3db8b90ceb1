package plantest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Access holds who may do what in the plans of a target to the reviewed table
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
		var table strings.Builder
		for _, right := range policy.Access(planned.Plan, provider.LeastActions()) {
			table.WriteString(right.String() + "\n")
			if right.Wide() && right.Reason() == "" {
				t.Errorf("%s: %s, and nobody says why", environment, right)
			}
		}
		reviewed := filepath.Join(root, "access.txt")
		if *update {
			if err := os.WriteFile(reviewed, []byte(table.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(reviewed)
		if err != nil {
			t.Fatal(err)
		}
		if table.String() != string(want) {
			t.Errorf("%s: the rights are not the reviewed ones; if they are meant to be, run: go test ./stacks/%s -update\n%s",
				environment, target, firstDifference(string(want), table.String()))
		}
	}
}
