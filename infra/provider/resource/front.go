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
	Command pulumi.StringInput
	// Dir is the state folder of this listener alone, absolute. Required.
	Dir pulumi.StringInput
	// Owner identifies the state that Dir belongs to.
	Owner pulumi.StringInput
	// URL is the loopback address to listen on, with its port. Required.
	URL pulumi.StringInput
	// ProcessDir is the state folder of the process. Required.
	ProcessDir pulumi.StringInput
	// Address and Instance are the process's outputs. Required.
	Address, Instance pulumi.StringInput
	// StopTimeoutSeconds is the grace before a kill. Default 30.
	StopTimeoutSeconds pulumi.IntInput
	// PortSetting is what to change when the port is taken.
	PortSetting pulumi.StringInput
}

// NewFront registers a Front. It has to come after the proof of what it passes
// connections on to.
func NewFront(ctx *pulumi.Context, name string, args *FrontArgs, opts ...pulumi.ResourceOption) (*Front, error) {
	inputs := pulumi.Map{}
	set(inputs, "command", args.Command)
	set(inputs, "dir", args.Dir)
	set(inputs, "owner", args.Owner)
	set(inputs, "url", args.URL)
	set(inputs, "processDir", args.ProcessDir)
	set(inputs, "address", args.Address)
	set(inputs, "instance", args.Instance)
	set(inputs, "stopTimeoutSeconds", args.StopTimeoutSeconds)
	set(inputs, "portSetting", args.PortSetting)
	front := &Front{}
	return front, ctx.RegisterResource(FrontType, name, inputs, front, opts...)
}
