package main

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// TestPolicy holds the committed development stack to the rules, without any
// exception.
func TestPolicy(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KILLRVIDEO_ROOT", checkout)
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	planned, err := stacks.Plan(checkout, "dev", "local", build)
	if err != nil {
		t.Fatal(err)
	}
	if len(planned.Resources) < 8 {
		t.Errorf("the plan has only %d resources", len(planned.Resources))
	}
	findings, err := policy.Check(planned.Plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s (%s)", f.Resource, f.What, f.Rule.Name)
	}
}
