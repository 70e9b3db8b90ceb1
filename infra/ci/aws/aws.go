// Package aws gives the preview jobs of one GitHub repository a role on AWS
// each: trusted by the job's own name, for an hour, and able to read the
// stack's state and nothing else. Rights to change anything may not enter.
package aws

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/ci"
)

// audience is whom GitHub's tokens for AWS are meant for.
const audience = "sts.amazonaws.com"

// Args says whose jobs may preview, and what they read.
type Args struct {
	Repository ci.Repository
	// Project is the name of the stacks' Pulumi project, with which the names of
	// the roles begin. Required.
	Project string
	// Environments are GitHub's, one for each stack that is previewed; each
	// gets a role of its own, named PROJECT-ENVIRONMENT.
	Environments []string
	// Provider is the ARN of GitHub's identity provider, if the account has it
	// already; an account can have one. Empty makes it.
	Provider string
	// StateBucket is the name of the bucket with the stacks' state, empty if it
	// is elsewhere.
	StateBucket string
	// Keys are the ARNs of the KMS keys that encrypt the stacks' secrets, by
	// environment. An environment without one decrypts nothing by KMS.
	Keys map[string]string
}

// Identities are the roles.
type Identities struct {
	pulumi.ResourceState

	// Roles are their ARNs, by environment.
	Roles map[string]pulumi.StringOutput
}

// New makes the roles.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Identities, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	all := &Identities{Roles: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource("infra:ci:AWS", name, all, opts...); err != nil {
		return nil, fmt.Errorf("the identities on AWS: %w", err)
	}
	provider, err := identityProvider(ctx, all, args.Provider)
	if err != nil {
		return nil, err
	}
	for _, environment := range args.Environments {
		if all.Roles[environment], err = role(ctx, all, args, environment, provider); err != nil {
			return nil, err
		}
	}
	return all, ctx.RegisterResourceOutputs(all, pulumi.Map{})
}

func identityProvider(ctx *pulumi.Context, group pulumi.Resource, existing string) (pulumi.StringOutput, error) {
	if existing != "" {
		return pulumi.String(existing).ToStringOutput(), nil
	}
	made, err := iam.NewOpenIdConnectProvider(ctx, "github", &iam.OpenIdConnectProviderArgs{
		Url: pulumi.String(ci.Issuer), ClientIdLists: pulumi.ToStringArray([]string{audience}),
	}, pulumi.Parent(group))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("GitHub's identity provider: %w", err)
	}
	return made.Arn, nil
}

func role(
	ctx *pulumi.Context, group pulumi.Resource, args *Args, environment string, provider pulumi.StringOutput,
) (pulumi.StringOutput, error) {
	trusted := provider.ApplyT(func(arn string) (string, error) {
		return trust(arn, args.Repository.Subjects(environment))
	}).(pulumi.StringOutput)
	name := args.Project + "-" + environment
	made, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:               pulumi.String(name),
		Description:        pulumi.String("Previews of pull requests, environment " + environment + ": reads the state, changes nothing"),
		AssumeRolePolicy:   trusted,
		MaxSessionDuration: pulumi.Int(3600),
	}, pulumi.Parent(group))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the role of %s: %w", environment, err)
	}
	if allowed := args.rights(environment); len(allowed) > 0 {
		text, err := json.Marshal(policy{Version: version, Statement: allowed})
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("encode the rights of %s: %w", environment, err)
		}
		_, err = iam.NewRolePolicy(ctx, name+"-reads", &iam.RolePolicyArgs{
			Name: pulumi.String("reads"), Role: made.Name, Policy: pulumi.String(text),
		}, pulumi.Parent(group))
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("the rights of %s: %w", environment, err)
		}
	}
	return made.Arn, nil
}
