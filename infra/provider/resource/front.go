package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Front is the listener of a Process that chooses its port. Changing Instance
// switches, and stops every other start of the process.
type Front struct {
	pulumi.CustomResourceState

	// URL it listens on, as given.
	URL pulumi.StringOutput `pulumi:"url"`
	// PID of the listener.
	PID pulumi.IntOutput `pulumi:"pid"`
}

// FrontArgs are the inputs of a Front; nothing replaces it.
type FrontArgs struct {
	// Command is the listener's program. Required.
	Command pulumi.StringInput `pulumi:"command"`
	// Dir is the state folder of this listener alone, absolute. Required.
	Dir pulumi.StringInput `pulumi:"dir"`
	// Owner identifies the state that Dir belongs to.
	Owner pulumi.StringInput `pulumi:"owner"`
	// URL is the loopback address to listen on, with its port. Required.
	URL pulumi.StringInput `pulumi:"url"`
	// ProcessDir is the state folder of the process. Required.
	ProcessDir pulumi.StringInput `pulumi:"processDir"`
	// Address and Instance are the process's outputs. Required.
	Address  pulumi.StringInput `pulumi:"address"`
	Instance pulumi.StringInput `pulumi:"instance"`
	// StopTimeoutSeconds is the grace before a kill. Default 30.
	StopTimeoutSeconds pulumi.IntInput `pulumi:"stopTimeoutSeconds"`
	// PortSetting is what to change when the port is taken.
	PortSetting pulumi.StringInput `pulumi:"portSetting"`
}

// NewFront registers a Front. It has to come after the proof of what it passes
// connections on to.
func NewFront(ctx *pulumi.Context, name string, args *FrontArgs, opts ...pulumi.ResourceOption) (*Front, error) {
	front := &Front{}
	return front, ctx.RegisterResource(FrontType, name, inputs(args), front, opts...)
}
