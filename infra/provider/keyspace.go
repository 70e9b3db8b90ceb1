package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// Keyspace is a keyspace of a database.
type Keyspace struct{ astra connector }

// KeyspaceArgs are its inputs.
type KeyspaceArgs struct {
	DatabaseID         string `pulumi:"databaseId"`
	Name               string `pulumi:"name"`
	DeletionProtection *bool  `pulumi:"deletionProtection,optional"`
}

// KeyspaceState is what the stack remembers.
type KeyspaceState struct {
	KeyspaceArgs
	OrganizationID string `pulumi:"organizationId"`
}

// Annotate names and describes the resource.
func (k *Keyspace) Annotate(a infer.Annotator) {
	a.SetToken("index", "Keyspace")
	a.Describe(&k, "A keyspace of a database. One that exists is not taken over. Deletion is refused while deletionProtection is true, "+
		"which is the default. Imported by DATABASE-UUID/KEYSPACE."+example(`
resources:
  orders:
    type: astradb:Keyspace
    properties:
      databaseId: 00000000-0000-4000-8000-000000000001
      name: orders
`))
}

// Annotate describes the inputs.
func (args *KeyspaceArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Name, "Name of the keyspace: letters, digits and underscores, 48 at most, a letter first.")
	a.Describe(&args.DeletionProtection, "Refuse to delete or to replace the keyspace.")
	a.SetDefault(&args.DeletionProtection, true)
}

// Annotate describes the output.
func (s *KeyspaceState) Annotate(a infer.Annotator) {
	a.Describe(&s.OrganizationID, "UUID of the organisation.")
}

// keyspaceName is what Astra accepts.
var keyspaceName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,47}$`)

// Check validates the inputs.
func (*Keyspace) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[KeyspaceArgs], error) {
	return checked(ctx, req, func(args *KeyspaceArgs, problems *problems) {
		problems.require("databaseId", args.DatabaseID, "the database's id")
		if !keyspaceName.MatchString(args.Name) {
			problems.add("name", "must be letters, digits and underscores, 48 at most, a letter first, got %q", args.Name)
		}
	})
}

// Create makes the keyspace.
func (k *Keyspace) Create(ctx context.Context, req infer.CreateRequest[KeyspaceArgs]) (infer.CreateResponse[KeyspaceState], error) {
	response := infer.CreateResponse[KeyspaceState]{
		ID: req.Inputs.DatabaseID + "/" + req.Inputs.Name, Output: KeyspaceState{KeyspaceArgs: req.Inputs},
	}
	if req.DryRun {
		return response, nil
	}
	control, organization, err := k.astra.organization(ctx, "create the keyspace "+req.Inputs.Name, "")
	if err != nil {
		return infer.CreateResponse[KeyspaceState]{}, err
	}
	response.Output.OrganizationID = organization
	database, err := control.Database(ctx, req.Inputs.DatabaseID)
	if err == nil && database.HasKeyspace(req.Inputs.Name) {
		err = fmt.Errorf("create the keyspace %s: database %s has it already; take it over with: pulumi import astradb:index:Keyspace %s %s",
			req.Inputs.Name, req.Inputs.DatabaseID, req.Name, response.ID)
	}
	if err == nil {
		err = control.CreateKeyspace(ctx, req.Inputs.DatabaseID, req.Inputs.Name)
	}
	return response, err
}

// Diff replaces the keyspace for another name or database, and refuses that
// while it is protected.
func (*Keyspace) Diff(_ context.Context, req infer.DiffRequest[KeyspaceArgs, KeyspaceState]) (infer.DiffResponse, error) {
	changes := asReplace(changedInputs(req.State.KeyspaceArgs, req.Inputs), "deletionProtection")
	if replaces(changes) && protected(req.State.DeletionProtection) {
		return infer.DiffResponse{}, protectedError("replace", "keyspace", req.State.Name)
	}
	return diffOf(changes), nil
}

// Update changes the protection.
func (*Keyspace) Update(
	_ context.Context, req infer.UpdateRequest[KeyspaceArgs, KeyspaceState],
) (infer.UpdateResponse[KeyspaceState], error) {
	return infer.UpdateResponse[KeyspaceState]{Output: KeyspaceState{req.Inputs, req.State.OrganizationID}}, nil
}

// Read shows a keyspace that was dropped elsewhere as gone. It imports by
// DATABASE/KEYSPACE.
func (k *Keyspace) Read(ctx context.Context, req infer.ReadRequest[KeyspaceArgs, KeyspaceState]) (
	infer.ReadResponse[KeyspaceArgs, KeyspaceState], error,
) {
	none := infer.ReadResponse[KeyspaceArgs, KeyspaceState]{}
	databaseID, name, ok := strings.Cut(req.ID, "/")
	if !ok || databaseID == "" || !keyspaceName.MatchString(name) {
		return none, fmt.Errorf("import the keyspace %s: its id must be the database's id and the keyspace's name, as in "+
			"00000000-0000-4000-8000-000000000001/orders", req.ID)
	}
	control, organization, err := k.astra.organization(ctx, "read the keyspace "+req.ID, req.State.OrganizationID)
	if err != nil {
		return none, unless(err, errReset)
	}
	database, err := control.Database(ctx, databaseID)
	if err != nil || !database.HasKeyspace(name) {
		return none, unless(err, devops.ErrNotFound)
	}
	if req.State.Name == "" {
		req.Inputs = KeyspaceArgs{DatabaseID: databaseID, Name: name, DeletionProtection: new(true)}
		req.State = KeyspaceState{req.Inputs, organization}
	}
	return infer.ReadResponse[KeyspaceArgs, KeyspaceState](req), nil
}

// Delete drops the keyspace unless it is protected, and verifies it.
func (k *Keyspace) Delete(ctx context.Context, req infer.DeleteRequest[KeyspaceState]) (infer.DeleteResponse, error) {
	if protected(req.State.DeletionProtection) {
		return infer.DeleteResponse{}, protectedError("delete", "keyspace", req.State.Name)
	}
	control, _, err := k.astra.organization(ctx, "delete the keyspace "+req.ID, req.State.OrganizationID)
	if err != nil {
		return infer.DeleteResponse{}, unless(err, errReset)
	}
	err = control.DeleteKeyspace(ctx, req.State.DatabaseID, req.State.Name)
	return infer.DeleteResponse{}, unless(err, devops.ErrNotFound)
}
