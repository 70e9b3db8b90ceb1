package cloudrun

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

// TestWhatIsProtected: what is never replaced and what the rest rests on, and
// nothing that rotates.
func TestWhatIsProtected(t *testing.T) {
	t.Parallel()
	targettest.Protected(t, planned(t, "prod", "", settings()), "gcp:cloudrunv2/service:Service", "gcp:secretmanager/secret:Secret", "gcp:artifactregistry/repository:Repository")
	targettest.Protected(t, planned(t, "dev", "", settings()))
}
