package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// OneTimeCodes is a random code for each of some names.
type OneTimeCodes struct {
	pulumi.CustomResourceState

	// Codes is NAME=CODE, comma-separated, in the order of the names. Secret.
	Codes pulumi.StringOutput `pulumi:"codes"`
}

// OneTimeCodesArgs are the inputs of OneTimeCodes.
type OneTimeCodesArgs struct {
	// Names are what the codes are for; none has a comma in it. Required.
	Names pulumi.StringArrayInput `pulumi:"names"`
	// Generation makes new codes for all names when it changes. Default "0".
	Generation pulumi.StringInput `pulumi:"generation"`
}

// NewOneTimeCodes registers a OneTimeCodes.
func NewOneTimeCodes(ctx *pulumi.Context, name string, args *OneTimeCodesArgs, opts ...pulumi.ResourceOption) (*OneTimeCodes, error) {
	codes := &OneTimeCodes{}
	return codes, ctx.RegisterResource(OneTimeCodesType, name, inputs(args), codes, withSecrets(opts, "codes")...)
}
