package kubernetes

import (
	"fmt"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestRolloutsAreWaitedForByTheirSteps: many pods take longer than few.
func TestRolloutsAreWaitedForByTheirSteps(t *testing.T) {
	t.Parallel()
	for most, steps := range map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 20: 4, 1000: 4} {
		if got := rolloutSeconds(most); got != steps*stepSeconds {
			t.Errorf("%d pods have %d s, want %d", most, got, steps*stepSeconds)
		}
	}
	size := scale()
	size.MaxInstances = 20
	made, err := New(platformtest.App("dev", "", size), settings(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, least := made.RolloutSeconds(), rolloutSeconds(20)+made.Times().Drain(); got < least {
		t.Errorf("keys reckon with %d s of old pods, which may be there for %d", got, least)
	}
}

// TestUpWaitsForPodsAsLongAsTheClusterDoes, so that it is the cluster that says
// why they do not start.
func TestUpWaitsForPodsAsLongAsTheClusterDoes(t *testing.T) {
	t.Parallel()
	deployment := find(t, planned(t, "prod", given, settings()), "Deployment")[0]
	deadline := fmt.Sprint(at(deployment.Inputs, "spec", "progressDeadlineSeconds"))
	// Five pods go in three steps of two.
	if deadline != fmt.Sprint(stepSeconds) || deployment.Patience != fmt.Sprintf("%ds", 3*stepSeconds) {
		t.Errorf("up waits %q, the cluster %s seconds for a step", deployment.Patience, deadline)
	}
	if annotations, _ := at(deployment.Inputs, "metadata", "annotations").(map[string]any); annotations["pulumi.com/skipAwait"] != nil {
		t.Error("up does not wait at all")
	}
}
