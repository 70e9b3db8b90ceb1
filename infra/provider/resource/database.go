package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Database is a serverless vector database. Its ID is the database's UUID.
type Database struct {
	pulumi.CustomResourceState

	// DatabaseID is the UUID, known once the database was made.
	DatabaseID pulumi.StringOutput `pulumi:"databaseId"`
	// DataAPIEndpoint is the endpoint of the Data API, without a path.
	DataAPIEndpoint pulumi.StringOutput `pulumi:"dataApiEndpoint"`
	// Keyspaces are all keyspaces, in alphabetical order.
	Keyspaces pulumi.StringArrayOutput `pulumi:"keyspaces"`
	// Status is such as ACTIVE or HIBERNATED.
	Status pulumi.StringOutput `pulumi:"status"`
	// OrganizationID is the UUID of the organisation.
	OrganizationID pulumi.StringOutput `pulumi:"organizationId"`
}

// DatabaseArgs are the inputs of a Database. Every change but of
// DeletionProtection replaces it.
type DatabaseArgs struct {
	// Name of the database, at most 50 characters. Required.
	Name pulumi.StringInput `pulumi:"name"`
	// CloudProvider is AWS, GCP or AZURE. Required.
	CloudProvider pulumi.StringInput `pulumi:"cloudProvider"`
	// Region of the cloud provider. Required.
	Region pulumi.StringInput `pulumi:"region"`
	// Keyspace is the first keyspace. Default default_keyspace.
	Keyspace pulumi.StringInput `pulumi:"keyspace"`
	// DeletionProtection refuses deletion and replacement. Default true.
	DeletionProtection pulumi.BoolInput `pulumi:"deletionProtection"`
}

// NewDatabase registers a Database.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	database := &Database{}
	return database, ctx.RegisterResource(DatabaseType, name, inputs(args), database, opts...)
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

// GetDatabaseArgs say which database is looked for: by its UUID, or by a name
// that only one database has.
type GetDatabaseArgs struct {
	DatabaseID string `pulumi:"databaseId,optional"`
	Name       string `pulumi:"name,optional"`
}

// GetDatabase finds a database.
func GetDatabase(ctx *pulumi.Context, args *GetDatabaseArgs, opts ...pulumi.InvokeOption) (*DatabaseResult, error) {
	result := &DatabaseResult{}
	return result, ctx.Invoke(Package+":index:getDatabase", args, result, opts...)
}

// GetRegionsArgs limit the regions that are listed.
type GetRegionsArgs struct {
	// CloudProvider is AWS, GCP or AZURE; "" means all.
	CloudProvider string `pulumi:"cloudProvider,optional"`
	// All lists also regions that are not enabled for the organisation.
	All bool `pulumi:"all,optional"`
}

// GetRegionsResult is the answer of GetRegions.
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

// GetRegions lists the regions of serverless vector databases.
func GetRegions(ctx *pulumi.Context, args *GetRegionsArgs, opts ...pulumi.InvokeOption) (*GetRegionsResult, error) {
	result := &GetRegionsResult{}
	return result, ctx.Invoke(Package+":index:getRegions", args, result, opts...)
}
