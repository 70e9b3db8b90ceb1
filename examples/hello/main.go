// Command hello deploys a public container to Google Cloud Run.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform/cloudrun"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	service, err := cloudrun.NewService(ctx, "hello", &cloudrun.ServiceArgs{
		App: app.App{
			Name: "hello", Environment: ctx.Stack(), Image: pulumi.String(config.Require(ctx, "hello:image")),
		},
		Project: pulumi.String(config.Require(ctx, "gcp:project")),
		Region:  pulumi.String(config.Require(ctx, "gcp:region")),
		Public:  true,
	})
	if err != nil {
		return err
	}
	proof, err := gate.New(ctx, "hello", &gate.Args{Deployment: service.Deployment})
	if err != nil {
		return err
	}
	ctx.Export("url", proof.URL)
	return nil
}
