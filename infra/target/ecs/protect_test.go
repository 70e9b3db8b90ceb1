package ecs

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

// TestWhatIsProtected: what is never replaced and what the rest rests on, and
// nothing that rotates.
func TestWhatIsProtected(t *testing.T) {
	t.Parallel()
	targettest.Protected(t, planned(t, "prod", "", settings()), "aws:ecs/service:Service", "aws:secretsmanager/secret:Secret",
		"aws:ecr/repository:Repository", "aws:lb/loadBalancer:LoadBalancer")
	targettest.Protected(t, planned(t, "dev", "", settings()))
}
