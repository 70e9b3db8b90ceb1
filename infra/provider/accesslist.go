package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// AccessList is the IP access list of a database: the whole of it, or, if it is
// not exclusive, addresses in a list that has others too.
type AccessList struct{ astra connector }

// AccessListArgs are its inputs.
type AccessListArgs struct {
	DatabaseID string          `pulumi:"databaseId"`
	Addresses  []AccessAddress `pulumi:"addresses"`
	Enabled    *bool           `pulumi:"enabled,optional"`
	Exclusive  *bool           `pulumi:"exclusive,optional"`
}

// AccessAddress is one entry.
type AccessAddress struct {
	Address     string `pulumi:"address"`
	Description string `pulumi:"description,optional"`
	Enabled     *bool  `pulumi:"enabled,optional"`
}

// AccessListState is what the stack remembers.
type AccessListState struct {
	AccessListArgs
	OrganizationID string `pulumi:"organizationId"`
}

// Annotate names and describes the resource.
func (l *AccessList) Annotate(a infer.Annotator) {
	a.SetToken("index", "AccessList")
	a.Describe(&l, "The IP access list of a database, all of it. A list that has entries is not taken over but imported, by the UUID of "+
		"the database. Deleting it lets every address reach the database again."+example(`
resources:
  office:
    type: astradb:AccessList
    properties:
      databaseId: 00000000-0000-4000-8000-000000000001
      addresses:
        - address: 192.0.2.0/24
          description: office
`))
}

// Annotate describes the inputs.
func (args *AccessListArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Addresses, "The addresses that may reach the database; their order means nothing.")
	a.Describe(&args.Enabled, "Refuse every other address.")
	a.SetDefault(&args.Enabled, true)
	a.Describe(&args.Exclusive, "Take every other entry out of the list. If it is false, the addresses are put in and no entry is taken out: "+
		"that is left to AccessListEntry resources and to other stacks. A deletion then leaves the list as it is while others are in it, "+
		"and else switches it off.")
	a.SetDefault(&args.Exclusive, true)
}

// Annotate describes the output.
func (s *AccessListState) Annotate(a infer.Annotator) {
	a.Describe(&s.OrganizationID, "UUID of the organisation.")
}

// Annotate describes an entry.
func (e *AccessAddress) Annotate(a infer.Annotator) {
	a.Describe(&e.Address, "An IP address, or a range in CIDR notation.")
	a.Describe(&e.Description, "What the address belongs to.")
	a.Describe(&e.Enabled, "Whether the entry is in force.")
	a.SetDefault(&e.Enabled, true)
}

// Check validates the inputs. A list that is enabled and empty would lock
// everyone out, this provider too.
func (*AccessList) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[AccessListArgs], error) {
	return checked(ctx, req, func(args *AccessListArgs, problems *problems) {
		problems.require("databaseId", args.DatabaseID, "the database's id")
		seen := map[string]bool{}
		for _, entry := range args.Addresses {
			if !isAddress(entry.Address) {
				problems.add("addresses", "%q must be an IP address or a range in CIDR notation, such as 192.0.2.0/24", entry.Address)
			}
			if seen[entry.Address] {
				problems.add("addresses", "%s is listed twice", entry.Address)
			}
			seen[entry.Address] = true
		}
		enabled := func(entry devops.Address) bool { return entry.Enabled }
		if list := args.list(); list.Configurations.Enabled && !slices.ContainsFunc(list.Addresses, enabled) {
			problems.add("addresses", "an enabled access list without an enabled address would lock everyone out of the database")
		}
	})
}

// Create writes the list, unless there is one that the stack did not write.
func (l *AccessList) Create(ctx context.Context, req infer.CreateRequest[AccessListArgs]) (infer.CreateResponse[AccessListState], error) {
	response := infer.CreateResponse[AccessListState]{ID: req.Inputs.DatabaseID, Output: AccessListState{AccessListArgs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	control, organization, err := l.astra.organization(ctx, "create the access list of database "+response.ID, "")
	if err != nil {
		return infer.CreateResponse[AccessListState]{}, err
	}
	response.Output.OrganizationID = organization
	if !req.Inputs.exclusive() {
		return response, putIn(ctx, control, req.Inputs)
	}
	live, err := control.AccessList(ctx, response.ID)
	if err == nil && (live.Configurations.Enabled || len(live.Addresses) > 0) {
		err = fmt.Errorf("create the access list of database %s: it has one already; take it over with: "+
			"pulumi import astradb:index:AccessList %s %s", response.ID, req.Name, response.ID)
	}
	if err == nil {
		err = control.ReplaceAccessList(ctx, response.ID, req.Inputs.list())
	}
	return response, err
}

// Diff replaces the list for another database only.
func (*AccessList) Diff(_ context.Context, req infer.DiffRequest[AccessListArgs, AccessListState]) (infer.DiffResponse, error) {
	changes := asReplace(changedInputs(req.State.AccessListArgs, req.Inputs), "addresses", "enabled", "exclusive")
	if req.State.exclusive() == req.Inputs.exclusive() {
		delete(changes, "exclusive") // a state of an earlier version does not say it
	}
	if sameAccess(req.State.list(), req.Inputs.list()) {
		delete(changes, "addresses")
		delete(changes, "enabled")
	}
	return diffOf(changes), nil
}

// Update replaces all entries at once.
func (l *AccessList) Update(ctx context.Context, req infer.UpdateRequest[AccessListArgs, AccessListState]) (
	infer.UpdateResponse[AccessListState], error,
) {
	response := infer.UpdateResponse[AccessListState]{Output: AccessListState{req.Inputs, req.State.OrganizationID}}
	if req.DryRun {
		return response, nil
	}
	control, _, err := l.astra.organization(ctx, "update the access list of database "+req.ID, req.State.OrganizationID)
	if err != nil {
		return infer.UpdateResponse[AccessListState]{}, err
	}
	if !req.Inputs.exclusive() {
		return response, putIn(ctx, control, req.Inputs)
	}
	return response, control.ReplaceAccessList(ctx, req.ID, req.Inputs.list())
}

// putIn adds what is missing, then switches the list on or off.
func putIn(ctx context.Context, control *devops.Client, args AccessListArgs) error {
	list := args.list()
	for _, entry := range list.Addresses {
		if err := control.AddAddress(ctx, args.DatabaseID, entry); err != nil {
			return err
		}
	}
	return control.RestrictAccess(ctx, args.DatabaseID, list.Configurations.Enabled)
}

// Read shows entries that were changed elsewhere as drift, and a list that is
// empty and not enabled as gone. It imports by the database's id.
func (l *AccessList) Read(ctx context.Context, req infer.ReadRequest[AccessListArgs, AccessListState]) (
	infer.ReadResponse[AccessListArgs, AccessListState], error,
) {
	none := infer.ReadResponse[AccessListArgs, AccessListState]{}
	control, organization, err := l.astra.organization(ctx, "read the access list of database "+req.ID, req.State.OrganizationID)
	if err != nil {
		return none, unless(err, errReset)
	}
	live, err := control.AccessList(ctx, req.ID)
	if err != nil || !live.Configurations.Enabled && len(live.Addresses) == 0 {
		return none, unless(err, devops.ErrNotFound)
	}
	if req.State.DatabaseID != "" && !req.State.exclusive() {
		req.State.AccessListArgs = req.State.among(*live)
		req.Inputs = req.State.AccessListArgs
		return infer.ReadResponse[AccessListArgs, AccessListState](req), nil
	}
	if req.State.DatabaseID == "" || !sameAccess(*live, req.State.list()) {
		req.Inputs = accessArgs(req.ID, *live)
		req.State = AccessListState{req.Inputs, organization}
	}
	return infer.ReadResponse[AccessListArgs, AccessListState](req), nil
}

// Delete lets every address reach the database, and verifies it. If others are in
// a list that is not exclusive, it stays as it is.
func (l *AccessList) Delete(ctx context.Context, req infer.DeleteRequest[AccessListState]) (infer.DeleteResponse, error) {
	control, _, err := l.astra.organization(ctx, "delete the access list of database "+req.ID, req.State.OrganizationID)
	if err != nil {
		return infer.DeleteResponse{}, unless(err, errReset)
	}
	if req.State.exclusive() {
		err = control.DeleteAccessList(ctx, req.ID)
	} else {
		err = switchOff(ctx, control, req.State.AccessListArgs)
	}
	return infer.DeleteResponse{}, unless(err, devops.ErrNotFound) // the database is gone, and its list with it
}

// switchOff switches a list off that has no entries but these.
func switchOff(ctx context.Context, control *devops.Client, args AccessListArgs) error {
	live, err := control.AccessList(ctx, args.DatabaseID)
	if err != nil {
		return err
	}
	own := args.list()
	for _, entry := range live.Addresses {
		if _, is := own.Entry(entry.Address); !is {
			return nil
		}
	}
	return control.RestrictAccess(ctx, args.DatabaseID, false)
}

// among is what of these is in a list.
func (args AccessListArgs) among(live devops.AccessList) AccessListArgs {
	args.Enabled = &live.Configurations.Enabled
	args.Addresses = slices.DeleteFunc(slices.Clone(args.Addresses), func(one AccessAddress) bool {
		found, is := live.Entry(one.Address)
		return !is || !found.Enabled
	})
	return args
}

func (args AccessListArgs) exclusive() bool { return args.Exclusive == nil || *args.Exclusive }

// list is the access list as Astra has it.
func (args AccessListArgs) list() devops.AccessList {
	var list devops.AccessList
	list.Configurations.Enabled = args.Enabled == nil || *args.Enabled
	for _, entry := range args.Addresses {
		list.Addresses = append(list.Addresses, devops.Address{
			Address: entry.Address, Description: entry.Description, Enabled: entry.Enabled == nil || *entry.Enabled,
		})
	}
	return list
}

func accessArgs(databaseID string, live devops.AccessList) AccessListArgs {
	args := AccessListArgs{DatabaseID: databaseID, Enabled: &live.Configurations.Enabled, Addresses: []AccessAddress{}}
	for _, entry := range live.Addresses {
		args.Addresses = append(args.Addresses, AccessAddress{Address: entry.Address, Description: entry.Description, Enabled: &entry.Enabled})
	}
	return args
}

// sameAccess compares two lists in whatever order.
func sameAccess(a, b devops.AccessList) bool {
	return a.Configurations == b.Configurations && devops.SameAddresses(a.Addresses, b.Addresses)
}
