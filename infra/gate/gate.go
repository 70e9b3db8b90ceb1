// Package gate proves that the deployed revision is the one that answers, the
// same way on every target. Whatever an old revision still needs may only be
// removed after it: make nothing old outlive a failed proof.
package gate

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Args says what is proved and how long it may take.
type Args struct {
	// Stack names the proof.
	Stack   string
	Running *target.Running
	// Mode is "http" or "off"; Reason says why it is off.
	Mode, Reason string
	// TimeoutSeconds bounds the wait; 0 means the provider's default.
	TimeoutSeconds int
	// Credentials are what the revision runs with: the proof is repeated when
	// they change, and they outlive it when it fails.
	Credentials []pulumi.Resource
	// KeyFingerprint is that of the signing key that the revision has. The gate
	// notes it where a revision that is proved serves already.
	KeyFingerprint pulumi.StringInput
}

// Proved is a revision that has answered.
type Proved struct {
	// Revision is which; At is when, RFC 3339, "" if the gate is off.
	Revision, At pulumi.StringOutput
	// URL is where it serves, once it does.
	URL pulumi.StringOutput
}

// New registers the proof, and what gives the URL to the proved revision.
func New(ctx *pulumi.Context, args Args) (*Proved, error) {
	url, key := args.Running.URL, args.KeyFingerprint
	if args.Running.Switch != nil {
		url, key = args.Running.Unproved, nil
	}
	gateArgs := &resource.GateArgs{
		URL:            url,
		Revision:       args.Running.Revision,
		Triggers:       args.Running.Evidence,
		LogFile:        args.Running.LogFile,
		Mode:           pulumi.String(args.Mode),
		IntervalMillis: pulumi.Int(250),
		KeyFingerprint: key,
	}
	if args.Reason != "" {
		gateArgs.Reason = pulumi.String(args.Reason)
	}
	if args.TimeoutSeconds > 0 {
		gateArgs.TimeoutSeconds = pulumi.Int(args.TimeoutSeconds)
	}
	needs := append([]pulumi.Resource{args.Running.Service}, args.Credentials...)
	proof, err := resource.NewGate(ctx, "gate-"+args.Stack, gateArgs, pulumi.DependsOn(needs))
	if err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	proved := &Proved{Revision: proof.Revision, At: proof.ProvedAt, URL: proof.URL}
	if args.Running.Switch != nil {
		if proved.URL, err = args.Running.Switch(proof); err != nil {
			return nil, fmt.Errorf("switch to the proved revision: %w", err)
		}
	}
	return proved, nil
}
