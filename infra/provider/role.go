package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// LeastActions is what the API needs to read and write rows, and no more: no
// action creates, alters, drops or grants.
func LeastActions() []string {
	return []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe", "db-table-select", "db-table-modify"}
}

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
	DRNs           []string `pulumi:"drns"`
	OrganizationID string   `pulumi:"organizationId"`
}

// Annotate names and describes the resource.
func (r *Role) Annotate(a infer.Annotator) {
	a.SetToken("astra", "Role")
	a.Describe(&r, "A custom role with the least actions on one keyspace of one database.")
}

// Annotate describes the inputs.
func (args *RoleArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Name, "Name of the role, unique in the organisation. Another keyspace needs another name: "+
		"the new role is made before the old one goes.")
	a.Describe(&args.Description, "Shown in Astra's console.")
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Keyspace, "The keyspace whose tables may be used.")
	a.Describe(&args.Actions, "Granted actions instead of the least set.")
}

// WireDependencies says that a role keeps its organisation, and its resources
// unless they change.
func (*Role) WireDependencies(f infer.FieldSelector, args *RoleArgs, state *RoleState) {
	f.OutputField(&state.DRNs).DependsOn(f.InputField(&args.DatabaseID).Computed(), f.InputField(&args.Keyspace).Computed())
}

// Check validates the inputs and fills in the least actions.
func (*Role) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[RoleArgs], error) {
	args, failures, err := infer.DefaultCheck[RoleArgs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[RoleArgs]{Inputs: args, Failures: failures}, err
	}
	problems := problems{known: req.NewInputs}
	problems.require("name", args.Name, "the role's name")
	problems.require("databaseId", args.DatabaseID, "the database's id (stack setting astraDatabaseId)")
	problems.require("keyspace", args.Keyspace, "the keyspace")
	if len(args.Actions) == 0 && !problems.unknown("actions") {
		args.Actions = LeastActions()
	}
	return infer.CheckResponse[RoleArgs]{Inputs: args, Failures: problems.failures}, nil
}

// Create makes the role. A role of the same name is adopted only if it grants
// exactly the same, as one does that an interrupted deployment left.
func (r *Role) Create(ctx context.Context, req infer.CreateRequest[RoleArgs]) (infer.CreateResponse[RoleState], error) {
	state := RoleState{RoleArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[RoleState]{ID: req.Name, Output: state}, nil
	}
	control, err := r.astra.deployControl(ctx, "create the role "+req.Inputs.Name)
	if err != nil {
		return infer.CreateResponse[RoleState]{}, err
	}
	if state.OrganizationID, err = control.Organization(ctx); err != nil {
		return infer.CreateResponse[RoleState]{}, fmt.Errorf("find the organisation of the deploy token: %w", err)
	}
	state.DRNs = drns(state.OrganizationID, req.Inputs.DatabaseID, req.Inputs.Keyspace)
	role, err := control.CreateRole(ctx, state.role(""))
	if errors.Is(err, devops.ErrConflict) {
		role, err = adopt(ctx, control, state.role(""))
	}
	if err != nil {
		return infer.CreateResponse[RoleState]{}, err
	}
	if role.ID == "" {
		return infer.CreateResponse[RoleState]{}, fmt.Errorf("create role %s: what answers at the devopsEndpoint names no role; is it a DevOps API?", req.Inputs.Name)
	}
	return infer.CreateResponse[RoleState]{ID: role.ID, Output: state}, nil
}

// adopt returns the existing role of that name if it grants the same.
func adopt(ctx context.Context, control *devops.Client, want devops.Role) (*devops.Role, error) {
	roles, err := control.Roles(ctx)
	if err != nil {
		return nil, fmt.Errorf("create role %s: its name is taken, and: %w", want.Name, err)
	}
	at := slices.IndexFunc(roles, func(r devops.Role) bool { return r.Name == want.Name })
	if at < 0 || !sameGrants(want.Policy, roles[at].Policy) {
		return nil, fmt.Errorf("create role %s: the name is taken by a role that grants something else; "+
			"give this one another name, or delete that one if nobody uses it: %w", want.Name, devops.ErrConflict)
	}
	p.GetLogger(ctx).Warning(fmt.Sprintf("the role %s exists and grants exactly what it should: it belongs to this stack from now on", want.Name))
	return &roles[at], nil
}

// Diff replaces the role when it moves to another keyspace, new first: tokens
// in use keep their rights until nothing uses them. The rest is an update.
func (*Role) Diff(_ context.Context, req infer.DiffRequest[RoleArgs, RoleState]) (infer.DiffResponse, error) {
	return diffOf(asReplace(changedInputs(req.State.RoleArgs, req.Inputs), "name", "description", "actions")), nil
}

// Update changes the role in place, and so every token that has it.
func (r *Role) Update(ctx context.Context, req infer.UpdateRequest[RoleArgs, RoleState]) (infer.UpdateResponse[RoleState], error) {
	state := req.State
	state.RoleArgs = req.Inputs
	state.DRNs = drns(state.OrganizationID, req.Inputs.DatabaseID, req.Inputs.Keyspace)
	if req.DryRun {
		return infer.UpdateResponse[RoleState]{Output: state}, nil
	}
	control, err := r.astra.deployControl(ctx, "update the role "+req.Inputs.Name)
	if err == nil {
		err = control.UpdateRole(ctx, state.role(req.ID))
	}
	return infer.UpdateResponse[RoleState]{Output: state}, err
}

// Read shows a changed policy, and a role deleted elsewhere, as drift.
func (r *Role) Read(ctx context.Context, req infer.ReadRequest[RoleArgs, RoleState]) (infer.ReadResponse[RoleArgs, RoleState], error) {
	control, err := r.astra.deployControl(ctx, "read the role "+req.ID)
	if err != nil {
		return infer.ReadResponse[RoleArgs, RoleState]{}, err
	}
	live, err := control.Role(ctx, req.ID)
	if errors.Is(err, devops.ErrNotFound) {
		return infer.ReadResponse[RoleArgs, RoleState]{}, nil
	}
	if err != nil {
		return infer.ReadResponse[RoleArgs, RoleState]{}, err
	}
	if !sameGrants(req.State.role(req.ID).Policy, live.Policy) {
		req.State.DRNs, req.State.Actions, req.Inputs.Actions = live.Policy.Resources, live.Policy.Actions, live.Policy.Actions
	}
	req.State.Name, req.Inputs.Name = live.Name, live.Name
	req.State.Description, req.Inputs.Description = live.Policy.Description, live.Policy.Description
	return infer.ReadResponse[RoleArgs, RoleState](req), nil
}

// Delete deletes the role; the client makes sure that it is gone.
func (r *Role) Delete(ctx context.Context, req infer.DeleteRequest[RoleState]) (infer.DeleteResponse, error) {
	control, err := r.astra.deployControl(ctx, "delete the role "+req.State.Name)
	if err == nil {
		err = control.DeleteRole(ctx, req.ID)
	}
	return infer.DeleteResponse{}, err
}

func (s RoleState) role(id string) devops.Role {
	return devops.Role{ID: id, Name: s.Name, Policy: devops.Policy{
		Description: s.Description, Resources: s.DRNs, Actions: s.Actions, Effect: "allow"}}
}

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

// sameGrants says whether two policies grant the same, in whatever order.
func sameGrants(a, b devops.Policy) bool {
	return sameSet(a.Actions, b.Actions) && sameSet(a.Resources, b.Resources)
}

func sameSet(a, b []string) bool {
	sorted := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	return slices.Equal(sorted(a), sorted(b))
}
