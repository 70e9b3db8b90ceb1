// Package ecs is the target of AWS ECS on Fargate: one service behind a load
// balancer, whose secrets are pinned versions in Secrets Manager. No other
// cloud's SDK may enter.
//
// The four files of every target do the work: identity, secrets, network,
// service.
package ecs

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/image"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Target deploys to ECS on Fargate.
type Target struct {
	settings    Settings
	environment string
	checkout    string
	scope       target.Scope
	// repository is the ARN of the image's repository, nil when the image is
	// not in ECR.
	repository pulumi.StringInput
}

var _ target.Target = (*Target)(nil)

// New returns the target of an environment; its error lists every problem of
// the settings.
func New(checkout, environment string, scale app.Scale, settings Settings) (*Target, error) {
	settings.fill(environment)
	if err := settings.check(scale); err != nil {
		return nil, err
	}
	return &Target{settings: settings, environment: environment, scope: target.NewScope(environment), checkout: checkout}, nil
}

// Name is the value of the setting `target`.
func (t *Target) Name() string { return "ecs" }

// RolloutSeconds is how long the service is waited for to be steady, and its
// old tasks after it.
func (t *Target) RolloutSeconds() int { return 1200 + t.Times().Drain() }

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
	if given != "" {
		if arn, ok := repositoryOf(given); ok {
			t.repository = pulumi.String(arn)
		}
	}
	if given != "" && !strings.Contains(given, ".dkr.ecr."+t.settings.Region+".amazonaws.com/"+t.scope.Name("")+"@") {
		return pulumi.String(given).ToStringOutput(), nil
	}
	repository, err := ecr.NewRepository(ctx, t.scope.Name("images"), &ecr.RepositoryArgs{
		Name: pulumi.String(t.scope.Name("")), ImageTagMutability: pulumi.String("IMMUTABLE"),
		ImageScanningConfiguration: &ecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
		Tags:                       t.tags(),
	}, t.scope.Child(pulumi.Protect(t.Protected()))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the repository for images: %w", err)
	}
	t.repository = repository.Arn
	if err := t.keepImages(ctx, repository); err != nil {
		return pulumi.StringOutput{}, err
	}
	if given != "" {
		return pulumi.String(given).ToStringOutput(), nil
	}
	return image.Build(ctx, image.Args{
		Environment: t.environment, Checkout: t.checkout, Repository: repository.RepositoryUrl, TagByDigest: true,
	}, pulumi.Parent(t.scope.Group))
}

// Deploy runs the app and returns where it answers.
func (t *Target) Deploy(ctx *pulumi.Context, a app.App, image pulumi.StringOutput) (*target.Running, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	t.warnOfQuota(ctx, a.Scale)
	kept, err := t.secrets(ctx, a)
	if err != nil {
		return nil, err
	}
	who, err := t.identity(ctx, kept)
	if err != nil {
		return nil, err
	}
	door, err := t.network(ctx, a)
	if err != nil {
		return nil, err
	}
	made, err := t.service(ctx, a, image, who, kept, door)
	if err != nil {
		return nil, err
	}
	return &target.Running{URL: door.url, Revision: made.revision, Evidence: t.evidence(kept.pins, made), Pins: secret.Versions(kept.pins), Service: made.service}, nil
}

// open registers the component.
func (t *Target) open(ctx *pulumi.Context) error {
	provider, err := aws.NewProvider(ctx, t.scope.Name("aws"), &aws.ProviderArgs{Region: pulumi.String(t.settings.Region)})
	if err != nil {
		return fmt.Errorf("the AWS account: %w", err)
	}
	return t.scope.Open(ctx, "killrvideo:target:ECS", "ecs", provider)
}

func (t *Target) tags() pulumi.StringMap {
	tags := pulumi.StringMap{"app": pulumi.String("killrvideo"), "environment": pulumi.String(t.environment)}
	for key, value := range t.settings.Tags {
		tags[key] = pulumi.String(value)
	}
	return tags
}
