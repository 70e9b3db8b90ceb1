package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "ecs", build, "dev", "prod") }
