// Package kubernetes is the target of any Kubernetes cluster that a kubeconfig
// reaches: one Deployment in a namespace of its own, whose secrets are
// immutable objects that Pulumi names. No cloud's SDK may enter.
//
// The four files of every target do the work: identity, secrets, network,
// service.
package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/image"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Target deploys to a Kubernetes cluster.
type Target struct {
	settings    Settings
	environment string
	checkout    string
	scope       target.Scope
	namespace   *corev1.Namespace
	most        int // pods
}

var _ target.Target = (*Target)(nil)

// Build says what is needed beside the settings to check them.
type Build struct {
	// Checkout is the folder of the Dockerfile.
	Checkout string
	// Image is the given digest; empty means that one is built and pushed.
	Image string
	// Ask asks the cluster about itself; nil asks nothing, as in a plan.
	Ask func(Settings) Kubectl
	// Secret tells that the group of settings is encrypted in the stack's file.
	Secret bool
}

// New returns the target of an environment; its error lists every problem of
// the settings.
func New(build Build, environment string, scale app.Scale, settings Settings) (*Target, error) {
	settings.fill(environment)
	if err := settings.check(build, scale); err != nil {
		return nil, err
	}
	if build.Ask != nil {
		if err := settings.checkCluster(context.Background(), build.Ask(settings)); err != nil {
			return nil, err
		}
	}
	return &Target{settings: settings, environment: environment, scope: target.NewScope(environment), checkout: build.Checkout, most: scale.MaxInstances}, nil
}

// Name is the value of the setting `target`.
func (t *Target) Name() string { return "kubernetes" }

// RolloutSeconds is how long the deployment is waited for, and its old pods
// after it.
func (t *Target) RolloutSeconds() int { return rolloutSeconds(t.most) + t.Times().Drain() }

// Protected is the setting.
func (t *Target) Protected() bool { return *t.settings.Protect }

// Astra is the given database.
func (t *Target) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	return credentials.Existing(ctx, t.environment, account)
}

// Image is the given digest, or a build of the checkout pushed to the
// repository of the settings.
func (t *Target) Image(ctx *pulumi.Context, given string) (pulumi.StringOutput, error) {
	if err := t.open(ctx); err != nil {
		return pulumi.StringOutput{}, err
	}
	if given != "" {
		return pulumi.String(given).ToStringOutput(), nil
	}
	return image.Build(ctx, image.Args{
		Environment: t.environment, Checkout: t.checkout, Repository: pulumi.String(t.settings.Repository),
	}, pulumi.Parent(t.scope.Group))
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
	kept, err := t.secrets(ctx, a)
	if err != nil {
		return nil, err
	}
	deployment, revision, err := t.service(ctx, a, image, who, kept)
	if err != nil {
		return nil, err
	}
	url, open, err := t.network(ctx, deployment)
	if err != nil {
		return nil, err
	}
	return &target.Running{URL: url, Revision: revision, Evidence: evidence(kept), Pins: evidence(kept), Service: open}, nil
}

// open registers the component and the namespace that holds everything.
func (t *Target) open(ctx *pulumi.Context) error {
	args := &kubernetes.ProviderArgs{EnableServerSideApply: pulumi.Bool(true)}
	if t.settings.Context != "" {
		args.Context = pulumi.String(t.settings.Context)
	}
	if t.settings.Kubeconfig != "" {
		args.Kubeconfig = pulumi.String(t.settings.Kubeconfig)
	}
	provider, err := kubernetes.NewProvider(ctx, t.scope.Name("cluster"), args)
	if err != nil {
		return fmt.Errorf("the cluster: %w", err)
	}
	if err := t.scope.Open(ctx, "killrvideo:target:Kubernetes", "kubernetes", provider); err != nil {
		return err
	}
	labels := t.labels()
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = pulumi.String("restricted")
		labels["pod-security.kubernetes.io/"+mode+"-version"] = pulumi.String(podSecurityVersion)
	}
	t.namespace, err = corev1.NewNamespace(ctx, t.scope.Name("namespace"), &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(t.settings.Namespace), Labels: labels},
	}, t.scope.Child(pulumi.Protect(*t.settings.Protect))...)
	if err != nil {
		return fmt.Errorf("the namespace %s: %w", t.settings.Namespace, err)
	}
	return nil
}

// podSecurityVersion is the Kubernetes whose restricted standard is enforced.
const podSecurityVersion = "v1.34"

// metadata is that of an object with a name of its own.
func (t *Target) metadata() *metav1.ObjectMetaArgs {
	meta := t.unnamed()
	meta.Name = pulumi.String(t.scope.Name(""))
	return meta
}

// unnamed is that of an object which Pulumi names: a change makes a new one
// beside the old one, which goes last.
func (t *Target) unnamed() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Namespace: t.namespace.Metadata.Name().Elem(), Labels: t.labels()}
}

// selector picks the API's pods and no others; it must never change.
func (t *Target) selector() pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name":     pulumi.String("killrvideo"),
		"app.kubernetes.io/instance": pulumi.String(t.environment),
	}
}

func (t *Target) labels() pulumi.StringMap {
	labels := t.selector()
	labels["app.kubernetes.io/managed-by"] = pulumi.String("pulumi")
	labels["environment"] = pulumi.String(t.environment)
	for key, value := range t.settings.Labels {
		labels[key] = pulumi.String(value)
	}
	return labels
}
