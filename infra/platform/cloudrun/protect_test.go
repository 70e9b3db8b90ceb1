package cloudrun

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestWhatIsProtected: what is never replaced and what the rest rests on, and
// nothing that rotates.
func TestWhatIsProtected(t *testing.T) {
	t.Parallel()
	platformtest.Protected(
		t, planned(t, "dev", "", settings()), "gcp:cloudrunv2/service:Service", "gcp:secretmanager/secret:Secret",
		"gcp:artifactregistry/repository:Repository",
	)
	unprotected, off := settings(), false
	unprotected.Protect = &off
	platformtest.Protected(t, planned(t, "prod", "", unprotected))
}

// TestUnprotectedSecret: a change of settings removes one that the program
// generates, although the rest is protected.
func TestUnprotectedSecret(t *testing.T) {
	t.Parallel()
	args := store()
	args.App.Secrets[0] = args.App.Secrets[0].Unprotected()
	for _, stored := range platformtest.Find(t, plannedStore(t, args), "gcp:secretmanager/secret:Secret") {
		if generated := stored.Name == "store-api-key-test"; stored.Protect == generated {
			t.Errorf("%s is protected: %v", stored.Label(), stored.Protect)
		}
	}
}
