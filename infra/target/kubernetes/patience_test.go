package kubernetes

import (
	"fmt"
	"testing"
)

// TestUpWaitsForPodsAsLongAsTheClusterDoes, so that it is the cluster that says
// why they do not start.
func TestUpWaitsForPodsAsLongAsTheClusterDoes(t *testing.T) {
	t.Parallel()
	deployment := find(t, planned(t, "prod", given, settings()), "Deployment")[0]
	deadline := fmt.Sprint(at(deployment.Inputs, "spec", "progressDeadlineSeconds"))
	if deployment.Patience != deadline+"s" {
		t.Errorf("up waits %q, the cluster %s seconds", deployment.Patience, deadline)
	}
	if annotations, _ := at(deployment.Inputs, "metadata", "annotations").(map[string]any); annotations["pulumi.com/skipAwait"] != nil {
		t.Error("up does not wait at all")
	}
}
