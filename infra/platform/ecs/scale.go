package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// scale keeps the number of tasks within the app's bounds, by the use of their
// processors and by how many requests each gets.
func (s *Service) scale(ctx *pulumi.Context, made running, in ingress) error {
	a := s.args.App
	bounds, err := appautoscaling.NewTarget(ctx, s.scope.Name("scale"), &appautoscaling.TargetArgs{
		MinCapacity: pulumi.Int(a.Scale.MinInstances), MaxCapacity: pulumi.Int(a.Scale.MaxInstances),
		ResourceId:        pulumi.Sprintf("service/%s/%s", made.clusterName, made.service.Name),
		ScalableDimension: pulumi.String("ecs:service:DesiredCount"), ServiceNamespace: pulumi.String("ecs"), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the bounds of the autoscaler: %w", err)
	}
	cpu := &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
		PredefinedMetricType: pulumi.String("ECSServiceAverageCPUUtilization"),
	}
	if err := s.track(ctx, "scale-cpu", bounds, cpu, float64(a.Scale.CPUPercent)); err != nil {
		return err
	}
	requests := &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
		PredefinedMetricType: pulumi.String("ALBRequestCountPerTarget"),
		ResourceLabel:        pulumi.Sprintf("%s/%s", in.balancerSuffix, in.targets.ArnSuffix),
	}
	return s.track(ctx, "scale-requests", bounds, requests, float64(a.Scale.RequestsPerMinute))
}

func (s *Service) track(
	ctx *pulumi.Context, name string, bounds *appautoscaling.Target,
	metric *appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs, value float64,
) error {
	_, err := appautoscaling.NewPolicy(ctx, s.scope.Name(name), &appautoscaling.PolicyArgs{
		Name: pulumi.String(s.scope.Name(name)), PolicyType: pulumi.String("TargetTrackingScaling"),
		ResourceId: bounds.ResourceId, ScalableDimension: bounds.ScalableDimension, ServiceNamespace: bounds.ServiceNamespace,
		TargetTrackingScalingPolicyConfiguration: &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs{
			PredefinedMetricSpecification: metric, TargetValue: pulumi.Float64(value),
			ScaleInCooldown: pulumi.Int(300), ScaleOutCooldown: pulumi.Int(60),
		},
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the autoscaler's policy %s: %w", name, err)
	}
	return nil
}
