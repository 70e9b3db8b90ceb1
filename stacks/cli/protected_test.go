package cli

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

func TestDownRefusesAProtectedStackBeforeAnythingIsTouched(t *testing.T) {
	t.Parallel()
	balancer := operate.Resource{
		URN:  "urn:pulumi:prod::killrvideo::killrvideo:target:ECS$aws:lb/loadBalancer:LoadBalancer::killrvideo-balancer-prod",
		Type: "aws:lb/loadBalancer:LoadBalancer", Protect: true,
	}
	err := refuseProtected("prod", "ecs",
		[]operate.Resource{{URN: "urn:pulumi:prod::killrvideo::pulumi:pulumi:Stack::killrvideo-prod"}, balancer})
	if exit.ClassOf(err) != exit.Protected {
		t.Fatalf("exit code %d: %v", exit.Code(err), err)
	}
	for _, word := range []string{
		"nothing was touched", "aws:lb/loadBalancer:LoadBalancer killrvideo-balancer-prod",
		"config set --path ecs.protect false --stack prod", "up", "destroy",
	} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it does not say %q: %v", word, err)
		}
	}
	balancer.Protect = false
	for name, resources := range map[string][]operate.Resource{"not protected": {balancer}, "empty": nil} {
		if err := refuseProtected("prod", "ecs", resources); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
