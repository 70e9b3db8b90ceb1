// Command deploy is the Pulumi program of own-service: the same app on Cloud Run
// or on ECS, as the setting target says.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/cloudrun"
	"github.com/killrvideo/killrvideo-go/infra/platform/ecs"
)

const name = "own-service"

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	settings := config.New(ctx, name)
	service := app.App{
		Name: name, Environment: ctx.Stack(), Port: settings.GetInt("port"),
		Build:  &app.Build{Context: ".."},
		Probes: app.Probes{Readiness: app.Probe{HTTPPath: settings.Get("healthPath")}},
		Env:    pulumi.StringMap{},
	}
	if given := settings.Get("image"); given != "" {
		service.Image, service.Build = pulumi.String(given), nil
	}
	credentials, err := addDatabase(ctx, settings, &service)
	if err != nil {
		return err
	}
	deployed, err := deploy(ctx, settings, service)
	if err != nil {
		return err
	}
	proof, err := gate.New(ctx, name, &gate.Args{Deployment: deployed, Credentials: credentials})
	if err != nil {
		return err
	}
	ctx.Export("url", proof.URL)
	return nil
}

// deploy puts the app on its target. What only one target needs is here.
func deploy(ctx *pulumi.Context, settings *config.Config, service app.App) (*platform.Deployment, error) {
	switch target := settings.Require("target"); target {
	case "cloudrun":
		deployed, err := cloudrun.NewService(ctx, name, &cloudrun.ServiceArgs{
			App: service, Public: true, Domain: settings.Get("domain"),
			Project: pulumi.String(config.Require(ctx, "gcp:project")), Region: pulumi.String(config.Require(ctx, "gcp:region")),
		})
		if err != nil {
			return nil, err
		}
		return deployed.Deployment, nil
	case "ecs":
		service.Scale.MinInstances = 1
		deployed, err := ecs.NewService(ctx, name, &ecs.ServiceArgs{
			App: service, Region: pulumi.String(config.Require(ctx, "aws:region")),
			Domain: settings.Require("domain"), HostedZone: pulumi.String(settings.Require("hostedZone")),
		})
		if err != nil {
			return nil, err
		}
		return deployed.Deployment, nil
	default:
		return nil, fmt.Errorf("the setting target is %q and must be cloudrun or ecs: pulumi config set target cloudrun", target)
	}
}
