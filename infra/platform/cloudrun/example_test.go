package cloudrun_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform/cloudrun"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// A service of your own, proved before `up` ends.
func ExampleNewService() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		service, err := cloudrun.NewService(ctx, "shop", &cloudrun.ServiceArgs{
			App: app.App{
				Name: "shop", Environment: "dev", Port: 3000,
				Image:   pulumi.String("ghcr.io/you/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000"),
				Env:     pulumi.StringMap{"LOG_LEVEL": pulumi.String("info")},
				Secrets: []secret.Secret{secret.New("API_KEY", pulumi.String("from your stack's settings"))},
			},
			Project: pulumi.String("my-project-123"), Region: pulumi.String("europe-west1"), Public: true,
		})
		if err != nil {
			return err
		}
		proof, err := gate.New(ctx, "shop", &gate.Args{Deployment: service.Deployment})
		if err != nil {
			return err
		}
		ctx.Export("url", proof.URL)
		return nil
	})
}
