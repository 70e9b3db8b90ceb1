package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// TestPolicy holds the plan of a cluster's stack to the rules; what the ledger
// excepts is that secrets are variables and no files.
func TestPolicy(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KILLRVIDEO_ROOT", checkout)
	root := t.TempDir()
	settings := "config:\n  killrvideo:target: kubernetes\n  killrvideo:environment: prod\n" +
		"  killrvideo:image: registry.example.org/killrvideo@sha256:0000000000000000000000000000000000000000000000000000000000000000\n" +
		"  killrvideo:kubernetes: {expose: loadbalancer, allowHttp: true}\n"
	if err := os.WriteFile(filepath.Join(root, "Pulumi.prod.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	planned, err := stacks.Plan(root, "prod", "kubernetes", build)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := policy.Check(planned.Plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Excepted == "" || f.Rule.IDs[0] != "CKV_K8S_35" {
			t.Errorf("%s: %s (%s)", f.Resource, f.What, f.Rule.Name)
		}
	}
	if len(findings) == 0 {
		t.Error("the exception for variables from a Secret was not found; is there a Deployment in the plan?")
	}
}
