// Package kubernetes deploys a service to any Kubernetes cluster that a
// kubeconfig reaches: one Deployment whose secrets are immutable objects that
// Pulumi names. No cloud's SDK may be imported.
package kubernetes

import (
	"fmt"
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/image"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// Service is a service in a cluster. The component's name is free; what it makes
// is named by the app and its environment.
type Service struct {
	pulumi.ResourceState

	// URL answers to the outside.
	URL pulumi.StringOutput `pulumi:"url"`
	// Revision is the app's, which the service finds in REVISION.
	Revision pulumi.StringOutput `pulumi:"revision"`
	// Image is the reference by digest that runs.
	Image pulumi.StringOutput `pulumi:"image"`
	// Namespace is where everything is.
	Namespace pulumi.StringOutput `pulumi:"namespace"`
	// Deployment is for gate.New.
	Deployment *platform.Deployment

	args     ServiceArgs
	scope    platform.Scope
	secrets  *Secrets
	settings *corev1.ConfigMap
	account  pulumi.StringInput
	// madeGateway is the Gateway, none if it is there already.
	madeGateway []pulumi.Resource
}

// NewService registers a service with all that it needs. Its provider is the
// given one, or that of the current kubeconfig.
func NewService(ctx *pulumi.Context, name string, args *ServiceArgs, opts ...pulumi.ResourceOption) (*Service, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	s := &Service{args: args.withDefaults()}
	if err := ctx.RegisterComponentResource("infra:kubernetes:Service", name, s, opts...); err != nil {
		return nil, fmt.Errorf("the component %s: %w", name, err)
	}
	s.scope = platform.ScopeOf(s.args.App, s)
	if err := s.deploy(ctx); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"url": s.URL, "revision": s.Revision, "image": s.Image, "namespace": s.Namespace,
	})
}

func (s *Service) deploy(ctx *pulumi.Context) (err error) {
	if s.Namespace, err = s.namespace(ctx); err != nil {
		return err
	}
	if s.Image, err = s.image(ctx); err != nil {
		return err
	}
	if s.account, err = s.identity(ctx); err != nil {
		return err
	}
	env, err := s.configure(ctx)
	if err != nil {
		return err
	}
	s.Revision = s.args.App.Revision(s.Image, env, s.secrets.Pins)
	deployment, err := s.deployment(ctx)
	if err != nil {
		return err
	}
	url, ready, err := s.network(ctx, deployment)
	if err != nil {
		return err
	}
	objects := append(s.secrets.uids(), uid(s.settings.ID(), s.settings.Metadata))
	serving := deployment.Spec.Template().Spec().Containers().Index(pulumi.Int(0)).Image()
	s.URL = url
	s.Deployment = &platform.Deployment{
		URL: url, Image: s.Image, Revision: s.Revision, Proof: s.args.App.Proof, Ready: ready,
		// The provider waits for the rollout of exactly this template.
		Triggers:      append(objects, platform.DigestServes(s.args.App.Proof, s.Image, serving)...),
		DrainTriggers: objects, DrainSeconds: s.args.times().Drain(), Return: s.returns(),
	}
	return nil
}

// namespace is the given one, or a new one in which pods must be restricted.
func (s *Service) namespace(ctx *pulumi.Context) (pulumi.StringOutput, error) {
	if s.args.Namespace != nil {
		return s.args.Namespace.ToStringOutput(), nil
	}
	labels := s.args.labels()
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = pulumi.String("restricted")
		labels["pod-security.kubernetes.io/"+mode+"-version"] = pulumi.String(podSecurityVersion)
	}
	made, err := corev1.NewNamespace(ctx, s.scope.Name("namespace"), &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(s.args.NewNamespace), Labels: labels},
	}, s.scope.Child(pulumi.Protect(*s.args.Protect))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the namespace %s: %w", s.args.NewNamespace, err)
	}
	return made.Metadata.Name().Elem(), nil
}

// podSecurityVersion is the Kubernetes whose restricted standard is enforced.
const podSecurityVersion = "v1.34"

// image is the given one, or a build pushed to the given repository.
func (s *Service) image(ctx *pulumi.Context) (pulumi.StringOutput, error) {
	switch {
	case s.args.App.Image != nil:
		return s.args.App.Image.ToStringOutput(), nil
	case s.args.App.Build == nil:
		return pulumi.StringOutput{}, fmt.Errorf("app.image: is not set, and there is no build")
	}
	made, err := image.New(ctx, s.scope.Name("image"), &image.Args{
		Build: *s.args.App.Build, Repository: s.args.Repository, Tag: s.args.App.Environment,
	}, s.scope.Child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return made.Reference, nil
}

// configure makes the secrets and the plain variables, which are immutable too.
func (s *Service) configure(ctx *pulumi.Context) (env pulumi.StringMap, err error) {
	a := s.args.App
	if s.secrets, err = NewSecrets(ctx, s.scope.Name("secrets"), &SecretsArgs{
		App: a.Name, Environment: a.Environment, Namespace: s.Namespace, Secrets: a.Secrets, Labels: s.args.labels(),
	}, s.scope.Child()...); err != nil {
		return nil, err
	}
	env = a.Environ(app.Facts{Platform: "kubernetes", TrustedProxies: s.trustedProxies(), Times: s.args.times()})
	env[app.PortVariable] = pulumi.String(strconv.Itoa(a.Port))
	s.settings, err = corev1.NewConfigMap(ctx, s.scope.Name("settings"), &corev1.ConfigMapArgs{
		Metadata: s.unnamed(), Immutable: pulumi.Bool(true), Data: env,
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the plain settings: %w", err)
	}
	return env, nil
}

// deployment runs the image with its pinned secrets behind network policies.
// Pulumi waits until all new pods are ready and fails with their own reason.
func (s *Service) deployment(ctx *pulumi.Context) (*appsv1.Deployment, error) {
	policies, err := s.policies(ctx)
	if err != nil {
		return nil, err
	}
	limit := strconv.Itoa(rolloutSeconds(s.args.App.Scale.MaxInstances)) + "s"
	meta := s.metadata()
	meta.Annotations = annotated(overOthers)
	deployment, err := appsv1.NewDeployment(ctx, s.scope.Name(s.args.App.Container), &appsv1.DeploymentArgs{
		Metadata: meta,
		Spec: &appsv1.DeploymentSpecArgs{
			// No replicas: the autoscaler sets their number.
			Selector:                &metav1.LabelSelectorArgs{MatchLabels: s.args.selector()},
			RevisionHistoryLimit:    pulumi.Int(3),
			ProgressDeadlineSeconds: pulumi.Int(stepSeconds),
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0),
					MaxSurge:       pulumi.String(strconv.Itoa(surgePercent) + "%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: s.args.labels()}, Spec: s.pod()},
		},
	}, s.scope.Child(pulumi.DependsOn(policies), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: limit, Update: limit}),
		pulumi.Protect(*s.args.Protect))...)
	if err != nil {
		return nil, fmt.Errorf("the Deployment: %w", err)
	}
	return deployment, s.scale(ctx, deployment)
}

// metadata is that of an object with a name of its own.
func (s *Service) metadata() *metav1.ObjectMetaArgs {
	meta := s.unnamed()
	meta.Name = pulumi.String(s.scope.Name(""))
	return meta
}

// unnamed is that of an object which Pulumi names: a change makes a new one
// beside the old one, which goes last.
func (s *Service) unnamed() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Namespace: s.Namespace, Labels: s.args.labels()}
}
