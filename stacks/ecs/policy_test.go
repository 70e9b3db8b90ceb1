package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// TestPolicy holds the plan of an ECS stack to the rules,
// without any exception.
func TestPolicy(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KILLRVIDEO_ROOT", checkout)
	root := t.TempDir()
	settings := "config:\n  killrvideo:target: ecs\n  killrvideo:environment: prod\n  killrvideo:memory: 2048Mi\n" +
		"  killrvideo:image: registry.example.org/killrvideo@sha256:0000000000000000000000000000000000000000000000000000000000000000\n" +
		"  killrvideo:ecs: {region: eu-west-1, allowHttp: true}\n"
	if err := os.WriteFile(filepath.Join(root, "Pulumi.prod.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	planned, err := stacks.Plan(root, "prod", "ecs", build)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := policy.Check(planned.Plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s (%s)", f.Resource, f.What, f.Rule.Name)
	}
	if len(planned.Resources) < 20 {
		t.Errorf("the plan has only %d resources", len(planned.Resources))
	}
}
