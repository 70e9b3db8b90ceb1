// Command astra-only makes a database on Astra, a keyspace with a table, and a
// token that may read and write the rows of that keyspace and nothing else.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	astradb "github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func main() { pulumi.Run(program) }

// tables are created, and extended when this says more.
var tables = []astradb.Table{{
	Name: "notes",
	Definition: map[string]any{
		"columns":    map[string]string{"owner": "text", "added": "timestamp", "note": "text"},
		"primaryKey": map[string]any{"partitionBy": []string{"owner"}, "partitionSort": map[string]int{"added": -1}},
	},
	Indexes: []astradb.Index{{Name: "notes_by_note", Column: "note"}},
}}

func program(ctx *pulumi.Context) error {
	account, err := astradb.NewProvider(ctx, "astra", &astradb.ProviderArgs{
		DeployToken: config.RequireSecret(ctx, "astra-only:deployToken"),
	})
	if err != nil {
		return err
	}
	with := pulumi.Provider(account)
	database, err := astradb.NewDatabase(ctx, "notes", &astradb.DatabaseArgs{
		Name: pulumi.String("notes-" + ctx.Stack()), CloudProvider: pulumi.String("GCP"), Region: pulumi.String("us-east1"),
	}, with)
	if err != nil {
		return err
	}
	keyspace, err := astradb.NewKeyspace(ctx, "notes", &astradb.KeyspaceArgs{
		DatabaseID: database.DatabaseID, Name: pulumi.String("notes"),
	}, with)
	if err != nil {
		return err
	}
	schema, err := astradb.NewSchema(ctx, "notes", &astradb.SchemaArgs{
		DatabaseID: database.DatabaseID, Keyspace: keyspace.Name, Tables: tables,
	}, with)
	if err != nil {
		return err
	}
	role, err := astradb.NewRole(ctx, "notes", &astradb.RoleArgs{
		Name: pulumi.String("notes-" + ctx.Stack()), DatabaseID: database.DatabaseID, Keyspace: keyspace.Name,
	}, with)
	if err != nil {
		return err
	}
	token, err := astradb.NewToken(ctx, "notes", &astradb.TokenArgs{
		RoleID: role.ID().ToStringOutput(), DatabaseID: database.DatabaseID, Keyspace: keyspace.Name,
	}, with, pulumi.DependsOn([]pulumi.Resource{schema}))
	if err != nil {
		return err
	}
	ctx.Export("endpoint", database.DataAPIEndpoint)
	ctx.Export("token", token.Token)
	return nil
}
