package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// AccessList is the IP access list of a database, by whose UUID it is known: the
// whole of it, or addresses among others.
type AccessList struct {
	pulumi.CustomResourceState

	// DatabaseID is the UUID of the database.
	DatabaseID pulumi.StringOutput `pulumi:"databaseId"`
	// OrganizationID is the UUID of the organisation.
	OrganizationID pulumi.StringOutput `pulumi:"organizationId"`
}

// AccessListArgs are the inputs of an AccessList.
type AccessListArgs struct {
	// DatabaseID is the UUID of the database. Required.
	DatabaseID pulumi.StringInput `pulumi:"databaseId"`
	// Addresses may reach the database. Required.
	Addresses []AccessAddress
	// Enabled refuses every other address. Default true.
	Enabled pulumi.BoolInput `pulumi:"enabled"`
	// Exclusive takes every other entry out. Default true.
	Exclusive pulumi.BoolInput `pulumi:"exclusive"`
}

// AccessAddress is one entry of an AccessList.
type AccessAddress struct {
	// Address is an IP address, or a range in CIDR notation. Required.
	Address pulumi.StringInput `pulumi:"address"`
	// Description says what the address belongs to.
	Description pulumi.StringInput `pulumi:"description"`
	// Enabled says whether the entry is in force. Default true.
	Enabled pulumi.BoolInput `pulumi:"enabled"`
}

// NewAccessList registers an AccessList.
func NewAccessList(ctx *pulumi.Context, name string, args *AccessListArgs, opts ...pulumi.ResourceOption) (*AccessList, error) {
	addresses := pulumi.Array{}
	for _, entry := range args.Addresses {
		addresses = append(addresses, inputs(entry))
	}
	all := inputs(args)
	all["addresses"] = addresses
	list := &AccessList{}
	return list, ctx.RegisterResource(AccessListType, name, all, list, opts...)
}

// AccessListEntry is one entry of a database's access list, beside others.
type AccessListEntry struct {
	pulumi.CustomResourceState

	// DatabaseID is the UUID of the database.
	DatabaseID pulumi.StringOutput `pulumi:"databaseId"`
	// Address is an IP address, or a range in CIDR notation.
	Address pulumi.StringOutput `pulumi:"address"`
	// OrganizationID is the UUID of the organisation.
	OrganizationID pulumi.StringOutput `pulumi:"organizationId"`
}

// AccessListEntryArgs are the inputs of an AccessListEntry.
type AccessListEntryArgs struct {
	// DatabaseID is the UUID of the database. Required.
	DatabaseID pulumi.StringInput `pulumi:"databaseId"`
	// Address is an IP address, or a range in CIDR notation. Required.
	Address pulumi.StringInput `pulumi:"address"`
	// Description says what the address belongs to.
	Description pulumi.StringInput `pulumi:"description"`
}

// NewAccessListEntry registers an AccessListEntry.
func NewAccessListEntry(
	ctx *pulumi.Context, name string, args *AccessListEntryArgs, opts ...pulumi.ResourceOption,
) (*AccessListEntry, error) {
	entry := &AccessListEntry{}
	return entry, ctx.RegisterResource(EntryType, name, inputs(args), entry, opts...)
}
