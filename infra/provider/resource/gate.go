package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Gate is the proof that a URL serves one revision: it is created or changed only
// when that is so, and a failed one is tried again by the next `up`.
type Gate struct {
	pulumi.CustomResourceState

	// URL that was asked.
	URL pulumi.StringOutput `pulumi:"url"`
	// Revision that answered.
	Revision pulumi.StringOutput `pulumi:"revision"`
	// KeyFingerprint is that of the signing key of the revision, "" if it was not
	// told: a key that is proved.
	KeyFingerprint pulumi.StringOutput `pulumi:"keyFingerprint"`
	// ProvedAt is when the proof was complete, RFC 3339; "" in mode off.
	ProvedAt pulumi.StringOutput `pulumi:"provedAt"`
}

// GateArgs are the inputs of a Gate. Every change is proved.
type GateArgs struct {
	// URL of the service, without a path. Required.
	URL pulumi.StringInput `pulumi:"url"`
	// Path is asked under it. Default /health/ready.
	Path pulumi.StringInput `pulumi:"path"`
	// RevisionField of the JSON answer holds the revision, with dots between
	// nested names. Default revision. RevisionHeader is a header that holds it
	// instead; StatusOnly takes every answer of 200 for the right one.
	RevisionField  pulumi.StringInput `pulumi:"revisionField"`
	RevisionHeader pulumi.StringInput `pulumi:"revisionHeader"`
	StatusOnly     pulumi.BoolInput   `pulumi:"statusOnly"`
	// Revision that must answer. Required.
	Revision pulumi.StringInput `pulumi:"revision"`
	// Triggers prove again when they change: secret versions, the token's
	// client id, the process instance.
	Triggers pulumi.StringArrayInput `pulumi:"triggers"`
	// Consecutive is how many right answers in a row are enough. Default 3.
	Consecutive pulumi.IntInput `pulumi:"consecutive"`
	// TimeoutSeconds is how long to wait in all. Default 300.
	TimeoutSeconds pulumi.IntInput `pulumi:"timeoutSeconds"`
	// IntervalMillis is the pause between two questions. Default 1000.
	IntervalMillis pulumi.IntInput `pulumi:"intervalMillis"`
	// LogFile is a local file whose last lines explain a failure.
	LogFile pulumi.StringInput `pulumi:"logFile"`
	// Mode is "http" (the default) or "off".
	Mode pulumi.StringInput `pulumi:"mode"`
	// Reason says why the mode is off. Required then.
	Reason pulumi.StringInput `pulumi:"reason"`
	// KeyFingerprint is that of the signing key that the revision has.
	KeyFingerprint pulumi.StringInput `pulumi:"keyFingerprint"`
}

// NewGate registers a Gate.
func NewGate(ctx *pulumi.Context, name string, args *GateArgs, opts ...pulumi.ResourceOption) (*Gate, error) {
	gate := &Gate{}
	return gate, ctx.RegisterResource(GateType, name, inputs(args), gate, opts...)
}
