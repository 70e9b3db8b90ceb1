package credentials

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Existing is a database that is already there, on Astra itself or at the
// endpoints of the account.
func Existing(ctx *pulumi.Context, name string, account Account, opts ...pulumi.ResourceOption) (*Astra, error) {
	endpoint := account.DataAPIEndpoint
	if endpoint == nil {
		endpoint = pulumi.All(account.DatabaseID, account.Region).ApplyT(func(known []any) string {
			return astra.Endpoint(known[0].(string), known[1].(string))
		}).(pulumi.StringOutput)
	}
	provider, err := resource.NewProvider(ctx, name, &resource.ProviderArgs{
		DataAPIEndpoint: endpoint, DevopsEndpoint: account.DevopsEndpoint, DeployToken: account.DeployToken,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("the Astra account: %w", err)
	}
	return &Astra{
		Provider: provider, DataAPIEndpoint: endpoint, DatabaseID: account.DatabaseID, Keyspace: account.Keyspace,
	}, nil
}
