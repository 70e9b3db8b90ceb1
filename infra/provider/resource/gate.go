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
	URL pulumi.StringInput
	// Path is asked under it. Default /health/ready.
	Path pulumi.StringInput
	// RevisionField of the JSON answer holds the revision, with dots between
	// nested names. Default revision. RevisionHeader is a header that holds it
	// instead; StatusOnly takes every answer of 200 for the right one.
	RevisionField, RevisionHeader pulumi.StringInput
	StatusOnly                    pulumi.BoolInput
	// Revision that must answer. Required.
	Revision pulumi.StringInput
	// Triggers prove again when they change: secret versions, the token's
	// client id, the process instance.
	Triggers pulumi.StringArrayInput
	// Consecutive is how many right answers in a row are enough. Default 3.
	Consecutive pulumi.IntInput
	// TimeoutSeconds is how long to wait in all. Default 300.
	TimeoutSeconds pulumi.IntInput
	// IntervalMillis is the pause between two questions. Default 1000.
	IntervalMillis pulumi.IntInput
	// LogFile is a local file whose last lines explain a failure.
	LogFile pulumi.StringInput
	// Mode is "http" (the default) or "off".
	Mode pulumi.StringInput
	// Reason says why the mode is off. Required then.
	Reason pulumi.StringInput
	// KeyFingerprint is that of the signing key that the revision has.
	KeyFingerprint pulumi.StringInput
}

// NewGate registers a Gate.
func NewGate(ctx *pulumi.Context, name string, args *GateArgs, opts ...pulumi.ResourceOption) (*Gate, error) {
	inputs := pulumi.Map{}
	set(inputs, "url", args.URL)
	set(inputs, "path", args.Path)
	set(inputs, "revisionField", args.RevisionField)
	set(inputs, "revisionHeader", args.RevisionHeader)
	set(inputs, "statusOnly", args.StatusOnly)
	set(inputs, "revision", args.Revision)
	set(inputs, "triggers", args.Triggers)
	set(inputs, "consecutive", args.Consecutive)
	set(inputs, "timeoutSeconds", args.TimeoutSeconds)
	set(inputs, "intervalMillis", args.IntervalMillis)
	set(inputs, "logFile", args.LogFile)
	set(inputs, "mode", args.Mode)
	set(inputs, "reason", args.Reason)
	set(inputs, "keyFingerprint", args.KeyFingerprint)
	gate := &Gate{}
	return gate, ctx.RegisterResource(GateType, name, inputs, gate, opts...)
}
