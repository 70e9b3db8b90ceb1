package credentials

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Existing is the way into a database that is already there, on Astra itself
// or at the endpoints of the account: all targets but this machine use it.
func Existing(ctx *pulumi.Context, environment string, account Account) (*Astra, error) {
	endpoint := account.DataAPIEndpoint
	if endpoint == "" {
		endpoint = astra.Endpoint(account.DatabaseID, account.Region)
	}
	args := &resource.ProviderArgs{DataAPIEndpoint: pulumi.String(endpoint), DeployToken: account.DeployToken}
	if account.DevopsEndpoint != "" {
		args.DevopsEndpoint = pulumi.String(account.DevopsEndpoint)
	}
	provider, err := resource.NewProvider(ctx, "astra-"+environment, args)
	if err != nil {
		return nil, fmt.Errorf("the Astra account: %w", err)
	}
	return &Astra{
		Provider: provider, DataAPIEndpoint: endpoint, DatabaseID: account.DatabaseID, Keyspace: account.Keyspace,
	}, nil
}
