package local

import (
	"fmt"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// databaseID is the one database of the embedded Astra.
const databaseID = "00000000-0000-4000-8000-000000000001"

// Astra starts the embedded Astra and returns a way in as its administrator.
// Its data outlives the process and a `destroy`.
func (t *Target) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	stack := ctx.Stack()
	_ = ctx.Log.Info("building the embedded Astra", nil)
	binary, _, err := t.build("astra", "./local/cmd/astra-local", "astra-local",
		target.ReleaseOf(t.root, "astra").LinkerFlags("github.com/killrvideo/killrvideo-go/astra/local"))
	if err != nil {
		return nil, err
	}
	data := string(t.state(stack, "astra-data"))
	tokenFile := filepath.Join(data, "admin-token")
	url := urlOf(t.settings.AstraPort)
	if t.owner, err = resource.NewOwner(ctx, "owner-"+stack); err != nil {
		return nil, fmt.Errorf("the mark of this stack's folders: %w", err)
	}
	process, err := resource.NewProcess(ctx, "astra-"+stack, &resource.ProcessArgs{
		Command: pulumi.String(binary),
		Args: pulumi.ToStringArray([]string{
			"-dir", data, "-addr", address(t.settings.AstraPort), "-admin-token-file", tokenFile,
		}),
		Owner:       t.owner.Mark,
		Dir:         t.state(stack, "astra"),
		URL:         pulumi.String(url),
		HealthPath:  pulumi.String("/stargate/health"),
		TokenFile:   pulumi.String(tokenFile),
		PortSetting: pulumi.String(caller.Pulumi("config set --path local.astraPort PORT --stack " + stack)),
	})
	if err != nil {
		return nil, fmt.Errorf("embedded Astra: %w", err)
	}
	provider, err := resource.NewProvider(ctx, "astra-"+stack, &resource.ProviderArgs{
		DevopsEndpoint:  pulumi.String(url + "/v2"),
		DataAPIEndpoint: pulumi.String(url),
		Embedded:        pulumi.Bool(true),
		DeployToken:     process.Token,
	}, pulumi.DependsOn([]pulumi.Resource{process}))
	if err != nil {
		return nil, fmt.Errorf("embedded Astra's administrator: %w", err)
	}
	return &credentials.Astra{
		Provider: provider, DataAPIEndpoint: url, DatabaseID: databaseID, Keyspace: account.Keyspace,
	}, nil
}
