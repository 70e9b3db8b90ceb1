package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
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
// settings. Unless it is nil, ask gives access to the cluster, which then is
// asked about itself too.
func New(a app.App, settings Settings, ask func(Settings) Kubectl) (*Platform, error) {
	args := settings.args(a)
	p := app.ProblemsOf(args.Validate())
	settings.checkLogin(&p)
	settings.checkProduction(&p)
	args = args.withDefaults()
	if len(p) == 0 && ask != nil {
		if err := checkCluster(context.Background(), args.Expose, ask(settings)); err != nil {
			return nil, err
		}
	}
	return &Platform{settings: settings, args: args}, p.OrNil()
}

// Name is the value of the setting `target`.
func (p *Platform) Name() string { return "kubernetes" }

// RolloutSeconds is how long the deployment is waited for, and its old pods
// after it.
func (p *Platform) RolloutSeconds() int {
	return rolloutSeconds(p.args.App.Scale.MaxInstances) + p.Times().Drain()
}

// Times are those of a pod.
func (p *Platform) Times() app.Times { return p.args.times() }

// Protected is the setting.
func (p *Platform) Protected() bool { return *p.args.Protect }

// Astra is the given database.
func (p *Platform) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	return credentials.Existing(ctx, "astra-"+p.args.App.Environment, account)
}

// Deploy registers the service, with a provider for the cluster of the settings.
func (p *Platform) Deploy(ctx *pulumi.Context, a app.App, opts ...pulumi.ResourceOption) (*platform.Deployment, error) {
	scope := platform.ScopeOf(a, nil)
	access := &kubernetes.ProviderArgs{EnableServerSideApply: pulumi.Bool(true)}
	if p.settings.Context != "" {
		access.Context = pulumi.String(p.settings.Context)
	}
	if p.settings.Kubeconfig != "" {
		access.Kubeconfig = pulumi.String(p.settings.Kubeconfig)
	}
	provider, err := kubernetes.NewProvider(ctx, scope.Name("cluster"), access)
	if err != nil {
		return nil, fmt.Errorf("the cluster: %w", err)
	}
	args := p.settings.args(a)
	service, err := NewService(ctx, scope.Name("kubernetes"), &args, append(opts, pulumi.Providers(provider))...)
	if err != nil {
		return nil, err
	}
	return service.Deployment, nil
}
