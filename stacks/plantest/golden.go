// Package plantest holds a target's plans to the reviewed ones below
// stacks/testdata. It is for the tests of the targets' programs alone.
package plantest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

var update = flag.Bool("update", false, "write the golden plans anew")

// Golden compares the plan of each environment of a target with the reviewed
// one. Rewrite them with: go test ./stacks/TARGET -update
func Golden(t *testing.T, target string, build stacks.Builder, environments ...string) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	for _, environment := range environments {
		t.Run(environment, func(t *testing.T) {
			root := filepath.Join(Checkout(t), "stacks", "testdata", target+"-"+environment)
			got, golden := Plan(t, root, environment, target, build), filepath.Join(root, "plan.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the plan is not the reviewed one; if it is meant to be, run: go test ./stacks/%s -update\n%s", target, firstDifference(string(want), got))
			}
		})
	}
}

// Plan is the printed plan of a stack whose file is in root.
func Plan(t *testing.T, root, stack, target string, build stacks.Builder) string {
	t.Helper()
	planned, err := stacks.Plan(root, stack, target, build)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := planned.Print(&text); err != nil {
		t.Fatal(err)
	}
	// The folder of the test's stack file is not the checkout.
	return strings.ReplaceAll(text.String(), Checkout(t), ".")
}

// Checkout is the root of the repository, from a folder two below it.
func Checkout(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func firstDifference(want, got string) string {
	wanted, have := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(have)) {
		if wanted[i] != have[i] {
			return "reviewed: " + wanted[i] + "\nnow:      " + have[i]
		}
	}
	return "one is longer than the other"
}
