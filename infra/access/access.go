// Package access keeps the IP access list of an Astra database in step with the
// addresses that a service calls from. Entries are put in before an address is
// used and taken out after it; entries of others are left alone. No cloud's SDK
// may enter.
package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Args are the inputs of a List.
type Args struct {
	// Astra is the database. Required.
	Astra *credentials.Astra
	// Title and Stack describe the service's entries; Stack is part of their names
	// too. Required.
	Title, Stack string
	// Operators are the addresses or ranges from which people and pipelines deploy:
	// `up` itself asks the database. Required.
	Operators []string
}

// List is the part of a database's access list that a stack answers for. A nil
// one leaves the list alone.
type List struct {
	pulumi.ResourceState

	args      *Args
	entries   []pulumi.Resource
	addresses []resource.AccessAddress
}

// New registers the entries of the operators.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*List, error) {
	list := &List{args: args}
	if err := ctx.RegisterComponentResource("infra:access:List", name, list, opts...); err != nil {
		return nil, fmt.Errorf("the access list: %w", err)
	}
	for _, address := range args.Operators {
		_, err := list.add(ctx, strings.NewReplacer("/", "-", ":", "-", ".", "-").Replace(address), pulumi.String(address), "operators of")
		if err != nil {
			return nil, err
		}
	}
	return list, ctx.RegisterResourceOutputs(list, pulumi.Map{})
}

func (l *List) add(
	ctx *pulumi.Context, name string, address pulumi.StringInput, who string, opts ...pulumi.ResourceOption,
) (*resource.AccessListEntry, error) {
	description := pulumi.String(fmt.Sprintf("%s %s, stack %s", who, l.args.Title, l.args.Stack))
	entry, err := resource.NewAccessListEntry(ctx, "access-"+l.args.Stack+"-"+name, &resource.AccessListEntryArgs{
		DatabaseID: l.args.Astra.DatabaseID, Address: address, Description: description,
	}, append([]pulumi.ResourceOption{pulumi.Parent(l), pulumi.Provider(l.args.Astra.Provider)}, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("the entry %s of the access list: %w", name, err)
	}
	l.entries = append(l.entries, entry)
	l.addresses = append(l.addresses, resource.AccessAddress{Address: address, Description: description})
	return entry, nil
}

// Entries are those so far: the operators' must be there before anything asks the
// database.
func (l *List) Entries() []pulumi.Resource {
	if l == nil {
		return nil
	}
	return slices.Clone(l.entries)
}

// Allow puts in an address that the service calls from. What it returns has to be
// there before the address is used, and go after it.
func (l *List) Allow(
	ctx *pulumi.Context, name string, address pulumi.StringInput, opts ...pulumi.ResourceOption,
) (pulumi.Resource, error) {
	return l.add(ctx, name, address, "instances of", opts...)
}

// Enforce switches the list on once all addresses are in it and a revision that
// calls from them is proved: before, it would lock out the one that serves. It
// returns the id of what does so.
func (l *List) Enforce(ctx *pulumi.Context, proved []pulumi.Resource) (pulumi.StringOutput, error) {
	if l == nil {
		return pulumi.String("").ToStringOutput(), nil
	}
	list, err := resource.NewAccessList(ctx, "access-"+l.args.Stack, &resource.AccessListArgs{
		DatabaseID: l.args.Astra.DatabaseID, Addresses: l.addresses, Exclusive: pulumi.Bool(false),
	}, pulumi.Parent(l), pulumi.Provider(l.args.Astra.Provider), pulumi.DependsOn(append(slices.Clone(proved), l.entries...)))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("switch the access list on: %w", err)
	}
	return list.ID().ToStringOutput(), nil
}
