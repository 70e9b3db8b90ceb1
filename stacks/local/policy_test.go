package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestPolicy holds the committed development stack to the rules, without any
// exception.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	plantest.Policy(t, plantest.Checkout(t), "dev", "local", build)
}
