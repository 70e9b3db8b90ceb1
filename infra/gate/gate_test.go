package gate

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// key stands for any resource: what it is does not matter to the gate.
func key(ctx *pulumi.Context, name string) (*resource.SigningKey, error) {
	return resource.NewSigningKey(ctx, name, &resource.SigningKeyArgs{
		Generation: pulumi.String("1"), TokenLifetimeSeconds: pulumi.Int(60),
	})
}

// planned is the gate in the plan of a service, a token, a key and a version.
func planned(t *testing.T, args Args) plan.Resource {
	t.Helper()
	made, err := plan.Run(func(ctx *pulumi.Context) error {
		all := map[string]*resource.SigningKey{}
		for _, name := range []string{"service", "token", "key", "version"} {
			one, err := key(ctx, name)
			if err != nil {
				return err
			}
			all[name] = one
		}
		args.Stack = "dev"
		args.Running = &target.Running{
			URL: pulumi.String("http://127.0.0.1").ToStringOutput(), Revision: pulumi.String("r").ToStringOutput(),
			Evidence: pulumi.StringArray{all["version"].KeyID}, Service: all["service"],
		}
		args.Credentials = []pulumi.Resource{all["token"], all["key"]}
		_, err := New(ctx, args)
		return err
	}, plan.Stack{Project: "killrvideo", Name: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range made.Resources {
		if r.Name == "gate-dev" {
			return r
		}
	}
	t.Fatal("the plan has no gate")
	return plan.Resource{}
}

// TestTheGateWaits for all that a revision runs with: what it waits for is there
// when it proves, and goes after it when everything goes.
func TestTheGateWaits(t *testing.T) {
	t.Parallel()
	after := planned(t, Args{Mode: "http"}).After
	for _, name := range []string{"service", "token", "key", "version"} {
		if !slices.Contains(after, "killrvideo:jwt:SigningKey "+name) {
			t.Errorf("the gate does not wait for the %s, but for %v", name, after)
		}
	}
}

func TestTheGateIsTold(t *testing.T) {
	t.Parallel()
	inputs := planned(t, Args{Mode: "off", Reason: "a proxy hides it", TimeoutSeconds: 7}).Inputs
	for name, want := range map[string]any{"mode": "off", "reason": "a proxy hides it", "timeoutSeconds": 7.0, "url": "http://127.0.0.1", "revision": "r"} {
		if inputs[name] != want {
			t.Errorf("%s is %v, want %v", name, inputs[name], want)
		}
	}
	bare := planned(t, Args{Mode: "http"}).Inputs
	for _, name := range []string{"reason", "timeoutSeconds"} {
		if value, there := bare[name]; there {
			t.Errorf("%s is %v without being asked for", name, value)
		}
	}
}
