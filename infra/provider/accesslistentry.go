package provider

import (
	"context"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// AccessListEntry is one entry of a database's access list, beside others.
type AccessListEntry struct{ astra connector }

// AccessListEntryArgs are its inputs.
type AccessListEntryArgs struct {
	DatabaseID  string `pulumi:"databaseId"`
	Address     string `pulumi:"address"`
	Description string `pulumi:"description,optional"`
}

// AccessListEntryState is what the stack remembers.
type AccessListEntryState struct {
	AccessListEntryArgs
	OrganizationID string `pulumi:"organizationId"`
}

// Annotate names and describes the resource.
func (e *AccessListEntry) Annotate(a infer.Annotator) {
	a.SetToken("index", "AccessListEntry")
	a.Describe(&e, "One entry of the IP access list of a database; the others are left alone, so that several stacks can share a list. "+
		"Another address is another entry: it is added before what depends on it, and the old one is removed at the end of the update. "+
		"Removing the last entry switches the list off. Imported by DATABASE/ADDRESS."+example(`
resources:
  office:
    type: astradb:AccessListEntry
    properties:
      databaseId: 00000000-0000-4000-8000-000000000001
      address: 192.0.2.7
      description: office
`))
}

// Annotate describes the inputs.
func (args *AccessListEntryArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Address, "An IP address, or a range in CIDR notation.")
	a.Describe(&args.Description, "What the address belongs to.")
}

// Annotate describes the output.
func (s *AccessListEntryState) Annotate(a infer.Annotator) {
	a.Describe(&s.OrganizationID, "UUID of the organisation.")
}

// Check validates the inputs.
func (*AccessListEntry) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[AccessListEntryArgs], error) {
	return checked(ctx, req, func(args *AccessListEntryArgs, problems *problems) {
		problems.require("databaseId", args.DatabaseID, "the database's id")
		if !isAddress(args.Address) {
			problems.add("address", "%q must be an IP address or a range in CIDR notation, such as 192.0.2.0/24", args.Address)
		}
	})
}

// isAddress accepts an IP address or a range of them.
func isAddress(text string) bool {
	_, prefixErr := netip.ParsePrefix(text)
	_, addressErr := netip.ParseAddr(text)
	return prefixErr == nil || addressErr == nil
}

// Create adds the entry. One of the same address that is there is taken over: it
// lets in what this one would.
func (e *AccessListEntry) Create(ctx context.Context, req infer.CreateRequest[AccessListEntryArgs]) (
	infer.CreateResponse[AccessListEntryState], error,
) {
	response := infer.CreateResponse[AccessListEntryState]{
		ID: req.Inputs.DatabaseID + "/" + req.Inputs.Address, Output: AccessListEntryState{AccessListEntryArgs: req.Inputs},
	}
	if req.DryRun {
		return response, nil
	}
	control, organization, err := e.astra.organization(ctx, "add "+response.ID+" to the access list", "")
	if err != nil {
		return infer.CreateResponse[AccessListEntryState]{}, err
	}
	response.Output.OrganizationID = organization
	return response, control.AddAddress(ctx, req.Inputs.DatabaseID, req.Inputs.entry())
}

// Diff replaces the entry for another address or database.
func (*AccessListEntry) Diff(_ context.Context, req infer.DiffRequest[AccessListEntryArgs, AccessListEntryState]) (
	infer.DiffResponse, error,
) {
	return diffOf(asReplace(changedInputs(req.State.AccessListEntryArgs, req.Inputs), "description")), nil
}

// Update changes the description.
func (e *AccessListEntry) Update(ctx context.Context, req infer.UpdateRequest[AccessListEntryArgs, AccessListEntryState]) (
	infer.UpdateResponse[AccessListEntryState], error,
) {
	response := infer.UpdateResponse[AccessListEntryState]{Output: AccessListEntryState{req.Inputs, req.State.OrganizationID}}
	if req.DryRun {
		return response, nil
	}
	control, _, err := e.astra.organization(ctx, "update "+req.ID+" in the access list", req.State.OrganizationID)
	if err != nil {
		return infer.UpdateResponse[AccessListEntryState]{}, err
	}
	return response, control.AddAddress(ctx, req.Inputs.DatabaseID, req.Inputs.entry())
}

// Read finds an entry that was removed, or is not in force, gone.
func (e *AccessListEntry) Read(ctx context.Context, req infer.ReadRequest[AccessListEntryArgs, AccessListEntryState]) (
	infer.ReadResponse[AccessListEntryArgs, AccessListEntryState], error,
) {
	none := infer.ReadResponse[AccessListEntryArgs, AccessListEntryState]{}
	control, organization, err := e.astra.organization(ctx, "read "+req.ID+" in the access list", req.State.OrganizationID)
	if err != nil {
		return none, unless(err, errReset)
	}
	database, address, _ := strings.Cut(req.ID, "/")
	live, err := control.AccessList(ctx, database)
	if err != nil {
		return none, unless(err, devops.ErrNotFound)
	}
	found, is := live.Entry(address)
	if !is || !found.Enabled {
		return none, nil
	}
	req.Inputs = AccessListEntryArgs{DatabaseID: database, Address: address, Description: found.Description}
	req.State = AccessListEntryState{req.Inputs, organization}
	return infer.ReadResponse[AccessListEntryArgs, AccessListEntryState](req), nil
}

// Delete removes the entry and verifies it.
func (e *AccessListEntry) Delete(ctx context.Context, req infer.DeleteRequest[AccessListEntryState]) (infer.DeleteResponse, error) {
	control, _, err := e.astra.organization(ctx, "remove "+req.ID+" from the access list", req.State.OrganizationID)
	if err != nil {
		return infer.DeleteResponse{}, unless(err, errReset)
	}
	err = control.RemoveAddress(ctx, req.State.DatabaseID, req.State.Address)
	return infer.DeleteResponse{}, unless(err, devops.ErrNotFound) // the database is gone, and its list with it
}

func (args AccessListEntryArgs) entry() devops.Address {
	return devops.Address{Address: args.Address, Description: args.Description, Enabled: true}
}
