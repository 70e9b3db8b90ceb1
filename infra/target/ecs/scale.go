package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// cpuPercent is how busy the tasks are kept on average.
const cpuPercent = 70

// scale keeps the number of tasks within the app's bounds, by how busy they
// are and by how many requests each gets.
func (t *Target) scale(ctx *pulumi.Context, a app.App, cluster *ecs.Cluster, service *ecs.Service, d door) error {
	bounds, err := appautoscaling.NewTarget(ctx, t.scope.Name("scale"), &appautoscaling.TargetArgs{
		MinCapacity: pulumi.Int(a.Scale.MinInstances), MaxCapacity: pulumi.Int(a.Scale.MaxInstances),
		ResourceId:        pulumi.Sprintf("service/%s/%s", cluster.Name, service.Name),
		ScalableDimension: pulumi.String("ecs:service:DesiredCount"), ServiceNamespace: pulumi.String("ecs"), Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the bounds of the autoscaler: %w", err)
	}
	cpu := &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
		PredefinedMetricType: pulumi.String("ECSServiceAverageCPUUtilization"),
	}
	if err := t.track(ctx, "scale-cpu", bounds, cpu, cpuPercent); err != nil {
		return err
	}
	requests := &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
		PredefinedMetricType: pulumi.String("ALBRequestCountPerTarget"),
		ResourceLabel:        pulumi.Sprintf("%s/%s", d.balancer.ArnSuffix, d.targets.ArnSuffix),
	}
	return t.track(ctx, "scale-requests", bounds, requests, float64(t.settings.RequestsPerTarget))
}

func (t *Target) track(ctx *pulumi.Context, name string, bounds *appautoscaling.Target, metric *appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs, value float64) error {
	_, err := appautoscaling.NewPolicy(ctx, t.scope.Name(name), &appautoscaling.PolicyArgs{
		Name: pulumi.String(t.scope.Name(name)), PolicyType: pulumi.String("TargetTrackingScaling"),
		ResourceId: bounds.ResourceId, ScalableDimension: bounds.ScalableDimension, ServiceNamespace: bounds.ServiceNamespace,
		TargetTrackingScalingPolicyConfiguration: &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs{
			PredefinedMetricSpecification: metric, TargetValue: pulumi.Float64(value),
			ScaleInCooldown: pulumi.Int(300), ScaleOutCooldown: pulumi.Int(60),
		},
	}, t.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the autoscaler's policy %s: %w", name, err)
	}
	return nil
}
