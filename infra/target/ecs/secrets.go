package ecs

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// kept is the app's secrets in Secrets Manager.
type kept struct {
	pins []secret.Pinned
	// arns are those of the secrets, in the order of pins.
	arns []pulumi.StringOutput
	// ready are the versions, which the service waits for.
	ready []pulumi.Resource
}

// secrets makes a secret and a version for each value.
func (t *Target) secrets(ctx *pulumi.Context, a app.App) (kept, error) {
	var all kept
	for _, s := range a.Secrets {
		store, version, err := t.secret(ctx, s)
		if err != nil {
			return all, fmt.Errorf("the secret %s: %w", s.Env(), err)
		}
		all.pins = append(all.pins, secret.Pinned{Env: s.Env(), Version: version.VersionId})
		all.arns = append(all.arns, store.Arn)
		all.ready = append(all.ready, version)
	}
	return all, nil
}

// secret leaves the store's name to Pulumi: AWS keeps a deleted name taken for
// days, and an `up` after a `destroy` would fail.
func (t *Target) secret(ctx *pulumi.Context, s secret.Secret) (*secretsmanager.Secret, *secretsmanager.SecretVersion, error) {
	name := t.scope.Name(strings.ToLower(strings.ReplaceAll(s.Env(), "_", "-")))
	store, err := secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description:          pulumi.String(s.Env() + " of the KillrVideo API, environment " + t.environment),
		RecoveryWindowInDays: pulumi.Int(7), Tags: t.tags(),
	}, t.scope.Child(pulumi.Protect(t.Protected()))...)
	if err != nil {
		return nil, nil, err
	}
	version, err := secretsmanager.NewSecretVersion(ctx, name, &secretsmanager.SecretVersionArgs{
		SecretId: store.ID(), SecretString: s.Stored(),
	}, t.scope.Child()...)
	return store, version, err
}

// reference is how a task names exactly one version: the secret's ARN, no key
// of a JSON value, no stage, the version.
func reference(arn, version string) string { return arn + ":::" + version }
