// Package gate proves that the deployed revision is the one that answers, the
// same way on every platform. Whatever an old revision still needs is deleted
// only after the proof, and stays while the proof fails; then the platform returns
// to the revision of the last proof.
package gate

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Args says what is proved and how long it may take.
type Args struct {
	// Deployment is what a platform's NewService returned. Required.
	Deployment *platform.Deployment
	// Off skips the proof; it is the reason, which is printed at every up.
	Off string
	// TimeoutSeconds bounds the wait. Default 300.
	TimeoutSeconds int
	// Credentials are what the revision runs with: the proof is repeated when
	// they change, and they are deleted after it.
	Credentials []pulumi.Resource
	// KeyFingerprint is that of the signing key that the revision has. The gate
	// notes it where a revision that is proved serves already.
	KeyFingerprint pulumi.StringInput
}

// Gate is a revision that has answered.
type Gate struct {
	pulumi.ResourceState

	// Proved are the proof and the wait for old instances, for what has to come
	// after both. A component as a dependency would not do: Pulumi's SDK takes its
	// children for those that happen to be registered already.
	Proved []pulumi.Resource
	// Revision that answered.
	Revision pulumi.StringOutput `pulumi:"revision"`
	// ProvedAt is when, RFC 3339, "" if the gate is off.
	ProvedAt pulumi.StringOutput `pulumi:"provedAt"`
	// URL is where it serves, once it does.
	URL pulumi.StringOutput `pulumi:"url"`
}

// New registers the proof, what gives the URL to the proved revision, and the
// wait for old instances, which still use the previous credentials.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Gate, error) {
	gate, deployed := &Gate{}, args.Deployment
	if err := ctx.RegisterComponentResource("infra:gate:Gate", name, gate, opts...); err != nil {
		return nil, fmt.Errorf("the gate: %w", err)
	}
	needs := append([]pulumi.Resource{deployed.Ready}, args.Credentials...)
	hooks, err := gate.hooks(ctx, name, args)
	if err != nil {
		return nil, err
	}
	proof, err := resource.NewGate(ctx, name, gateArgs(args), append(hooks, pulumi.Parent(gate), pulumi.DependsOn(needs))...)
	if err != nil {
		return nil, fmt.Errorf("the proof: %w", err)
	}
	gate.Proved = []pulumi.Resource{proof}
	gate.Revision, gate.ProvedAt, gate.URL = proof.Revision, proof.ProvedAt, proof.URL
	if deployed.Promote != nil {
		if gate.URL, err = deployed.Promote(proof, args.KeyFingerprint); err != nil {
			return nil, fmt.Errorf("promote the proved revision: %w", err)
		}
	}
	if err := gate.drain(ctx, name, deployed); err != nil {
		return nil, err
	}
	return gate, ctx.RegisterResourceOutputs(gate, pulumi.Map{
		"revision": gate.Revision, "provedAt": gate.ProvedAt, "url": gate.URL,
	})
}

func gateArgs(args *Args) *resource.GateArgs {
	deployed := args.Deployment
	to := &resource.GateArgs{
		URL: deployed.URL, Revision: deployed.Revision, Triggers: deployed.Triggers, LogFile: deployed.LogFile,
		Mode: pulumi.String("http"), IntervalMillis: pulumi.Int(250), KeyFingerprint: args.KeyFingerprint,
	}
	if deployed.Promote != nil {
		to.URL, to.KeyFingerprint = deployed.CandidateURL, nil
	}
	Recognise(to, deployed.Proof)
	if args.Off != "" {
		to.Mode, to.Reason = pulumi.String("off"), pulumi.String(args.Off)
	}
	if args.TimeoutSeconds > 0 {
		to.TimeoutSeconds = pulumi.Int(args.TimeoutSeconds)
	}
	return to
}

// Recognise tells a gate how the revision is recognised. What the resource does
// by default is not said.
func Recognise(to *resource.GateArgs, proof app.Proof) {
	if proof.Path != readiness.Path {
		to.Path = pulumi.String(proof.Path)
	}
	switch {
	case proof.Header != "":
		to.RevisionHeader = pulumi.String(proof.Header)
	case proof.JSONField == "":
		to.StatusOnly = pulumi.Bool(true)
	case proof.JSONField != readiness.Field:
		to.RevisionField = pulumi.String(proof.JSONField)
	}
}

// drain waits after the proof, when credentials have changed, until the old
// instances have ended: a platform reports the update as done while they still
// answer the requests they have, with credentials that the engine would delete
// right then. The first deployment waits for nothing.
func (g *Gate) drain(ctx *pulumi.Context, name string, deployed *platform.Deployment) error {
	if deployed.DrainSeconds == 0 || len(deployed.DrainTriggers) == 0 {
		return nil
	}
	// The text is known once the revision serves.
	what := g.URL.ApplyT(func(string) string {
		return "instances of the previous revision, which still answer with the previous credentials"
	}).(pulumi.StringOutput)
	wait, err := resource.NewWait(ctx, name+"-drain", &resource.WaitArgs{
		For: what, Triggers: deployed.DrainTriggers, ChangedSeconds: pulumi.Int(deployed.DrainSeconds),
	}, pulumi.Parent(g))
	if err != nil {
		return fmt.Errorf("wait for old instances: %w", err)
	}
	g.Proved = append(g.Proved, wait)
	return nil
}
