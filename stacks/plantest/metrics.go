package plantest

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// Metrics wants that a stack makes a token for /metrics, unless it has one of
// its own or makes them public. Group are settings that the target
// needs.
func Metrics(t *testing.T, target, group string, build stacks.Builder) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	const made = "astradb:index:Random metrics-dev"
	for general, want := range map[string]struct{ made, set bool }{
		"":                              {true, true},
		"metricsToken: {secure: it is}": {false, true},
		"metricsPublic: true":           {false, false},
	} {
		text := Plan(t, Write(t, target, Case{General: general, Group: group}), "dev", target, build)
		// A plan hides which values a Secret of Kubernetes has.
		if target != "kubernetes" && strings.Contains(text, "METRICS_TOKEN") != want.set {
			t.Errorf("with %q a token is handed over: %v", general, !want.set)
		}
		if strings.Contains(text, made) != want.made {
			t.Errorf("with %q a token is made: %v", general, !want.made)
		}
	}
}
