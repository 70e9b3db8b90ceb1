// Package cloudrun deploys a service to Google Cloud Run: one revision with
// pinned secrets from Secret Manager, run by a service account of its own. No
// other cloud's SDK may be imported.
package cloudrun

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/image"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// Service is a service on Cloud Run. The component's name is free; what it makes
// is named by the app and its environment.
type Service struct {
	pulumi.ResourceState

	// URL answers to the outside: Google's, or that of the domain.
	URL pulumi.StringOutput `pulumi:"url"`
	// Revision is the app's, which the service finds in REVISION.
	Revision pulumi.StringOutput `pulumi:"revision"`
	// Image is the reference by digest that runs.
	Image pulumi.StringOutput `pulumi:"image"`
	// ServiceAccount is the e-mail address of the account that it runs as.
	ServiceAccount pulumi.StringOutput `pulumi:"serviceAccount"`
	// Deployment is for gate.New.
	Deployment *platform.Deployment

	scope   platform.Scope
	enabled []pulumi.Resource // the APIs, the key and the way out, which all else waits for
	// addresses are the fixed ones that the service calls from.
	addresses pulumi.StringArray
}

// NewService registers a service with all that it needs. Its provider is the
// given one, or that of the stack's settings gcp:project and gcp:region.
func NewService(ctx *pulumi.Context, name string, args *ServiceArgs, opts ...pulumi.ResourceOption) (*Service, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	filled := args.withDefaults()
	s := &Service{}
	if err := ctx.RegisterComponentResource("infra:cloudrun:Service", name, s, opts...); err != nil {
		return nil, fmt.Errorf("the component %s: %w", name, err)
	}
	s.scope = platform.ScopeOf(filled.App, s)
	if err := s.deploy(ctx, &filled); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"url": s.URL, "revision": s.Revision, "image": s.Image, "serviceAccount": s.ServiceAccount,
	})
}

func (s *Service) deploy(ctx *pulumi.Context, args *ServiceArgs) (err error) {
	if err := s.enable(ctx, args); err != nil {
		return err
	}
	for _, step := range []func(*pulumi.Context, *ServiceArgs) error{s.key, s.logs, s.egress} {
		if err := step(ctx, args); err != nil {
			return err
		}
	}
	if s.Image, err = s.image(ctx, args); err != nil {
		return err
	}
	account, err := s.account(ctx, args)
	if err != nil {
		return err
	}
	s.ServiceAccount = account.ToStringOutput()
	secrets, err := NewSecrets(ctx, s.scope.Name("secrets"), s.secretsArgs(args, account), s.scope.Child()...)
	if err != nil {
		return err
	}
	service, err := s.service(ctx, args, account, secrets)
	if err != nil {
		return err
	}
	ready, err := s.public(ctx, args, service)
	if err != nil {
		return err
	}
	if err := s.schedules(ctx, args, service, ready); err != nil {
		return err
	}
	s.URL = service.Uri
	s.Deployment = &platform.Deployment{
		URL: service.Uri, Image: s.Image, Revision: s.Revision, Proof: args.App.Proof, Ready: ready,
		Triggers:      s.triggers(args, secrets.Pins, service),
		DrainTriggers: append(secret.Versions(secrets.Pins), s.addresses...), DrainSeconds: args.times().Drain(),
		EgressAddresses: s.addresses,
		TrafficFix: fmt.Sprintf("Traffic that was pinned to another revision by hand stays there. Give it back with: "+
			"gcloud run services update-traffic %s --to-latest --region %s --project %s",
			s.scope.Name(""), textOf(args.Region, "REGION"), textOf(args.Project, "PROJECT")),
	}
	if args.Domain != "" {
		s.URL = pulumi.String("https://" + args.Domain).ToStringOutput()
		s.Deployment.URL, s.Deployment.CandidateURL = s.URL, service.Uri
	}
	if !args.AtOnce {
		s.Deployment.CandidateURL = candidateURL(service)
	}
	if args.Domain != "" || !args.AtOnce {
		s.Deployment.Promote = func(proof pulumi.Resource, key pulumi.StringInput) (pulumi.StringOutput, error) {
			return s.promote(ctx, args, service, proof, key)
		}
	}
	return nil
}

// promote gives the traffic to the proved revision, and the domain to the service.
func (s *Service) promote(
	ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.Service, proof pulumi.Resource, key pulumi.StringInput,
) (url pulumi.StringOutput, err error) {
	if !args.AtOnce {
		if proof, url, err = s.shift(ctx, args, service, proof, key); err != nil {
			return url, err
		}
	}
	if args.Domain != "" {
		return s.domain(ctx, args, service, proof)
	}
	return url, nil
}

// enable switches on the APIs of the project that are needed here.
func (s *Service) enable(ctx *pulumi.Context, args *ServiceArgs) error {
	if args.APIsEnabled {
		return nil
	}
	for _, api := range apis(args) {
		enabled, err := projects.NewService(ctx, s.scope.Name(api), &projects.ServiceArgs{
			Service: pulumi.String(api + ".googleapis.com"),
			// Others may use it in this project.
			DisableOnDestroy: pulumi.Bool(false),
		}, s.scope.Child()...)
		if err != nil {
			return fmt.Errorf("the API %s.googleapis.com: %w", api, err)
		}
		s.enabled = append(s.enabled, enabled)
	}
	return nil
}

// image is the given one, or a build pushed to the given repository or to one
// that is made. The made one stays while what runs is in it: a rollback to an
// earlier image must not delete that image.
func (s *Service) image(ctx *pulumi.Context, args *ServiceArgs) (pulumi.StringOutput, error) {
	given, built := args.App.Image, args.App.Build
	if given == nil && built == nil {
		return pulumi.StringOutput{}, fmt.Errorf("app.image: is not set, and there is no build")
	}
	if given != nil && !args.makesRepository() {
		return given.ToStringOutput(), nil
	}
	repository := args.Repository
	if repository == nil {
		made, err := artifactregistry.NewRepository(ctx, s.scope.Name(args.encryptedName("images")), &artifactregistry.RepositoryArgs{
			RepositoryId: pulumi.String(args.encryptedName(s.scope.Name(""))), Location: args.Region, Format: pulumi.String("DOCKER"),
			Description: pulumi.String("Images of the " + args.App.Title + ", environment " + args.App.Environment),
			Labels:      args.labels(), KmsKeyName: app.OptionalPtr(args.KMSKey), CleanupPolicies: args.cleanup(),
		}, s.scope.Child(pulumi.DependsOn(s.enabled), pulumi.Protect(*args.Protect))...)
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("the repository for images: %w", err)
		}
		repository = pulumi.Sprintf("%s-docker.pkg.dev/%s/%s/%s", made.Location, made.Project, made.RepositoryId, args.App.Name)
	}
	if given != nil {
		return given.ToStringOutput(), nil
	}
	made, err := image.New(ctx, s.scope.Name("image"), &image.Args{
		Build: *built, Repository: repository, Tag: args.App.Environment,
	}, s.scope.Child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return made.Reference, nil
}

// makesRepository tells whether the service has a repository of its own: for what
// is built, and for as long as an image in it is given.
func (args *ServiceArgs) makesRepository() bool {
	name := args.encryptedName(platform.ScopeOf(args.App, nil).Name(""))
	own := fmt.Sprintf("%s-docker.pkg.dev/%s/%s/", textOf(args.Region, ""), textOf(args.Project, ""), name)
	return args.Repository == nil && (args.App.Image == nil || strings.HasPrefix(textOf(args.App.Image, ""), own))
}

// versionsOfImage are those that Artifact Registry counts for an image of two
// processors: the index, and for each an image and what says how it was built.
const versionsOfImage = 5

// cleanup deletes images a day after they were pushed, except the newest ones.
func (args *ServiceArgs) cleanup() artifactregistry.RepositoryCleanupPolicyArrayInput {
	if args.RetainedImages == 0 {
		return nil
	}
	return artifactregistry.RepositoryCleanupPolicyArray{
		&artifactregistry.RepositoryCleanupPolicyArgs{
			Id: pulumi.String("delete"), Action: pulumi.String("DELETE"),
			Condition: &artifactregistry.RepositoryCleanupPolicyConditionArgs{
				TagState: pulumi.String("ANY"), OlderThan: pulumi.String("86400s"),
			},
		},
		&artifactregistry.RepositoryCleanupPolicyArgs{
			Id: pulumi.String("retain"), Action: pulumi.String("KEEP"),
			MostRecentVersions: &artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs{
				KeepCount: pulumi.Int(args.RetainedImages * versionsOfImage),
			},
		},
	}
}

// account is what the service runs as: the given account, or one of its own,
// without a key and without any right but those to its secrets.
func (s *Service) account(ctx *pulumi.Context, args *ServiceArgs) (pulumi.StringInput, error) {
	if args.ServiceAccount != nil {
		return args.ServiceAccount, nil
	}
	account, err := serviceaccount.NewAccount(ctx, s.scope.Name("account"), &serviceaccount.AccountArgs{
		AccountId:   pulumi.String(s.scope.Name("")),
		DisplayName: pulumi.String(args.App.Title + ", environment " + args.App.Environment),
		Description: pulumi.String("Runs the service; may read its own secrets and nothing else"),
	}, s.scope.Child(pulumi.DependsOn(s.enabled))...)
	if err != nil {
		return nil, fmt.Errorf("the service account: %w", err)
	}
	return account.Email, nil
}

// service runs the image with its pinned secrets.
func (s *Service) service(
	ctx *pulumi.Context, args *ServiceArgs, account pulumi.StringInput, secrets *Secrets,
) (*cloudrunv2.Service, error) {
	env := args.App.Environ(app.Facts{
		Platform: "cloudrun", Project: args.Project, TrustedProxies: googleFrontEnd, Times: args.times(),
	})
	s.Revision = args.App.Revision(s.Image, env, secrets.Pins)
	template := &cloudrunv2.ServiceTemplateArgs{
		ServiceAccount: app.OptionalPtr(account), ExecutionEnvironment: pulumi.String("EXECUTION_ENVIRONMENT_GEN2"),
		MaxInstanceRequestConcurrency: pulumi.Int(args.App.Scale.Concurrency),
		Timeout:                       pulumi.Sprintf("%ds", args.RequestTimeoutSeconds),
		Scaling: &cloudrunv2.ServiceTemplateScalingArgs{
			MinInstanceCount: pulumi.Int(args.App.Scale.MinInstances), MaxInstanceCount: pulumi.Int(args.App.Scale.MaxInstances),
		},
		Labels: args.labels(), Containers: s.containers(args, env, secrets), EncryptionKey: app.OptionalPtr(args.KMSKey),
	}
	if files := volumes(args, s.scope, secrets); len(files) > 0 {
		template.Volumes = files
	}
	if args.Network != nil {
		template.VpcAccess = args.Network.access()
	}
	described := &cloudrunv2.ServiceArgs{
		Name: pulumi.String(s.scope.Name("")), Location: args.Region,
		Description: pulumi.String(args.App.Title + ", environment " + args.App.Environment),
		Ingress:     pulumi.String(ingresses[args.Ingress]), Labels: args.labels(),
		Template: template,
	}
	needs := slices.Concat(secrets.Ready, s.enabled)
	var err error
	if described.Traffics, err = s.traffics(ctx, args, described, needs); err != nil {
		return nil, err
	}
	service, err := cloudrunv2.NewService(ctx, s.scope.Name(args.App.Container), described,
		s.scope.Child(pulumi.DependsOn(needs), pulumi.Protect(*args.Protect))...)
	if err != nil {
		return nil, fmt.Errorf("the Cloud Run service: %w", err)
	}
	return service, nil
}

func (n *NetworkArgs) access() *cloudrunv2.ServiceTemplateVpcAccessArgs {
	egress := "PRIVATE_RANGES_ONLY"
	if n.AllTraffic {
		egress = "ALL_TRAFFIC"
	}
	to := &cloudrunv2.ServiceTemplateVpcAccessNetworkInterfaceArgs{
		Network: app.OptionalPtr(n.Network), Subnetwork: app.OptionalPtr(n.Subnetwork),
	}
	if len(n.Tags) > 0 {
		to.Tags = n.Tags
	}
	return &cloudrunv2.ServiceTemplateVpcAccessArgs{
		Egress: pulumi.String(egress), NetworkInterfaces: cloudrunv2.ServiceTemplateVpcAccessNetworkInterfaceArray{to},
	}
}

// googleFrontEnd is where requests come from inside an instance: Google's own
// proxy, at a link-local address, which sets X-Forwarded-For. A load balancer
// in front of it adds its own address, which the app's Env must trust then.
const googleFrontEnd = "169.254.0.0/16"

// public lets everyone call the service if the arguments say so. It returns what
// must be there before the service answers.
func (s *Service) public(ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.Service) (pulumi.Resource, error) {
	if !args.Public {
		return service, nil
	}
	everyone, err := cloudrunv2.NewServiceIamMember(ctx, s.scope.Name("public"), &cloudrunv2.ServiceIamMemberArgs{
		Name: service.Name, Location: service.Location,
		Role: pulumi.String("roles/run.invoker"), Member: pulumi.String("allUsers"),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("public access: %w", err)
	}
	return everyone, nil
}
