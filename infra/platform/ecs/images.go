package ecs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/image"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/sizes"
)

// image is the given one, or a build pushed to the given repository or to one
// that is made. The made one stays while what runs is in it: a rollback to an
// earlier image must not delete that image.
func (s *Service) image(ctx *pulumi.Context) (pulumi.StringOutput, error) {
	given, built := s.args.App.Image, s.args.App.Build
	if given == nil && built == nil {
		return pulumi.StringOutput{}, fmt.Errorf("app.image: is not set, and there is no build")
	}
	if given != nil {
		s.repository = repositoryOf(given)
	}
	if given != nil && !s.args.makesRepository() {
		return given.ToStringOutput(), nil
	}
	repository := s.args.Repository
	if repository == nil {
		made, err := s.images(ctx)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		s.repository, repository = made.Arn, made.RepositoryUrl
	}
	if given != nil {
		return given.ToStringOutput(), nil
	}
	made, err := image.New(
		ctx,
		s.scope.Name("image"),
		&image.Args{Build: *built, Repository: repository, TagByDigest: true},
		s.scope.Child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	if s.repository == nil {
		s.repository = repositoryOf(made.Reference)
	}
	return made.Reference, nil
}

// repositoryName is another one with a key: a repository cannot change how it is
// encrypted, and two of the same name cannot be there at once.
func (args *ServiceArgs) repositoryName() string {
	return args.encryptedName(platform.ScopeOf(args.App, nil).Name(""))
}

// makesRepository tells whether the service has a repository of its own: for what
// is built, and for as long as an image in it is given.
func (args *ServiceArgs) makesRepository() bool {
	known, _ := app.Known(args.App.Image)
	region, _ := app.Known(args.Region)
	own := strings.Contains(known, ".dkr.ecr."+region+".amazonaws.com/"+args.repositoryName()+"@")
	return args.Repository == nil && (args.App.Image == nil || own)
}

// images makes the repository, whose tags never move.
func (s *Service) images(ctx *pulumi.Context) (*ecr.Repository, error) {
	args := &ecr.RepositoryArgs{
		Name: pulumi.String(s.args.repositoryName()), ImageTagMutability: pulumi.String("IMMUTABLE"),
		ImageScanningConfiguration: &ecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
		Tags:                       s.args.tags(),
	}
	if s.args.KMSKey != nil {
		args.EncryptionConfigurations = ecr.RepositoryEncryptionConfigurationArray{&ecr.RepositoryEncryptionConfigurationArgs{
			EncryptionType: pulumi.String("KMS"), KmsKey: app.OptionalPtr(s.args.KMSKey),
		}}
	}
	name := s.scope.Name(s.args.encryptedName("images"))
	repository, err := ecr.NewRepository(ctx, name, args, s.scope.Child(pulumi.Protect(*s.args.Protect))...)
	if err != nil {
		return nil, fmt.Errorf("the repository for images: %w", err)
	}
	return repository, s.retainImages(ctx, repository)
}

// lifecycle is a policy of ECR.
type lifecycle struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	RulePriority int               `json:"rulePriority"`
	Description  string            `json:"description"`
	Selection    map[string]any    `json:"selection"`
	Action       map[string]string `json:"action"`
}

// retainImages is the repository's one lifecycle policy. Without one, an
// account's usual policy may delete untagged images after days, running or not.
func (s *Service) retainImages(ctx *pulumi.Context, repository *ecr.Repository) error {
	policy, err := json.Marshal(lifecycle{Rules: []lifecycleRule{{
		RulePriority: 1, Description: fmt.Sprintf("Keep the newest %d images, tagged or not", s.args.RetainedImages),
		Selection: map[string]any{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": s.args.RetainedImages},
		Action:    map[string]string{"type": "expire"},
	}}})
	if err != nil {
		return fmt.Errorf("encode which images stay: %w", err)
	}
	_, err = ecr.NewLifecyclePolicy(ctx, s.scope.Name(s.args.encryptedName("images")), &ecr.LifecyclePolicyArgs{
		Repository: repository.Name, Policy: pulumi.String(policy),
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("which images stay: %w", err)
	}
	return nil
}

var ecrImage = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@:]+)@`)

// arnOf is the ARN of the repository that an image is in, if that is one of ECR.
func arnOf(image string) (string, bool) {
	at := ecrImage.FindStringSubmatch(image)
	if at == nil {
		return "", false
	}
	return fmt.Sprintf("arn:aws:ecr:%s:%s:repository/%s", at[2], at[1], at[3]), true
}

// repositoryOf is that ARN as an input: nil for a known image elsewhere, and ""
// for one that turns out to be elsewhere.
func repositoryOf(image pulumi.StringInput) pulumi.StringInput {
	if known, is := app.Known(image); is {
		if arn, inECR := arnOf(known); inECR {
			return pulumi.String(arn)
		}
		return nil
	}
	return image.ToStringOutput().ApplyT(func(reference string) string {
		arn, _ := arnOf(reference)
		return arn
	}).(pulumi.StringOutput)
}

// warnOfQuota says in every preview and up what a new account cannot run.
func (s *Service) warnOfQuota(ctx *pulumi.Context) {
	cpu, _, err := units(s.args.App.Scale) // its error is that of Validate
	if warning := sizes.FargateQuota(cpu, s.args.App.Scale.MaxInstances); err == nil && warning != "" {
		_ = ctx.Log.Warn(warning, nil)
	}
}
