package kubernetes

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

// TestWhatIsProtected: what is never replaced and what the rest rests on, and
// nothing that rotates.
func TestWhatIsProtected(t *testing.T) {
	t.Parallel()
	targettest.Protected(t, planned(t, "prod", "", settings()), "kubernetes:core/v1:Namespace", "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service")
	targettest.Protected(t, planned(t, "dev", "", settings()))
}
