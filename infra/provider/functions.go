package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// GetDatabase is the function getDatabase.
type GetDatabase struct{ astra connector }

// GetDatabaseArgs are its inputs.
type GetDatabaseArgs struct {
	DatabaseID string `pulumi:"databaseId,optional"`
	Name       string `pulumi:"name,optional"`
}

// DatabaseResult is a database that exists.
type DatabaseResult struct {
	DatabaseID      string   `pulumi:"databaseId"`
	Name            string   `pulumi:"name"`
	CloudProvider   string   `pulumi:"cloudProvider"`
	Region          string   `pulumi:"region"`
	Status          string   `pulumi:"status"`
	Keyspaces       []string `pulumi:"keyspaces"`
	DataAPIEndpoint string   `pulumi:"dataApiEndpoint"`
}

// Annotate names and describes the function.
func (f *GetDatabase) Annotate(a infer.Annotator) {
	a.SetToken("index", "getDatabase")
	a.Describe(&f, "Finds a database by its UUID, or by a name that only one database has."+example(`
variables:
  shop:
    fn::invoke:
      function: astradb:getDatabase
      arguments:
        name: shop
`))
}

// Annotate describes the inputs.
func (args *GetDatabaseArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Name, "Name of the database, instead of its UUID.")
}

// Annotate describes the outputs.
func (r *DatabaseResult) Annotate(a infer.Annotator) {
	a.Describe(&r.DatabaseID, "UUID of the database.")
	a.Describe(&r.Name, "Name of the database.")
	a.Describe(&r.CloudProvider, "AWS, GCP or AZURE.")
	a.Describe(&r.Region, "Region of the cloud provider.")
	a.Describe(&r.Status, "Status of the database, such as ACTIVE or HIBERNATED.")
	a.Describe(&r.Keyspaces, "All keyspaces, in alphabetical order.")
	a.Describe(&r.DataAPIEndpoint, "Endpoint of the Data API, without a path.")
}

// Invoke finds the database.
func (f *GetDatabase) Invoke(
	ctx context.Context, req infer.FunctionRequest[GetDatabaseArgs],
) (infer.FunctionResponse[DatabaseResult], error) {
	none := infer.FunctionResponse[DatabaseResult]{}
	if (req.Input.DatabaseID == "") == (req.Input.Name == "") {
		return none, fmt.Errorf("getDatabase: give either databaseId or name")
	}
	control, err := f.astra.deployControl(ctx, "getDatabase")
	if err != nil {
		return none, err
	}
	database, err := find(ctx, control, req.Input)
	if err != nil {
		return none, err
	}
	return infer.FunctionResponse[DatabaseResult]{Output: DatabaseResult{
		DatabaseID: database.ID, Name: database.Info.Name, CloudProvider: database.Info.CloudProvider, Region: database.Info.Region,
		Status: database.Status, Keyspaces: keyspacesOf(*database), DataAPIEndpoint: dataAPIEndpoint(f.astra.as(ctx, "").config, *database),
	}}, nil
}

func find(ctx context.Context, control *devops.Client, by GetDatabaseArgs) (*devops.Database, error) {
	if by.DatabaseID != "" {
		return control.Database(ctx, by.DatabaseID)
	}
	all, err := control.Databases(ctx)
	if err != nil {
		return nil, err
	}
	var found []devops.Database
	var ids []string
	for _, database := range all {
		if database.Info.Name == by.Name && !terminated(database) {
			found, ids = append(found, database), append(ids, database.ID)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("getDatabase: no database that the deploy token sees is named %s", by.Name)
	case 1:
		return &found[0], nil
	}
	return nil, fmt.Errorf("getDatabase: %d databases are named %s; give the databaseId of one: %s", len(found), by.Name,
		strings.Join(ids, ", "))
}

// GetRegions is the function getRegions.
type GetRegions struct{ astra connector }

// GetRegionsArgs are its inputs.
type GetRegionsArgs struct {
	CloudProvider string `pulumi:"cloudProvider,optional"`
	All           bool   `pulumi:"all,optional"`
}

// GetRegionsResult is its output.
type GetRegionsResult struct {
	Regions []Region `pulumi:"regions"`
}

// Region is where a serverless database can be.
type Region struct {
	Name           string `pulumi:"name"`
	CloudProvider  string `pulumi:"cloudProvider"`
	DisplayName    string `pulumi:"displayName"`
	Zone           string `pulumi:"zone"`
	Classification string `pulumi:"classification"`
	Enabled        bool   `pulumi:"enabled"`
}

// Annotate names and describes the function.
func (f *GetRegions) Annotate(a infer.Annotator) {
	a.SetToken("index", "getRegions")
	a.Describe(&f, "Lists the regions in which the organisation can create a serverless vector database."+example(`
variables:
  regions:
    fn::invoke:
      function: astradb:getRegions
      arguments:
        cloudProvider: GCP
`))
}

// Annotate describes the inputs.
func (args *GetRegionsArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.CloudProvider, "Only the regions of AWS, GCP or AZURE.")
	a.Describe(&args.All, "Also the regions that are not enabled for the organisation.")
}

// Annotate describes the output.
func (r *GetRegionsResult) Annotate(a infer.Annotator) { a.Describe(&r.Regions, "The regions.") }

// Annotate describes a region.
func (r *Region) Annotate(a infer.Annotator) {
	a.Describe(&r.Name, "The region's name, as a Database takes it.")
	a.Describe(&r.CloudProvider, "AWS, GCP or AZURE.")
	a.Describe(&r.DisplayName, "The region's name for people.")
	a.Describe(&r.Zone, "The part of the world.")
	a.Describe(&r.Classification, "standard or premium.")
	a.Describe(&r.Enabled, "Whether the organisation may use it.")
}

// Invoke lists the regions.
func (f *GetRegions) Invoke(
	ctx context.Context, req infer.FunctionRequest[GetRegionsArgs],
) (infer.FunctionResponse[GetRegionsResult], error) {
	none := infer.FunctionResponse[GetRegionsResult]{}
	control, err := f.astra.deployControl(ctx, "getRegions")
	if err != nil {
		return none, err
	}
	all, err := control.Regions(ctx)
	if err != nil {
		return none, err
	}
	result := GetRegionsResult{Regions: []Region{}}
	for _, region := range all {
		if (req.Input.CloudProvider == "" || region.CloudProvider == req.Input.CloudProvider) && (req.Input.All || region.Enabled) {
			result.Regions = append(result.Regions, Region(region))
		}
	}
	return infer.FunctionResponse[GetRegionsResult]{Output: result}, nil
}
