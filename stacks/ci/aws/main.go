// Command aws is the Pulumi program of an AWS account whose state a preview
// may read. An administrator runs it once, by hand; no job may.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/ci"
	"github.com/killrvideo/killrvideo-go/infra/ci/aws"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	args := &aws.Args{
		Project: "killrvideo", Repository: ci.RepositoryOf(ctx), Provider: ci.Text(ctx, "provider"), StateBucket: ci.Text(ctx, "stateBucket"),
	}
	if err := ci.Structured(ctx, "environments", &args.Environments); err != nil {
		return err
	}
	if err := ci.Structured(ctx, "keys", &args.Keys); err != nil {
		return err
	}
	made, err := aws.New(ctx, "killrvideo-ci-aws", args, pulumi.Aliases([]pulumi.Alias{{Type: pulumi.String("killrvideo:ci:AWS")}}))
	if err != nil {
		return err
	}
	for environment, arn := range made.Roles {
		ctx.Export("role-"+environment, arn)
	}
	return nil
}
