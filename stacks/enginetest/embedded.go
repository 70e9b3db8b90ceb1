package enginetest

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// databaseID is the one database of the embedded Astra.
const databaseID = "00000000-0000-4000-8000-000000000001"

// embedded is a target whose account is on the embedded Astra; all else is the
// target's own.
type embedded struct {
	target.Target
	url string
}

func onEmbedded(build stacks.Builder, url string) stacks.Builder {
	return func(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
		place, err := build(source, cfg)
		if err != nil {
			return place, err
		}
		return embedded{place, url}, nil
	}
}

// Astra differs from the target's own by the addresses alone.
func (e embedded) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	provider, err := resource.NewProvider(ctx, "astra-dev", &resource.ProviderArgs{
		DevopsEndpoint: pulumi.String(e.url + "/v2"), DataAPIEndpoint: pulumi.String(e.url), DeployToken: account.DeployToken,
	})
	if err != nil {
		return nil, err
	}
	return &credentials.Astra{
		Provider: provider, DataAPIEndpoint: e.url, DatabaseID: databaseID, Keyspace: account.Keyspace,
	}, nil
}
