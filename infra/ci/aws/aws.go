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
	// Environments are GitHub's, one for each stack that is previewed; each
	// gets a role of its own, named killrvideo-ENVIRONMENT.
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

type component struct{ pulumi.ResourceState }

// New makes the roles, and gives the ARN of each by its environment.
func New(ctx *pulumi.Context, args Args) (map[string]pulumi.StringOutput, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	group := &component{}
	if err := ctx.RegisterComponentResource("killrvideo:ci:AWS", "killrvideo-ci-aws", group); err != nil {
		return nil, fmt.Errorf("the identities on AWS: %w", err)
	}
	provider, err := identityProvider(ctx, group, args.Provider)
	if err != nil {
		return nil, err
	}
	roles := map[string]pulumi.StringOutput{}
	for _, environment := range args.Environments {
		if roles[environment], err = role(ctx, group, args, environment, provider); err != nil {
			return nil, err
		}
	}
	return roles, nil
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

func role(ctx *pulumi.Context, group pulumi.Resource, args Args, environment string, provider pulumi.StringOutput) (pulumi.StringOutput, error) {
	trusted := provider.ApplyT(func(arn string) (string, error) {
		return trust(arn, args.Repository.Subjects(environment))
	}).(pulumi.StringOutput)
	name := "killrvideo-" + environment
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
