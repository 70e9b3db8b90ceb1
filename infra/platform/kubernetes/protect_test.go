package kubernetes

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestWhatIsProtected: what is never replaced and what the rest rests on, and
// nothing that rotates.
func TestWhatIsProtected(t *testing.T) {
	t.Parallel()
	platformtest.Protected(
		t, planned(t, "dev", "", settings()), "kubernetes:core/v1:Namespace", "kubernetes:apps/v1:Deployment",
		"kubernetes:core/v1:Service",
	)
	unprotected, off := settings(), false
	unprotected.Protect = &off
	platformtest.Protected(t, planned(t, "prod", "", unprotected))
}
