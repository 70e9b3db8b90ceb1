package cloudrun

import (
	"os"
	"strings"
	"testing"
)

// TestComputeHasTheVersionOfTheSDK: resources that are registered by their types
// name the version of the provider themselves.
func TestComputeHasTheVersionOfTheSDK(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "github.com/pulumi/pulumi-gcp/sdk/v7 v"+sdkVersion+"\n") {
		t.Errorf("go.mod has another version of pulumi-gcp than %s", sdkVersion)
	}
}
