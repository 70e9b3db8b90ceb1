package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

var update = flag.Bool("update", false, "write the golden plans anew")

const checkout = "../.."

// TestGoldenPlans holds the plan of each environment to the reviewed one.
// Rewrite them with: go test ./stacks/cloudrun -update
func TestGoldenPlans(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", absolute(t))
	for _, environment := range []string{"dev", "prod"} {
		t.Run(environment, func(t *testing.T) {
			root := filepath.Join(absolute(t), "stacks", "testdata", "cloudrun-"+environment)
			got := planOf(t, root, environment)
			golden := filepath.Join(root, "plan.txt")
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
				t.Errorf("the plan is not the reviewed one; if it is meant to be, run: go test ./stacks/cloudrun -update\n%s", firstDifference(string(want), got))
			}
		})
	}
}

// TestTheCommittedProductionStackHasAPlan is make plan STACK=prod.
func TestTheCommittedProductionStackHasAPlan(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", absolute(t))
	if got := planOf(t, absolute(t), "prod"); !strings.Contains(got, "gcp:cloudrunv2/service:Service killrvideo-api-prod") {
		t.Errorf("no service is in it:\n%s", got)
	}
}

func planOf(t *testing.T, root, stack string) string {
	t.Helper()
	planned, err := stacks.Plan(root, stack, "cloudrun", build)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := planned.Print(&text); err != nil {
		t.Fatal(err)
	}
	// The root of the test's stack file is not the checkout.
	return strings.ReplaceAll(text.String(), absolute(t), ".")
}

func absolute(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(checkout)
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
