package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Random is a secret of 256 bits that the stack makes once.
type Random struct {
	pulumi.CustomResourceState

	// Value is the secret, in letters that are safe in a URL. Secret.
	Value pulumi.StringOutput `pulumi:"value"`
}

// RandomArgs are the inputs of a Random. Every change replaces it.
type RandomArgs struct {
	// Generation makes another secret when it changes. Default "0".
	Generation pulumi.StringInput `pulumi:"generation"`
}

// NewRandom registers a Random.
func NewRandom(ctx *pulumi.Context, name string, args *RandomArgs, opts ...pulumi.ResourceOption) (*Random, error) {
	random := &Random{}
	return random, ctx.RegisterResource(RandomType, name, inputs(args), random, withSecrets(opts, "value")...)
}
