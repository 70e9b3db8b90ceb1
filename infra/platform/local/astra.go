package local

import (
	"fmt"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// databaseID is the one database of the embedded Astra.
const databaseID = "00000000-0000-4000-8000-000000000001"

// AstraArgs are the inputs of the embedded Astra.
type AstraArgs struct {
	// Program is the embedded Astra; AstraProgram builds it. Required.
	Program *Program
	// Port on 127.0.0.1. Required.
	Port int
	// Keyspace holds the tables. Required.
	Keyspace pulumi.StringInput
	// StateDir is an absolute folder for its data and logs. Required.
	StateDir string
	// Owner marks the folders of this stack's state. Default none.
	Owner pulumi.StringInput
	// PortFix says how to choose another port, for the message when it is taken.
	PortFix string
}

// AstraProgram is the embedded Astra. The module in dir must require astra.
func AstraProgram(dir string, flags ...string) GoProgram {
	return GoProgram{
		Dir: dir, Package: "github.com/killrvideo/killrvideo-go/astra/local/cmd/astra-local", Name: "astra-local", Flags: flags,
	}
}

// NewAstra starts the embedded Astra and returns it with its administrator's
// credentials. Its data outlives the process and a `destroy`.
func NewAstra(ctx *pulumi.Context, name string, args *AstraArgs, opts ...pulumi.ResourceOption) (*credentials.Astra, error) {
	data := filepath.Join(args.StateDir, "astra-data")
	tokenFile := filepath.Join(data, "admin-token")
	url := urlOf(args.Port)
	process, err := resource.NewProcess(ctx, name, &resource.ProcessArgs{
		Command: pulumi.String(args.Program.Path),
		Args: pulumi.ToStringArray([]string{
			"-dir", data, "-addr", address(args.Port), "-admin-token-file", tokenFile,
		}),
		Owner:      args.Owner,
		Dir:        pulumi.String(filepath.Join(args.StateDir, "astra")),
		URL:        pulumi.String(url),
		HealthPath: pulumi.String("/stargate/health"),
		TokenFile:  pulumi.String(tokenFile), PortSetting: app.Optional(args.PortFix),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("embedded Astra: %w", err)
	}
	provider, err := resource.NewProvider(ctx, name, &resource.ProviderArgs{
		DevopsEndpoint:  pulumi.String(url + "/v2"),
		DataAPIEndpoint: pulumi.String(url),
		Embedded:        pulumi.Bool(true),
		DeployToken:     process.Token,
	}, append(opts, pulumi.DependsOn([]pulumi.Resource{process}))...)
	if err != nil {
		return nil, fmt.Errorf("embedded Astra's administrator: %w", err)
	}
	return &credentials.Astra{
		Provider: provider, DataAPIEndpoint: pulumi.String(url), DatabaseID: pulumi.String(databaseID), Keyspace: args.Keyspace,
	}, nil
}
