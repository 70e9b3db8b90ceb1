package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Provider is an explicit instance of the provider. Hand it to resources with
// pulumi.Provider(p). Changing any of its arguments replaces no resource.
type Provider struct {
	pulumi.ProviderResourceState
}

// ProviderArgs configures a Provider. All are optional: only the astra
// resources need endpoints and a deploy token.
type ProviderArgs struct {
	// DevopsEndpoint is the base of the DevOps API with its version, such as
	// https://api.astra.datastax.com/v2, which is the default.
	DevopsEndpoint pulumi.StringInput `pulumi:"devopsEndpoint"`
	// DataAPIEndpoint is the endpoint of the database's Data API, such as
	// https://{database}-{region}.apps.astra.datastax.com.
	DataAPIEndpoint pulumi.StringInput `pulumi:"dataApiEndpoint"`
	// Embedded says that the endpoints are those of an embedded Astra: when its
	// data is deleted, so are the roles and tokens in it.
	Embedded pulumi.BoolInput `pulumi:"embedded"`
	// DeployToken authorises minting, schema changes and revocation. Secret.
	DeployToken pulumi.StringInput `pulumi:"deployToken" provider:"secret"`
}

// NewProvider registers an explicit instance of the provider.
func NewProvider(ctx *pulumi.Context, name string, args *ProviderArgs, opts ...pulumi.ResourceOption) (*Provider, error) {
	if args == nil {
		args = &ProviderArgs{}
	}
	provider := &Provider{}
	err := ctx.RegisterResource(ProviderType, name, inputs(args), provider, withSecrets(opts, "deployToken")...)
	return provider, err
}
