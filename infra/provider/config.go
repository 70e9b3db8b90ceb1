package provider

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// DefaultDevopsEndpoint is the DevOps API of Astra itself.
const DefaultDevopsEndpoint = "https://api.astra.datastax.com/v2"

// Config is the configuration of one explicit provider instance. Credentials
// are here, and not among the inputs of resources, so that changing the deploy
// token replaces nothing.
type Config struct {
	DevopsEndpoint  string `pulumi:"devopsEndpoint,optional"`
	DataAPIEndpoint string `pulumi:"dataApiEndpoint,optional"`
	DeployToken     string `pulumi:"deployToken,optional" provider:"secret"`
	Embedded        bool   `pulumi:"embedded,optional"`
}

// Annotate describes the configuration.
func (c *Config) Annotate(a infer.Annotator) {
	a.Describe(&c.DevopsEndpoint, "Base of the DevOps API, with its version.")
	a.SetDefault(&c.DevopsEndpoint, DefaultDevopsEndpoint)
	a.Describe(&c.DataAPIEndpoint, "Endpoint of the database's Data API, without a path; found by the UUID of the database if absent.")
	a.Describe(&c.Embedded, "The endpoints are those of an embedded Astra. It serves all databases at one address. It has one "+
		"organisation: when it is another one than a resource remembers, its data was deleted, and the resource with it.")
	a.Describe(&c.DeployToken, "Token used at deploy time to mint, to change the schema and to revoke.")
}

// diffConfig says that every change of the configuration is an update. The
// framework would replace the provider, and with it every resource that uses
// it; it would also decode the old configuration into the one in use.
func diffConfig(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	changes := map[string]p.PropertyDiff{}
	for _, name := range []string{"devopsEndpoint", "dataApiEndpoint", "deployToken", "embedded"} {
		before, after := req.State.Get(name), req.Inputs.Get(name)
		if !before.WithSecret(false).Equals(after.WithSecret(false)) {
			changes[name] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
		}
	}
	return p.DiffResponse{HasChanges: len(changes) > 0, DetailedDiff: changes}, nil
}
