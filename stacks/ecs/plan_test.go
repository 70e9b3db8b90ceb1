package main

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "ecs", build, "dev", "prod") }

// TestPolicy holds both plans to the rules; what the ledger excepts is plain
// HTTP, where the stack asks for it.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for environment, excepted := range map[string][]string{"dev": {"CKV_AWS_2"}, "prod": nil} {
		root := filepath.Join(plantest.Checkout(t), "stacks", "testdata", "ecs-"+environment)
		plantest.Policy(t, root, environment, "ecs", build, excepted...)
	}
}

// TestAccess holds every right in the plans to the reviewed table.
func TestAccess(t *testing.T) { plantest.Access(t, "ecs", build, "dev", "prod") }
