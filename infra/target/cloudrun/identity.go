package cloudrun

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// identity is who the service runs as: an account of its own, without a key
// and without any right but those that secrets grants.
func (t *Target) identity(ctx *pulumi.Context) (*serviceaccount.Account, error) {
	account, err := serviceaccount.NewAccount(ctx, t.scope.Name("account"), &serviceaccount.AccountArgs{
		AccountId:   pulumi.String(t.scope.Name("")),
		DisplayName: pulumi.String("KillrVideo API, environment " + t.environment),
		Description: pulumi.String("Runs the service; may read its own secrets and nothing else"),
	}, t.scope.Child(pulumi.DependsOn(t.enabled))...)
	if err != nil {
		return nil, fmt.Errorf("the service account: %w", err)
	}
	return account, nil
}
