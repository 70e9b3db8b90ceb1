// Command gcp is the Pulumi program of a Google Cloud project whose state a
// preview may read. An administrator runs it once, by hand; no job may.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/ci"
	"github.com/killrvideo/killrvideo-go/infra/ci/gcp"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	args := &gcp.Args{
		Project: "killrvideo", Repository: ci.RepositoryOf(ctx), GoogleProject: ci.Text(ctx, "googleProject"),
		StateBucket: ci.Text(ctx, "stateBucket"),
	}
	if err := ci.Structured(ctx, "environments", &args.Environments); err != nil {
		return err
	}
	if err := ci.Structured(ctx, "keys", &args.Keys); err != nil {
		return err
	}
	made, err := gcp.New(ctx, "killrvideo-ci-gcp", args, pulumi.Aliases([]pulumi.Alias{{Type: pulumi.String("killrvideo:ci:GCP")}}))
	if err != nil {
		return err
	}
	ctx.Export("workloadIdentityProvider", made.Provider)
	return nil
}
