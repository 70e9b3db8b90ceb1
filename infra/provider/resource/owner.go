package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Owner is a random mark of one state, on the folders that it makes, so that it
// takes over none of another's.
type Owner struct {
	pulumi.CustomResourceState

	// Mark is the value.
	Mark pulumi.StringOutput `pulumi:"mark"`
}

// NewOwner registers the mark of a state.
func NewOwner(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*Owner, error) {
	owner := &Owner{}
	return owner, ctx.RegisterResource(OwnerType, name, pulumi.Map{}, owner, opts...)
}
