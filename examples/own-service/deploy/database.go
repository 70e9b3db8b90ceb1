package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// tables are created, and extended when this says more.
var tables = []resource.Table{{
	Name: "notes",
	Definition: map[string]any{
		"columns":    map[string]string{"owner": "text", "added": "timestamp", "note": "text"},
		"primaryKey": map[string]any{"partitionBy": []string{"owner"}, "partitionSort": map[string]int{"added": -1}},
	},
}}

// addDatabase gives the app the tables and a token that may read and write their
// rows. It returns what the proof must wait to revoke.
func addDatabase(ctx *pulumi.Context, settings *config.Config, service *app.App) ([]pulumi.Resource, error) {
	id := settings.Get("astraDatabaseId")
	if id == "" {
		return nil, nil
	}
	database, err := credentials.Existing(ctx, "astra", credentials.Account{
		DatabaseID: pulumi.String(id), Region: pulumi.String(settings.Require("astraRegion")),
		Keyspace: pulumi.String(settings.Require("keyspace")), DeployToken: settings.RequireSecret("astraDeployToken"),
	})
	if err != nil {
		return nil, err
	}
	made, err := credentials.New(ctx, "credentials", &credentials.Args{
		Astra: database, Name: name, Stack: ctx.Stack(), TokenGeneration: "1", Tables: tables,
	})
	if err != nil {
		return nil, err
	}
	service.Env["ASTRA_ENDPOINT"] = database.DataAPIEndpoint
	service.Env["ASTRA_KEYSPACE"] = database.Keyspace
	service.Secrets = append(service.Secrets, secret.New("ASTRA_TOKEN", made.Token.Token))
	return made.Resources(), nil
}
