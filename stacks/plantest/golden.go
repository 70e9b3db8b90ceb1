// Package plantest holds a target's plans to the reviewed ones below
// stacks/testdata. It is for the tests of the targets' programs alone.
package plantest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy/policytest"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Golden compares the plan of each environment of a target with the reviewed
// one, and the rights in it with the reviewed table beside it, in which each wide
// right has a reason; and it holds the plan to the rules. Rewrite plans and tables
// with: go test ./stacks/TARGET -update
func Golden(t *testing.T, target string, build stacks.Builder, environments ...string) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	for _, environment := range environments {
		t.Run(environment, func(t *testing.T) {
			root := filepath.Join(Checkout(t), "stacks", "testdata", target+"-"+environment)
			planned := made(t, root, environment, target, build)
			policytest.Reviewed(t, filepath.Join(root, "plan.txt"), printed(t, planned, target))
			policytest.Access(t, filepath.Join(root, "access.txt"), planned.Plan, provider.LeastActions())
			obeys(t, planned)
		})
	}
}

// Plan is the printed plan of a stack whose file is in root.
func Plan(t *testing.T, root, stack, target string, build stacks.Builder) string {
	t.Helper()
	return printed(t, made(t, root, stack, target, build), target)
}

func made(t *testing.T, root, stack, target string, build stacks.Builder) *stacks.Planned {
	t.Helper()
	planned, err := stacks.Plan(root, stack, target, build)
	if err != nil {
		t.Fatal(err)
	}
	return planned
}

func printed(t *testing.T, planned *stacks.Planned, target string) string {
	t.Helper()
	var text strings.Builder
	if err := planned.Print(&text); err != nil {
		t.Fatal(err)
	}
	// The folder of the test's stack file is not the checkout.
	readable := strings.ReplaceAll(text.String(), Checkout(t), ".")
	if home := os.Getenv("KILLRVIDEO_HOME"); home != "" {
		readable = strings.ReplaceAll(readable, home, "./.killrvideo")
	}
	if target == "local" {
		readable = built.ReplaceAllString(readable, "${1}<its hash>")
	}
	return readable
}

// built are the names of what target local runs: a hash of the program is in
// them, and so changes with every line of it.
var built = regexp.MustCompile(`(bin/[a-z-]+-|REVISION: |revision: |service )[0-9a-f]{12}\b`)

// Checkout is the root of the repository, from a folder two below it.
func Checkout(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}
