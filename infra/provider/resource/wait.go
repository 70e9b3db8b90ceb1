package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Wait is a pause in an update. What the update replaces is deleted after it.
type Wait struct{ pulumi.CustomResourceState }

// WaitArgs are the inputs of a Wait.
type WaitArgs struct {
	// For says what is waited for, in words for people. Required.
	For pulumi.StringInput `pulumi:"for"`
	// Triggers make another wait necessary when they change.
	Triggers pulumi.StringArrayInput `pulumi:"triggers"`
	// OnlyNew tells that only a trigger that was not there before does, and not
	// one that is gone.
	OnlyNew pulumi.BoolInput `pulumi:"onlyNew"`
	// FirstSeconds is the wait when it is made; ChangedSeconds is the wait when
	// a trigger has changed. Default 0.
	FirstSeconds   pulumi.IntInput `pulumi:"firstSeconds"`
	ChangedSeconds pulumi.IntInput `pulumi:"changedSeconds"`
}

// NewWait registers a Wait.
func NewWait(ctx *pulumi.Context, name string, args *WaitArgs, opts ...pulumi.ResourceOption) (*Wait, error) {
	wait := &Wait{}
	return wait, ctx.RegisterResource(WaitType, name, inputs(args), wait, opts...)
}
