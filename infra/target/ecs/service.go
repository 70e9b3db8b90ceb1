package ecs

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// platform is the version of Fargate that can read a secret by its version.
const platform = "1.4.0"

// made is the running service.
type made struct {
	service  *ecs.Service
	task     *ecs.TaskDefinition
	revision pulumi.StringOutput
}

// service runs the image with its pinned secrets. AWS goes back by itself when
// new tasks do not come up; evidence finds that out.
func (t *Target) service(ctx *pulumi.Context, a app.App, image pulumi.StringOutput, who roles, kept kept, d door) (made, error) {
	a.Settings = t.settingsOf(a, d)
	out := made{revision: a.Revision(image, kept.pins)}
	cluster, err := ecs.NewCluster(ctx, t.scope.Name("cluster"), &ecs.ClusterArgs{
		Name:     pulumi.String(t.scope.Name("")),
		Settings: ecs.ClusterSettingArray{&ecs.ClusterSettingArgs{Name: pulumi.String("containerInsights"), Value: pulumi.String("enabled")}},
		Tags:     t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return out, fmt.Errorf("the cluster: %w", err)
	}
	if out.task, err = t.task(ctx, a, image, out.revision, who, kept); err != nil {
		return out, err
	}
	needs := slices.Concat(kept.ready, d.ready, []pulumi.Resource{who.grants})
	out.service, err = ecs.NewService(ctx, t.scope.Name("api"), &ecs.ServiceArgs{
		Name: pulumi.String(t.scope.Name("")), Cluster: cluster.Arn, TaskDefinition: out.task.Arn,
		LaunchType: pulumi.String("FARGATE"), PlatformVersion: pulumi.String(platform),
		DesiredCount: pulumi.Int(a.Scale.MinInstances), EnableExecuteCommand: pulumi.Bool(false),
		DeploymentMinimumHealthyPercent: pulumi.Int(100), DeploymentMaximumPercent: pulumi.Int(200),
		DeploymentCircuitBreaker: &ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		WaitForSteadyState:       pulumi.Bool(true), HealthCheckGracePeriodSeconds: pulumi.Int(30),
		NetworkConfiguration: &ecs.ServiceNetworkConfigurationArgs{
			AssignPublicIp: pulumi.Bool(false), Subnets: d.private, SecurityGroups: pulumi.StringArray{d.tasks.ID()},
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{&ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: d.targets.Arn, ContainerName: pulumi.String(containerName), ContainerPort: pulumi.Int(app.Port),
		}},
		PropagateTags: pulumi.String("SERVICE"), Tags: t.tags(),
		// How many tasks run is the autoscaler's to say after the first time.
	}, t.scope.Child(pulumi.DependsOn(needs), pulumi.IgnoreChanges([]string{"desiredCount"}), pulumi.Protect(t.Protected()))...)
	if err != nil {
		return out, fmt.Errorf("the ECS service: %w", err)
	}
	return out, t.scale(ctx, a, cluster, out.service, d)
}

// evidence changes with every deployment, and fails it when AWS went back to
// the tasks of before.
func (t *Target) evidence(pins []secret.Pinned, m made) pulumi.StringArray {
	serving := pulumi.All(m.task.Arn, m.service.TaskDefinition).ApplyT(func(values []any) (string, error) {
		running, _ := values[1].(*string)
		if running == nil {
			return t.newest(values[0].(string), "")
		}
		return t.newest(values[0].(string), *running)
	}).(pulumi.StringOutput)
	return append(pulumi.StringArray{serving}, secret.Versions(pins)...)
}

// newest compares two task definitions by their ARNs.
func (t *Target) newest(registered, running string) (string, error) {
	if registered == running {
		return running, nil
	}
	name := t.scope.Name("")
	return "", fmt.Errorf("ECS was told to run %s and went back to %q in service %s of cluster %s; why, says: "+
		"aws ecs describe-services --cluster %s --services %s --region %s --query 'services[0].events[:5]'",
		registered, running, name, name, name, name, t.settings.Region)
}
