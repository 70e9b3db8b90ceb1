package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestGoldenPlans needs no port: nothing is started for a plan.
func TestGoldenPlans(t *testing.T) {
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	plantest.Golden(t, "local", build, "dev", "prod")
}

// TestPolicy holds the committed development stack to the rules, without any
// exception.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	plantest.Policy(t, plantest.Checkout(t), "dev", "local", build)
}

// TestTrustedProxies: nothing is in front of the process on this machine.
func TestTrustedProxies(t *testing.T) {
	plantest.Proxies(t, "local", build, map[string]plantest.Case{"local": {}})
}
