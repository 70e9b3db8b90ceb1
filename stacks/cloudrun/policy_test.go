package main

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestPolicy holds the plan of each environment to the rules; what the ledger
// excepts is public access, where the stack asks for it.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for _, environment := range []string{"dev", "prod"} {
		t.Run(environment, func(t *testing.T) {
			root := filepath.Join(plantest.Checkout(t), "stacks", "testdata", "cloudrun-"+environment)
			planned, err := stacks.Plan(root, environment, "cloudrun", build)
			if err != nil {
				t.Fatal(err)
			}
			findings, err := policy.Check(planned.Plan)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range findings {
				if f.Excepted == "" || f.Rule.IDs[0] != "CKV_GCP_102" {
					t.Errorf("%s: %s (%s)", f.Resource, f.What, f.Rule.Name)
				}
			}
		})
	}
}
