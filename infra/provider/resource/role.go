package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Role is a custom role of the Astra organisation, limited to one keyspace of
// one database. Its ID is the role's UUID.
type Role struct {
	pulumi.CustomResourceState

	// Name is the beginning of the role's name.
	Name pulumi.StringOutput `pulumi:"name"`
	// Actions are the granted actions.
	Actions pulumi.StringArrayOutput `pulumi:"actions"`
	// RoleName is the role's whole name in the organisation.
	RoleName pulumi.StringOutput `pulumi:"roleName"`
	// DRNs are the granted resources: the database, the keyspace, its tables.
	DRNs pulumi.StringArrayOutput `pulumi:"drns"`
	// OrganizationID is the UUID of the organisation the role lives in.
	OrganizationID pulumi.StringOutput `pulumi:"organizationId"`
}

// RoleArgs are the inputs of a Role.
type RoleArgs struct {
	// Name is the beginning of the role's name, which ends in random digits. Required.
	Name pulumi.StringInput `pulumi:"name"`
	// Description is shown in Astra's console. Optional.
	Description pulumi.StringInput `pulumi:"description"`
	// DatabaseID is the UUID of the database. Required.
	DatabaseID pulumi.StringInput `pulumi:"databaseId"`
	// Keyspace is the keyspace whose tables the role may use. Required.
	Keyspace pulumi.StringInput `pulumi:"keyspace"`
	// Actions replaces the default, which is the least set the API needs to
	// read and write rows. ReadActions is the least set to read them.
	Actions pulumi.StringArrayInput `pulumi:"actions"`
}

// NewRole registers a Role.
func NewRole(ctx *pulumi.Context, name string, args *RoleArgs, opts ...pulumi.ResourceOption) (*Role, error) {
	role := &Role{}
	return role, ctx.RegisterResource(RoleType, name, inputs(args), role, opts...)
}

// ReadActions is what a token needs to read the rows of a keyspace, and no
// more. A token that writes needs db-table-modify too, which is the default of
// a Role.
func ReadActions() []string {
	return []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe", "db-table-select"}
}
