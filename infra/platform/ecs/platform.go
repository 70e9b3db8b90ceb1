package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
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
	var p platform.Problems
	settings.check(&p)
	args := settings.args(a)
	p = append(p, app.ProblemsOf(args.Validate())...)
	return &Platform{settings: settings, args: args.withDefaults()}, p.OrNil()
}

// Name is the value of the setting `target`.
func (p *Platform) Name() string { return "ecs" }

// RolloutSeconds is how long the service is waited for to be steady and AWS to end
// its watch, and its old tasks after it.
func (p *Platform) RolloutSeconds() int { return steadySeconds + watchSeconds + p.Times().Drain() }

// Times are those of a task.
func (p *Platform) Times() app.Times { return p.args.times() }

// Protected is the setting.
func (p *Platform) Protected() bool { return *p.args.Protect }

// Astra is the given database.
func (p *Platform) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	return credentials.Existing(ctx, "astra-"+p.args.App.Environment, account)
}

// Deploy registers the service, with a provider for the region of the settings.
func (p *Platform) Deploy(ctx *pulumi.Context, a app.App, opts ...pulumi.ResourceOption) (*platform.Deployment, error) {
	scope := platform.ScopeOf(a, nil)
	provider, err := aws.NewProvider(ctx, scope.Name("aws"), &aws.ProviderArgs{Region: pulumi.String(p.settings.Region)})
	if err != nil {
		return nil, fmt.Errorf("the AWS account: %w", err)
	}
	args := p.settings.args(a)
	service, err := NewService(ctx, scope.Name("ecs"), &args, append(opts, pulumi.Providers(provider))...)
	if err != nil {
		return nil, err
	}
	return service.Deployment, nil
}
