package main

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "ecs", build, "dev", "prod") }

// TestPolicy holds both plans to the rules, without any exception.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for _, environment := range []string{"dev", "prod"} {
		root := filepath.Join(plantest.Checkout(t), "stacks", "testdata", "ecs-"+environment)
		plantest.Policy(t, root, environment, "ecs", build)
	}
}

// TestAccess holds every right in the plans to the reviewed table.
func TestAccess(t *testing.T) { plantest.Access(t, "ecs", build, "dev", "prod") }
