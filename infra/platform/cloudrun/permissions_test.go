package cloudrun

import (
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// TestTheServiceWaitsForItsPermissions: Google answers before they have an
// effect, and refuses the service until then.
func TestTheServiceWaitsForItsPermissions(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	wait := platformtest.Find(t, p, resource.WaitType)[0]
	if wait.Inputs["firstSeconds"] != 120. || wait.Inputs["changedSeconds"] != 120. || wait.Inputs["onlyNew"] != true {
		t.Errorf("it waits for %v", wait.Inputs)
	}
	if service := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]; !slices.Contains(service.After, wait.Label()) {
		t.Errorf("the service waits for %v", service.After)
	}
	for _, grant := range platformtest.Find(t, p, "gcp:secretmanager/secretIamMember:SecretIamMember") {
		if !slices.Contains(wait.After, grant.Label()) {
			t.Errorf("the wait begins before %s; it waits for %v", grant.Label(), wait.After)
		}
	}
}
