package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// LeastActions is what the API needs to read and write rows, and no more: no
// action creates, alters, drops or grants.
func LeastActions() []string { return append(resource.ReadActions(), "db-table-modify") }

// Role is a custom role limited to one keyspace of one database.
type Role struct{ astra connector }

// RoleArgs are its inputs.
type RoleArgs struct {
	Name        string   `pulumi:"name"`
	Description string   `pulumi:"description,optional"`
	DatabaseID  string   `pulumi:"databaseId"`
	Keyspace    string   `pulumi:"keyspace"`
	Actions     []string `pulumi:"actions,optional"`
}

// RoleState is what the stack remembers.
type RoleState struct {
	RoleArgs
	// RoleName is empty in the state of a release that had no such output.
	RoleName       string   `pulumi:"roleName,optional"`
	DRNs           []string `pulumi:"drns"`
	OrganizationID string   `pulumi:"organizationId"`
}

// Annotate names and describes the resource.
func (r *Role) Annotate(a infer.Annotator) {
	a.SetToken("index", "Role")
	a.Describe(&r, "A custom role with the least actions on one keyspace of one database."+example(`
resources:
  api:
    type: astradb:Role
    properties:
      name: api
      databaseId: 00000000-0000-4000-8000-000000000001
      keyspace: orders
`))
}

// Annotate describes the inputs.
func (args *RoleArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Name, "Beginning of the role's name. Seven random hex digits follow, so that a replacement can exist beside the "+
		"role that it replaces.")
	a.Describe(&args.Description, "Shown in Astra's console.")
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Keyspace, "The keyspace whose tables may be used.")
	a.Describe(&args.Actions, "Granted actions instead of the least set. Another set replaces the role, and so every token that has it.")
}

// Annotate describes the outputs.
func (s *RoleState) Annotate(a infer.Annotator) {
	a.Describe(&s.RoleName, "Name of the role in the organisation.")
	a.Describe(&s.DRNs, "The granted resources.")
	a.Describe(&s.OrganizationID, "UUID of the organisation.")
}

// WireDependencies says that a role keeps its organisation, and its resources
// unless they change.
func (*Role) WireDependencies(f infer.FieldSelector, args *RoleArgs, state *RoleState) {
	f.OutputField(&state.DRNs).DependsOn(f.InputField(&args.DatabaseID).Computed(), f.InputField(&args.Keyspace).Computed())
	f.OutputField(&state.RoleName).DependsOn(f.InputField(&args.Name).Computed())
}

// Check validates the inputs and fills in the least actions.
func (*Role) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[RoleArgs], error) {
	return checked(ctx, req, func(args *RoleArgs, problems *problems) {
		problems.require("name", args.Name, "the role's name")
		problems.require("databaseId", args.DatabaseID, "the database's id (stack setting astraDatabaseId)")
		problems.require("keyspace", args.Keyspace, "the keyspace")
		if len(args.Actions) == 0 && !problems.unknown("actions") {
			args.Actions = LeastActions()
		}
	})
}

// Create makes the role. Its name is new each time, so an existing role is
// never taken over.
func (r *Role) Create(ctx context.Context, req infer.CreateRequest[RoleArgs]) (infer.CreateResponse[RoleState], error) {
	state := RoleState{RoleArgs: req.Inputs}
	if req.DryRun {
		// Without an id, which would reach the inputs of a token.
		return infer.CreateResponse[RoleState]{Output: state}, nil
	}
	state.RoleName = autoName(req.Inputs.Name)
	control, organization, err := r.astra.organization(ctx, "create the role "+state.RoleName, "")
	if err != nil {
		return infer.CreateResponse[RoleState]{}, err
	}
	state.OrganizationID = organization
	state.DRNs = drns(organization, req.Inputs.DatabaseID, req.Inputs.Keyspace)
	role, err := control.CreateRole(ctx, state.role(""))
	if err != nil {
		if devops.Uncertain(err) {
			err = errors.Join(err, deleteNamed(context.WithoutCancel(ctx), control, state.RoleName))
		}
		return infer.CreateResponse[RoleState]{}, err
	}
	if role.ID == "" {
		return infer.CreateResponse[RoleState]{}, fmt.Errorf("create role %s: what answers at the devopsEndpoint names no role; "+
			"is it a DevOps API?", state.RoleName)
	}
	return infer.CreateResponse[RoleState]{ID: role.ID, Output: state}, nil
}

// deleteNamed deletes the role of a name that only one call can have made.
func deleteNamed(ctx context.Context, control *devops.Client, name string) error {
	roles, err := control.Roles(ctx)
	if err != nil {
		return fmt.Errorf("the role may have been made all the same: %w", err)
	}
	for _, role := range roles {
		if role.Name == name {
			return control.DeleteRole(ctx, role.ID)
		}
	}
	return nil
}

// Diff replaces the role when what it grants changes, in the program or behind
// its back: tokens in use keep their rights until the tokens of the new role
// have been proved and serve. Name and description are updated in place.
func (*Role) Diff(_ context.Context, req infer.DiffRequest[RoleArgs, RoleState]) (infer.DiffResponse, error) {
	changes := asReplace(changedInputs(req.State.RoleArgs, req.Inputs), "name", "description")
	if sameSet(req.State.Actions, req.Inputs.Actions) {
		delete(changes, "actions") // their order means nothing
	}
	want := drns(req.State.OrganizationID, req.State.DatabaseID, req.State.Keyspace)
	if !sameSet(req.State.DRNs, want) {
		changes["drns"] = p.PropertyDiff{Kind: p.UpdateReplace}
	}
	return diffOf(changes), nil
}

// Update changes name and description.
func (r *Role) Update(ctx context.Context, req infer.UpdateRequest[RoleArgs, RoleState]) (infer.UpdateResponse[RoleState], error) {
	state := req.State
	state.RoleArgs = req.Inputs
	state.Actions = req.State.Actions
	if req.Inputs.Name != req.State.Name || state.RoleName == "" {
		state.RoleName = autoName(req.Inputs.Name)
	}
	if req.DryRun {
		return infer.UpdateResponse[RoleState]{Output: state}, nil
	}
	control, organization, err := r.astra.organization(ctx, "update the role "+req.State.name(), req.State.OrganizationID)
	if err != nil {
		return infer.UpdateResponse[RoleState]{}, err
	}
	state.OrganizationID = organization
	return infer.UpdateResponse[RoleState]{Output: state}, control.UpdateRole(ctx, state.role(req.ID))
}

// Read shows a changed policy, and a role deleted elsewhere, as drift. For an
// import it finds database and keyspace in what the role grants.
func (r *Role) Read(ctx context.Context, req infer.ReadRequest[RoleArgs, RoleState]) (infer.ReadResponse[RoleArgs, RoleState], error) {
	control, organization, err := r.astra.organization(ctx, "read the role "+req.ID, req.State.OrganizationID)
	if err != nil {
		return infer.ReadResponse[RoleArgs, RoleState]{}, unless(err, errReset)
	}
	live, err := control.Role(ctx, req.ID)
	if err != nil {
		return infer.ReadResponse[RoleArgs, RoleState]{}, unless(err, devops.ErrNotFound)
	}
	if req.State.DatabaseID == "" {
		if req.State, err = importedRole(*live, organization); err != nil {
			return infer.ReadResponse[RoleArgs, RoleState]{}, err
		}
		req.Inputs = req.State.RoleArgs
	}
	req.State.OrganizationID = organization
	if !sameSet(req.State.Actions, live.Policy.Actions) || !sameSet(req.State.DRNs, live.Policy.Resources) {
		req.State.DRNs, req.State.Actions, req.Inputs.Actions = live.Policy.Resources, live.Policy.Actions, live.Policy.Actions
	}
	if live.Name != req.State.name() {
		req.State.Name, req.Inputs.Name = live.Name, live.Name
	}
	req.State.RoleName = live.Name
	req.State.Description, req.Inputs.Description = live.Policy.Description, live.Policy.Description
	return infer.ReadResponse[RoleArgs, RoleState](req), nil
}

// importedRole is the state of a role that is on one keyspace of one database.
func importedRole(live devops.Role, organization string) (RoleState, error) {
	for _, name := range live.Policy.Resources {
		drn, ok := devops.ParseDRN(name)
		if !ok || drn.Keyspace == "" || drn.Keyspace == "*" {
			continue
		}
		state := RoleState{
			RoleArgs: RoleArgs{Name: live.Name, Description: live.Policy.Description, DatabaseID: drn.Database, Keyspace: drn.Keyspace,
				Actions: live.Policy.Actions},
			RoleName: live.Name, DRNs: drns(organization, drn.Database, drn.Keyspace), OrganizationID: organization,
		}
		if sameSet(state.DRNs, live.Policy.Resources) {
			return state, nil
		}
	}
	return RoleState{}, fmt.Errorf("import the role %s: it is not on exactly one keyspace of one database (its resources are %s); "+
		"let the stack make a role instead: remove the import and run "+caller.Up(), live.Name, strings.Join(live.Policy.Resources, ", "))
}

// Delete deletes the role unless a token has it: the stack's own tokens are
// revoked before, so such a token was minted elsewhere and may be in use.
func (r *Role) Delete(ctx context.Context, req infer.DeleteRequest[RoleState]) (infer.DeleteResponse, error) {
	what := "delete the role " + req.State.name()
	control, _, err := r.astra.organization(ctx, what, req.State.OrganizationID)
	if err != nil {
		return infer.DeleteResponse{}, unless(err, errReset)
	}
	tokens, err := control.Tokens(ctx)
	if err != nil {
		return infer.DeleteResponse{}, fmt.Errorf("%s: list the tokens that have it: %w", what, err)
	}
	if holders := clientIDs(withRole(tokens, req.ID)); len(holders) > 0 {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the role %s (%s) is kept, because tokens that this stack did not mint have it: %s. "+
			"When they are no longer in use, revoke them and delete the role in Astra's console",
			req.State.name(), req.ID, strings.Join(holders, ", ")))
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, control.DeleteRole(ctx, req.ID)
}

// name is the role's name in the organisation.
func (s RoleState) name() string {
	if s.RoleName != "" {
		return s.RoleName
	}
	return s.Name
}

func (s RoleState) role(id string) devops.Role {
	return devops.Role{ID: id, Name: s.name(), Policy: devops.Policy{
		Description: s.Description, Resources: s.DRNs, Actions: s.Actions, Effect: "allow"}}
}

// autoName is a name with seven random hex digits, as Pulumi makes them.
func autoName(prefix string) string { return prefix + "-" + randomHex(6)[:7] }

// drns names a database, one of its keyspaces, and that keyspace's tables: a
// table alone would not do, since the Data API would not see its keyspace.
func drns(organizationID, databaseID, keyspace string) []string {
	drn := devops.DRN{Org: organizationID, Database: databaseID}
	names := []string{drn.String()}
	drn.Keyspace = keyspace
	names = append(names, drn.String())
	drn.Table = "*"
	return append(names, drn.String())
}

// sameSet says whether two lists have the same members, in whatever order.
func sameSet(a, b []string) bool {
	sorted := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	return slices.Equal(sorted(a), sorted(b))
}
