package gate

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// key stands for any resource: what it is does not matter to the gate.
func key(ctx *pulumi.Context, name string) (*resource.SigningKey, error) {
	return resource.NewSigningKey(ctx, name, &resource.SigningKeyArgs{
		Generation: pulumi.String("1"), TokenLifetimeSeconds: pulumi.Int(60),
	})
}

// byField is what the resource expects by default.
var byField = app.Proof{Path: readiness.Path, JSONField: readiness.Field}

// planned is the gate in the plan of a service, a token, a key and a version.
func planned(t *testing.T, args Args, proof app.Proof) plan.Resource {
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
		deployed := &platform.Deployment{
			URL: pulumi.String("http://127.0.0.1").ToStringOutput(), Revision: pulumi.String("r").ToStringOutput(),
			Triggers: pulumi.StringArray{all["version"].KeyID}, Ready: all["service"], Proof: proof,
		}
		args.Deployment, args.Credentials = deployed, []pulumi.Resource{all["token"], all["key"]}
		_, err := New(ctx, "gate-dev", &args)
		return err
	}, plan.Stack{Project: "shop", Name: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range made.Resources {
		if r.Type == resource.GateType {
			return r
		}
	}
	t.Fatal("the plan has no gate")
	return plan.Resource{}
}

// TestTheGateWaits for all that a revision runs with: what it waits for is made
// before the proof, and deleted after it.
func TestTheGateWaits(t *testing.T) {
	t.Parallel()
	after := planned(t, Args{}, byField).After
	for _, name := range []string{"service", "token", "key", "version"} {
		if !slices.Contains(after, "astradb:index:SigningKey "+name) {
			t.Errorf("the gate does not wait for the %s, but for %v", name, after)
		}
	}
}

func TestTheGateIsTold(t *testing.T) {
	t.Parallel()
	inputs := planned(t, Args{Off: "a proxy hides it", TimeoutSeconds: 7}, byField).Inputs
	for name, want := range map[string]any{
		"mode": "off", "reason": "a proxy hides it", "timeoutSeconds": 7.0, "url": "http://127.0.0.1", "revision": "r",
	} {
		if inputs[name] != want {
			t.Errorf("%s is %v, want %v", name, inputs[name], want)
		}
	}
	bare := planned(t, Args{}, byField).Inputs
	for _, name := range []string{"reason", "timeoutSeconds"} {
		if value, there := bare[name]; there {
			t.Errorf("%s is %v without being asked for", name, value)
		}
	}
}

// TestHowARevisionIsRecognised: by a field, by a header, or by the status alone.
func TestHowARevisionIsRecognised(t *testing.T) {
	t.Parallel()
	all := []string{"path", "revisionField", "revisionHeader", "statusOnly"}
	for name, test := range map[string]struct {
		proof app.Proof
		want  map[string]any
	}{
		"by default":  {byField, nil},
		"by a field":  {app.Proof{Path: "/v", JSONField: "build.revision"}, map[string]any{"path": "/v", "revisionField": "build.revision"}},
		"by a header": {app.Proof{Path: readiness.Path, Header: "X-Revision"}, map[string]any{"revisionHeader": "X-Revision"}},
		"by status":   {app.Proof{Path: "/"}, map[string]any{"path": "/", "statusOnly": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inputs := planned(t, Args{}, test.proof).Inputs
			for _, input := range all {
				if inputs[input] != test.want[input] {
					t.Errorf("%s is %v, want %v", input, inputs[input], test.want[input])
				}
			}
		})
	}
}
