package cloudrun

import (
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

// TestTheServiceWaitsForItsPermissions: Google answers before they have an
// effect, and refuses the service until then.
func TestTheServiceWaitsForItsPermissions(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	wait := targettest.Find(t, p, resource.WaitType)[0]
	if wait.Inputs["firstSeconds"] != 120. || wait.Inputs["changedSeconds"] != 120. {
		t.Errorf("it waits for %v", wait.Inputs)
	}
	if service := targettest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]; !slices.Contains(service.After, wait.Label()) {
		t.Errorf("the service waits for %v", service.After)
	}
	for _, grant := range targettest.Find(t, p, "gcp:secretmanager/secretIamMember:SecretIamMember") {
		if !slices.Contains(wait.After, grant.Label()) {
			t.Errorf("the wait begins before %s; it waits for %v", grant.Label(), wait.After)
		}
	}
}
