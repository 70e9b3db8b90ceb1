package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// SecretsArgs are the inputs of Secrets.
type SecretsArgs struct {
	// App and Environment begin and end the names, and Title is part of the
	// descriptions. Required.
	App, Environment, Title string
	// Secrets are the values.
	Secrets []secret.Secret
	// KMSKey is the ARN of the key that encrypts them. Default AWS's own.
	KMSKey pulumi.StringInput
	// Protect refuses to delete them.
	Protect bool
	Tags    pulumi.StringMap
}

// Secrets are an app's in Secrets Manager, each pinned to a version.
type Secrets struct {
	pulumi.ResourceState

	// Pins are the versions, and ARNs those of the secrets, in the same order.
	Pins []secret.Pinned
	ARNs []pulumi.StringOutput
	// Ready are the versions, which a service must wait for.
	Ready []pulumi.Resource
}

// NewSecrets makes a secret and a version for each value.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	all := &Secrets{}
	if err := ctx.RegisterComponentResource("infra:ecs:Secrets", name, all, opts...); err != nil {
		return nil, fmt.Errorf("the secrets: %w", err)
	}
	scope := platform.Scope{App: args.App, Environment: args.Environment, Component: all}
	for _, s := range args.Secrets {
		store, version, err := one(ctx, scope, s, args)
		if err != nil {
			return nil, fmt.Errorf("the secret %s: %w", s.Env(), err)
		}
		all.Pins = append(all.Pins, secret.Pinned{Env: s.Env(), Version: version.VersionId})
		all.ARNs = append(all.ARNs, store.Arn)
		all.Ready = append(all.Ready, version)
	}
	return all, ctx.RegisterResourceOutputs(all, pulumi.Map{})
}

// one leaves the store's name to Pulumi: AWS reserves a deleted name for days,
// and an `up` after a `destroy` would fail.
func one(
	ctx *pulumi.Context, scope platform.Scope, s secret.Secret, args *SecretsArgs,
) (*secretsmanager.Secret, *secretsmanager.SecretVersion, error) {
	name := scope.Variable(s.Env())
	store, err := secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description:          pulumi.String(s.Env() + " of the " + args.Title + ", environment " + args.Environment),
		RecoveryWindowInDays: pulumi.Int(7), KmsKeyId: app.OptionalPtr(args.KMSKey), Tags: args.Tags,
	}, scope.Child(pulumi.Protect(args.Protect && s.Protected()))...)
	if err != nil {
		return nil, nil, err
	}
	version, err := secretsmanager.NewSecretVersion(ctx, name, &secretsmanager.SecretVersionArgs{
		SecretId: store.ID(), SecretString: s.Stored(),
	}, scope.Child()...)
	return store, version, err
}

// reference is how a task names exactly one version: the secret's ARN, no key
// of a JSON value, no stage, the version.
func reference(arn, version string) string { return arn + ":::" + version }
