package kubernetes

import (
	"fmt"
	"maps"
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// stepSeconds is how long one step of a rollout may take: nodes that start,
// images that are pulled, Astra that answers the first question.
const stepSeconds = 300

// surgePercent is how many pods more than there are a rollout starts at once.
const surgePercent = 25

// Times are those of a pod behind any of the usual controllers. Endpoints take
// seconds to reach every router, so preStop waits before the pod is told.
func (t *Target) Times() target.Times {
	times := target.ServiceTimes()
	// Google's balancers keep connections longest, 600 s; Traefik 90 s, nginx 60 s.
	times.BalancerIdle, times.KeepAlive = 600, 620
	times.RequestLimit = 30 // Google's balancer; nginx cuts after 60 s
	times.Routing, times.PreStop = 10, 10
	times.Timeout, times.Stop = 28, 30
	return times
}

// rolloutSeconds is how long a rollout may take before it has failed: it goes
// in steps of surgePercent, and each may wait for nodes.
func rolloutSeconds(most int) int {
	surge := (most*surgePercent + 99) / 100
	return stepSeconds * ((most + surge - 1) / surge)
}

// settingsOf adds to the plain settings what only this target knows.
func (t *Target) settingsOf(a app.App) map[string]string {
	settings := maps.Clone(a.Settings)
	settings["PORT"] = strconv.Itoa(app.Port)
	t.Times().Settings(settings)
	target.SetDefault(settings, target.TrustedProxies, t.trustedProxies())
	return settings
}

// service runs the image with its pinned secrets behind closed walls. Pulumi
// waits until all new pods are ready and fails with their own reason.
func (t *Target) service(ctx *pulumi.Context, a app.App, image pulumi.StringOutput, who *corev1.ServiceAccount, kept kept) (*appsv1.Deployment, pulumi.StringOutput, error) {
	a.Settings = t.settingsOf(a)
	revision := a.Revision(image, kept.pins)
	walls, err := t.walls(ctx, a)
	if err != nil {
		return nil, revision, err
	}
	limit := strconv.Itoa(rolloutSeconds(a.Scale.MaxInstances)) + "s"
	deployment, err := appsv1.NewDeployment(ctx, t.scope.Name("api"), &appsv1.DeploymentArgs{
		Metadata: t.metadata(),
		Spec: &appsv1.DeploymentSpecArgs{
			// No replicas: their number is the autoscaler's to set.
			Selector:                &metav1.LabelSelectorArgs{MatchLabels: t.selector()},
			RevisionHistoryLimit:    pulumi.Int(3),
			ProgressDeadlineSeconds: pulumi.Int(stepSeconds),
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type:          pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{MaxUnavailable: pulumi.Int(0), MaxSurge: pulumi.String(strconv.Itoa(surgePercent) + "%")},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: t.labels()},
				Spec:     t.pod(a, image, revision, who, kept),
			},
		},
	}, t.scope.Child(pulumi.DependsOn(walls), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: limit, Update: limit}), pulumi.Protect(t.Protected()))...)
	if err != nil {
		return nil, revision, fmt.Errorf("the Deployment: %w", err)
	}
	return deployment, revision, t.scale(ctx, a, deployment)
}

func (t *Target) pod(a app.App, image, revision pulumi.StringOutput, who *corev1.ServiceAccount, kept kept) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{
		ServiceAccountName:            who.Metadata.Name().Elem(),
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(t.Times().PreStop + t.Times().Stop),
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: t.userID(), RunAsGroup: t.userID(),
			SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			t.spread("topology.kubernetes.io/zone"), t.spread("kubernetes.io/hostname"),
		},
		Containers: corev1.ContainerArray{t.container(a, image, revision, kept)},
	}
}

// spread keeps the pods of one revision apart, as far as there is room.
func (t *Target) spread(over string) *corev1.TopologySpreadConstraintArgs {
	return &corev1.TopologySpreadConstraintArgs{
		TopologyKey: pulumi.String(over), MaxSkew: pulumi.Int(1), WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
		LabelSelector:  &metav1.LabelSelectorArgs{MatchLabels: t.selector()},
		MatchLabelKeys: pulumi.ToStringArray([]string{"pod-template-hash"}),
	}
}

// evidence changes with every deployment: the immutable objects it runs with.
func evidence(kept kept) pulumi.StringArray {
	return pulumi.StringArray{kept.secret.Metadata.Uid().Elem(), kept.settings.Metadata.Uid().Elem()}
}
