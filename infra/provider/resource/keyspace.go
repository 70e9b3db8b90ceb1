package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Keyspace is a keyspace of a database. Its ID is DATABASE-UUID/KEYSPACE.
type Keyspace struct {
	pulumi.CustomResourceState

	// DatabaseID is the UUID of the database.
	DatabaseID pulumi.StringOutput `pulumi:"databaseId"`
	// OrganizationID is the UUID of the organisation.
	OrganizationID pulumi.StringOutput `pulumi:"organizationId"`
	// Name of the keyspace.
	Name pulumi.StringOutput `pulumi:"name"`
}

// KeyspaceArgs are the inputs of a Keyspace. Every change but of
// DeletionProtection replaces it.
type KeyspaceArgs struct {
	// DatabaseID is the UUID of the database. Required.
	DatabaseID pulumi.StringInput `pulumi:"databaseId"`
	// Name of the keyspace: letters, digits and underscores, 48 at most, a
	// letter first. Required.
	Name pulumi.StringInput `pulumi:"name"`
	// DeletionProtection refuses deletion and replacement. Default true.
	DeletionProtection pulumi.BoolInput `pulumi:"deletionProtection"`
}

// NewKeyspace registers a Keyspace.
func NewKeyspace(ctx *pulumi.Context, name string, args *KeyspaceArgs, opts ...pulumi.ResourceOption) (*Keyspace, error) {
	keyspace := &Keyspace{}
	return keyspace, ctx.RegisterResource(KeyspaceType, name, inputs(args), keyspace, opts...)
}
