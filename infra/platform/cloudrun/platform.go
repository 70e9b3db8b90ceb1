package cloudrun

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// Platform deploys by Settings.
type Platform struct {
	settings Settings
	args     ServiceArgs
}

var _ platform.Platform = (*Platform)(nil)

// New returns the platform for an app; its error lists every problem of the
// settings.
func New(a app.App, settings Settings) (*Platform, error) {
	args := settings.args(a)
	p := app.ProblemsOf(args.Validate())
	settings.checkGate(&p)
	return &Platform{settings: settings, args: args.withDefaults()}, p.OrNil()
}

// Name is the value of the setting `target`.
func (p *Platform) Name() string { return "cloudrun" }

// RolloutSeconds is Google's own bound for a revision to become ready, and how
// long old instances go on.
func (p *Platform) RolloutSeconds() int {
	return 600 + *p.args.PermissionSeconds + p.Times().Drain()
}

// Times are those of an instance.
func (p *Platform) Times() app.Times { return p.args.times() }

// Protected is the setting.
func (p *Platform) Protected() bool { return *p.args.Protect }

// Astra is the given database.
func (p *Platform) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	return credentials.Existing(ctx, "astra-"+p.args.App.Environment, account)
}

// Deploy registers the service, with a provider for the project of the settings.
func (p *Platform) Deploy(ctx *pulumi.Context, a app.App, opts ...pulumi.ResourceOption) (*platform.Deployment, error) {
	scope := platform.ScopeOf(a, nil)
	provider, err := NewProvider(ctx, scope.Name("google"), p.settings.Project, p.settings.Region)
	if err != nil {
		return nil, err
	}
	args := p.settings.args(a)
	service, err := NewService(ctx, scope.Name("cloudrun"), &args, append(opts, pulumi.Providers(provider))...)
	if err != nil {
		return nil, err
	}
	return service.Deployment, nil
}

// NewProvider is Google's provider for one project and region. It does not ask
// the Compute API for its regions, which warns where that API is not enabled:
// Validate checks them. The SDK has no argument for it.
func NewProvider(ctx *pulumi.Context, name, project, region string) (*gcp.Provider, error) {
	withoutRegions := func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		return &pulumi.ResourceTransformationResult{Opts: args.Opts, Props: pulumi.Map{
			"project": pulumi.String(project), "region": pulumi.String(region), "skipRegionValidation": pulumi.Bool(true),
		}}
	}
	provider, err := gcp.NewProvider(ctx, name, &gcp.ProviderArgs{
		Project: pulumi.String(project), Region: pulumi.String(region),
	}, pulumi.Transformations([]pulumi.ResourceTransformation{withoutRegions}))
	if err != nil {
		return nil, fmt.Errorf("the Google Cloud project: %w", err)
	}
	return provider, nil
}
