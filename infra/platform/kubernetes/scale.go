package kubernetes

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// scale keeps the number of pods within the app's bounds, and lets the cluster
// take away one pod at a time for work of its own.
func (s *Service) scale(ctx *pulumi.Context, deployment *appsv1.Deployment) error {
	a := s.args.App
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, s.scope.Name("scale"), &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: s.metadata(),
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment.Metadata.Name().Elem(),
			},
			MinReplicas: pulumi.Int(a.Scale.MinInstances), MaxReplicas: pulumi.Int(a.Scale.MaxInstances),
			Metrics: autoscalingv2.MetricSpecArray{&autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name:   pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(a.Scale.CPUPercent)},
				},
			}},
		},
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the autoscaler: %w", err)
	}
	_, err = policyv1.NewPodDisruptionBudget(ctx, s.scope.Name("budget"), &policyv1.PodDisruptionBudgetArgs{
		Metadata: s.metadata(),
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable: pulumi.Int(1), Selector: &metav1.LabelSelectorArgs{MatchLabels: s.args.selector()},
			// Pods that never become ready must not keep a node from draining.
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"),
		},
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the disruption budget: %w", err)
	}
	return nil
}
