package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
)

// Database is a serverless vector database.
type Database struct{ astra connector }

// DatabaseArgs are its inputs.
type DatabaseArgs struct {
	Name               string `pulumi:"name"`
	CloudProvider      string `pulumi:"cloudProvider"`
	Region             string `pulumi:"region"`
	Keyspace           string `pulumi:"keyspace,optional"`
	DeletionProtection *bool  `pulumi:"deletionProtection,optional"`
}

// DatabaseState is what the stack remembers.
type DatabaseState struct {
	DatabaseArgs
	DatabaseID      string   `pulumi:"databaseId"`
	DataAPIEndpoint string   `pulumi:"dataApiEndpoint"`
	Status          string   `pulumi:"status"`
	Keyspaces       []string `pulumi:"keyspaces"`
	OrganizationID  string   `pulumi:"organizationId"`
}

// Annotate names and describes the resource.
func (d *Database) Annotate(a infer.Annotator) {
	a.SetToken("index", "Database")
	a.Describe(&d, "A serverless vector database. Deletion is refused while deletionProtection is true, which is the default, and is "+
		"over only when Astra no longer has the database. Imported by its UUID."+example(`
resources:
  shop:
    type: astradb:Database
    properties:
      name: shop
      cloudProvider: GCP
      region: us-east1
      keyspace: orders
`))
}

// Annotate describes the inputs.
func (args *DatabaseArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Name, "Name of the database, at most 50 characters. Another name, cloud provider, region or keyspace makes another "+
		"database, without the data.")
	a.Describe(&args.CloudProvider, "AWS, GCP or AZURE.")
	a.Describe(&args.Region, "Region of the cloud provider; the function getRegions lists them.")
	a.Describe(&args.Keyspace, "The first keyspace.")
	a.SetDefault(&args.Keyspace, "default_keyspace")
	a.Describe(&args.DeletionProtection, "Refuse to delete or to replace the database.")
	a.SetDefault(&args.DeletionProtection, true)
}

// Annotate describes the outputs.
func (s *DatabaseState) Annotate(a infer.Annotator) {
	a.Describe(&s.DatabaseID, "UUID of the database.")
	a.Describe(&s.DataAPIEndpoint, "Endpoint of the Data API, without a path.")
	a.Describe(&s.Status, "Status of the database, such as ACTIVE or HIBERNATED.")
	a.Describe(&s.Keyspaces, "All keyspaces, in alphabetical order.")
	a.Describe(&s.OrganizationID, "UUID of the organisation.")
}

// Check validates the inputs.
func (*Database) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[DatabaseArgs], error) {
	return checked(ctx, req, func(args *DatabaseArgs, problems *problems) {
		problems.require("name", args.Name, "the database's name")
		if len(args.Name) > 50 {
			problems.add("name", "must have at most 50 characters, has %d", len(args.Name))
		}
		if clouds := []string{"AWS", "GCP", "AZURE"}; !slices.Contains(clouds, args.CloudProvider) {
			problems.add("cloudProvider", "must be one of %s, got %q", strings.Join(clouds, ", "), args.CloudProvider)
		}
		problems.require("region", args.Region, "the region")
	})
}

// Create makes the database and waits until it serves. A database that was
// made but does not serve yet stays in the state.
func (d *Database) Create(ctx context.Context, req infer.CreateRequest[DatabaseArgs]) (infer.CreateResponse[DatabaseState], error) {
	state := DatabaseState{DatabaseArgs: req.Inputs, Keyspaces: []string{}}
	if req.DryRun {
		return infer.CreateResponse[DatabaseState]{Output: state}, nil
	}
	control, organization, err := d.astra.organization(ctx, "create the database "+state.Name, "")
	if err != nil {
		return infer.CreateResponse[DatabaseState]{}, err
	}
	state.DatabaseID, err = control.CreateDatabase(ctx, devops.NewDatabase{
		Name: state.Name, CloudProvider: state.CloudProvider, Region: state.Region, Keyspace: state.Keyspace,
	})
	if devops.Uncertain(err) {
		err = fmt.Errorf("%w. It may have been created all the same: look for %s in Astra's console, and import it "+
			"(pulumi import astradb:index:Database %s UUID) or delete it before you run %s again", err, state.Name, req.Name, caller.Up())
	}
	if err != nil {
		return infer.CreateResponse[DatabaseState]{}, err
	}
	state.OrganizationID, state.Status = organization, "PENDING"
	database, err := control.AwaitDatabase(ctx, state.DatabaseID)
	if err != nil {
		err = initFailed(err, "The database "+state.DatabaseID+" was created. When it is active, run "+caller.Up()+" again.")
		return infer.CreateResponse[DatabaseState]{ID: state.DatabaseID, Output: state}, err
	}
	return infer.CreateResponse[DatabaseState]{ID: state.DatabaseID, Output: state.with(d.astra.as(ctx, "").config, *database)}, nil
}

// Diff replaces the database for every change but of its protection, and
// refuses that while it is protected.
func (*Database) Diff(_ context.Context, req infer.DiffRequest[DatabaseArgs, DatabaseState]) (infer.DiffResponse, error) {
	changes := asReplace(changedInputs(req.State.DatabaseArgs, req.Inputs), "deletionProtection")
	if replaces(changes) && protected(req.State.DeletionProtection) {
		return infer.DiffResponse{}, protectedError("replace", "database", req.State.Name)
	}
	return diffOf(changes), nil
}

// Update changes the protection, and reads a database that was not active yet.
func (d *Database) Update(
	ctx context.Context, req infer.UpdateRequest[DatabaseArgs, DatabaseState],
) (infer.UpdateResponse[DatabaseState], error) {
	state := req.State
	state.DatabaseArgs = req.Inputs
	if req.DryRun || state.DataAPIEndpoint != "" {
		return infer.UpdateResponse[DatabaseState]{Output: state}, nil
	}
	control, _, err := d.astra.organization(ctx, "read the database "+req.ID, state.OrganizationID)
	if err != nil {
		return infer.UpdateResponse[DatabaseState]{}, err
	}
	database, err := control.AwaitDatabase(ctx, req.ID)
	if err != nil {
		return infer.UpdateResponse[DatabaseState]{}, err
	}
	return infer.UpdateResponse[DatabaseState]{Output: state.with(d.astra.as(ctx, "").config, *database)}, nil
}

// Read shows a database that was deleted elsewhere as gone. It imports by id.
func (d *Database) Read(ctx context.Context, req infer.ReadRequest[DatabaseArgs, DatabaseState]) (
	infer.ReadResponse[DatabaseArgs, DatabaseState], error,
) {
	none := infer.ReadResponse[DatabaseArgs, DatabaseState]{}
	control, organization, err := d.astra.organization(ctx, "read the database "+req.ID, req.State.OrganizationID)
	if err != nil {
		return none, unless(err, errReset)
	}
	database, err := control.Database(ctx, req.ID)
	if err != nil || terminated(*database) {
		return none, unless(err, devops.ErrNotFound)
	}
	if req.State.DatabaseID == "" {
		req.Inputs = DatabaseArgs{Name: database.Info.Name, CloudProvider: database.Info.CloudProvider, Region: database.Info.Region,
			Keyspace: database.Info.Keyspace, DeletionProtection: new(true)}
		req.State.DatabaseArgs = req.Inputs
	}
	req.State.OrganizationID = organization
	req.State = req.State.with(d.astra.as(ctx, "").config, *database)
	return infer.ReadResponse[DatabaseArgs, DatabaseState](req), nil
}

// Delete terminates the database unless it is protected, and verifies it.
func (d *Database) Delete(ctx context.Context, req infer.DeleteRequest[DatabaseState]) (infer.DeleteResponse, error) {
	if protected(req.State.DeletionProtection) {
		return infer.DeleteResponse{}, protectedError("delete", "database", req.State.Name)
	}
	control, _, err := d.astra.organization(ctx, "delete the database "+req.State.Name, req.State.OrganizationID)
	if err != nil {
		return infer.DeleteResponse{}, unless(err, errReset)
	}
	return infer.DeleteResponse{}, control.TerminateDatabase(ctx, req.ID)
}

func terminated(database devops.Database) bool {
	return database.Status == devops.StatusTerminated || database.Status == devops.StatusTerminating
}

// with fills in what Astra says of the database.
func (s DatabaseState) with(config Config, live devops.Database) DatabaseState {
	s.DatabaseID, s.Status = live.ID, live.Status
	s.DataAPIEndpoint, s.Keyspaces = dataAPIEndpoint(config, live), keyspacesOf(live)
	return s
}

// protected says whether deletion is refused; it is unless someone said otherwise.
func protected(setting *bool) bool { return setting == nil || *setting }

func protectedError(verb, what, name string) error {
	return fmt.Errorf("%s the %s %s: it is protected, because its data would be lost; set deletionProtection to false on it, run %s, "+
		"and then try again", verb, what, name, caller.Up())
}
