// Package cloudrun is the target of Google Cloud Run: one service with a
// service account of its own, whose secrets are pinned versions in Secret
// Manager. No other cloud's SDK may enter.
//
// The four files of every target do the work: identity, secrets, network,
// service.
package cloudrun

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/image"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Target deploys to Cloud Run.
type Target struct {
	settings    Settings
	environment string
	checkout    string
	scope       target.Scope
	enabled     []pulumi.Resource // the APIs, which all else waits for
}

var _ target.Target = (*Target)(nil)

// New returns the target of an environment; its error lists every problem of
// the settings.
func New(checkout, environment string, scale app.Scale, settings Settings) (*Target, error) {
	settings.fill(environment, scale)
	if err := settings.check(environment, scale); err != nil {
		return nil, err
	}
	return &Target{settings: settings, environment: environment, scope: target.NewScope(environment), checkout: checkout}, nil
}

// Name is the value of the setting `target`.
func (t *Target) Name() string { return "cloudrun" }

// RolloutSeconds is Google's own bound for a revision to become ready, and how
// long old instances go on.
func (t *Target) RolloutSeconds() int { return 600 + *t.settings.PermissionSeconds + t.Times().Drain() }

// Protected is the setting.
func (t *Target) Protected() bool { return *t.settings.Protect }

// Astra is the given database.
func (t *Target) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	return credentials.Existing(ctx, t.environment, account)
}

// Image is the given digest, or a build of the checkout in a repository of
// this environment. The repository stays while what runs lies in it: going
// back to an earlier image must not delete that image.
func (t *Target) Image(ctx *pulumi.Context, given string) (pulumi.StringOutput, error) {
	if err := t.open(ctx); err != nil {
		return pulumi.StringOutput{}, err
	}
	own := fmt.Sprintf("%s-docker.pkg.dev/%s/%s/", t.settings.Region, t.settings.Project, t.scope.Name(""))
	if given != "" && !strings.HasPrefix(given, own) {
		return pulumi.String(given).ToStringOutput(), nil
	}
	repository, err := artifactregistry.NewRepository(ctx, t.scope.Name("images"), &artifactregistry.RepositoryArgs{
		RepositoryId: pulumi.String(t.scope.Name("")),
		Location:     pulumi.String(t.settings.Region),
		Format:       pulumi.String("DOCKER"),
		Description:  pulumi.String("Images of the KillrVideo API, environment " + t.environment),
		Labels:       t.labels(),
	}, t.scope.Child(pulumi.DependsOn(t.enabled), pulumi.Protect(t.Protected()))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the repository for images: %w", err)
	}
	if given != "" {
		return pulumi.String(given).ToStringOutput(), nil
	}
	where := pulumi.Sprintf("%s-docker.pkg.dev/%s/%s/killrvideo", repository.Location, repository.Project, repository.RepositoryId)
	return image.Build(ctx, image.Args{Environment: t.environment, Checkout: t.checkout, Repository: where}, pulumi.Parent(t.scope.Group))
}

// Deploy runs the app and returns where it answers.
func (t *Target) Deploy(ctx *pulumi.Context, a app.App, image pulumi.StringOutput) (*target.Running, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	who, err := t.identity(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := t.secrets(ctx, a, who)
	if err != nil {
		return nil, err
	}
	service, revision, err := t.service(ctx, a, image, who, kept)
	if err != nil {
		return nil, err
	}
	open, err := t.network(ctx, service)
	if err != nil {
		return nil, err
	}
	running := &target.Running{
		URL: service.Uri, Revision: revision, Service: open,
		Evidence: t.evidence(ctx.Stack(), kept.pins, service), Pins: secret.Versions(kept.pins),
		Elsewhere: fmt.Sprintf("Traffic that was pinned to another revision by hand stays there. Give it back with: "+
			"gcloud run services update-traffic %s --to-latest --region %s --project %s", t.scope.Name(""), t.settings.Region, t.settings.Project),
	}
	if t.settings.Domain != "" {
		running.URL, running.Unproved = pulumi.String("https://"+t.settings.Domain).ToStringOutput(), service.Uri
		running.Switch = func(proof pulumi.Resource) (pulumi.StringOutput, error) {
			return t.domain(ctx, running, service, proof)
		}
	}
	return running, nil
}

// open registers the component and switches on the APIs that it needs.
func (t *Target) open(ctx *pulumi.Context) error {
	provider, err := gcp.NewProvider(ctx, t.scope.Name("google"), &gcp.ProviderArgs{
		Project: pulumi.String(t.settings.Project), Region: pulumi.String(t.settings.Region),
	}, pulumi.Transformations([]pulumi.ResourceTransformation{t.withoutRegions}))
	if err != nil {
		return fmt.Errorf("the Google Cloud project: %w", err)
	}
	if err := t.scope.Open(ctx, "killrvideo:target:CloudRun", "cloudrun", provider); err != nil {
		return err
	}
	for _, api := range []string{"artifactregistry", "iam", "run", "secretmanager"} {
		enabled, err := projects.NewService(ctx, t.scope.Name(api), &projects.ServiceArgs{
			Service: pulumi.String(api + ".googleapis.com"),
			// Others may use it in this project.
			DisableOnDestroy: pulumi.Bool(false),
		}, t.scope.Child()...)
		if err != nil {
			return fmt.Errorf("the API %s.googleapis.com: %w", api, err)
		}
		t.enabled = append(t.enabled, enabled)
	}
	return nil
}

// withoutRegions keeps the provider from asking the Compute API for its regions
// and warning that it is not enabled: the settings are checked here. The SDK has
// no argument for it.
func (t *Target) withoutRegions(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	return &pulumi.ResourceTransformationResult{Opts: args.Opts, Props: pulumi.Map{
		"project": pulumi.String(t.settings.Project), "region": pulumi.String(t.settings.Region), "skipRegionValidation": pulumi.Bool(true),
	}}
}

func (t *Target) labels() pulumi.StringMap {
	labels := pulumi.StringMap{"app": pulumi.String("killrvideo"), "environment": pulumi.String(t.environment)}
	for key, value := range t.settings.Labels {
		labels[key] = pulumi.String(value)
	}
	return labels
}
