// Package ecs deploys a service to AWS ECS on Fargate: tasks behind a load
// balancer, with pinned secrets from Secrets Manager. No other cloud's SDK may
// be imported.
package ecs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// platformVersion is the version of Fargate that can read a secret by its version.
const platformVersion = "1.4.0"

// Service is a service on ECS. The component's name is free; what it makes is
// named by the app and its environment.
type Service struct {
	pulumi.ResourceState

	// URL answers to the outside.
	URL pulumi.StringOutput `pulumi:"url"`
	// Revision is the app's, which the service finds in REVISION.
	Revision pulumi.StringOutput `pulumi:"revision"`
	// Image is the reference by digest that runs.
	Image pulumi.StringOutput `pulumi:"image"`
	// Cluster is the cluster's ARN, and SecurityGroup the id of the tasks', for
	// rules that let them reach a database.
	Cluster       pulumi.StringOutput `pulumi:"cluster"`
	SecurityGroup pulumi.StringOutput `pulumi:"securityGroup"`
	// Deployment is for gate.New.
	Deployment *platform.Deployment

	args  ServiceArgs
	scope platform.Scope
	// repository is the ARN of the image's repository, nil when the image is
	// not in ECR.
	repository pulumi.StringInput
}

// NewService registers a service with all that it needs. Its provider is the
// given one, or that of the stack's setting aws:region, in the same region.
func NewService(ctx *pulumi.Context, name string, args *ServiceArgs, opts ...pulumi.ResourceOption) (*Service, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	s := &Service{args: args.withDefaults()}
	if err := ctx.RegisterComponentResource("infra:ecs:Service", name, s, opts...); err != nil {
		return nil, fmt.Errorf("the component %s: %w", name, err)
	}
	s.scope = platform.ScopeOf(s.args.App, s)
	s.warnOfQuota(ctx)
	if err := s.deploy(ctx); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"url": s.URL, "revision": s.Revision, "image": s.Image, "cluster": s.Cluster, "securityGroup": s.SecurityGroup,
	})
}

func (s *Service) deploy(ctx *pulumi.Context) (err error) {
	if err := s.key(ctx); err != nil {
		return err
	}
	if s.Image, err = s.image(ctx); err != nil {
		return err
	}
	secrets, err := NewSecrets(ctx, s.scope.Name("secrets"), &SecretsArgs{
		App: s.args.App.Name, Environment: s.args.App.Environment, Title: s.args.App.Title, Secrets: s.args.App.Secrets,
		KMSKey: s.args.KMSKey, Protect: *s.args.Protect, Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return err
	}
	roles, err := s.identity(ctx, secrets)
	if err != nil {
		return err
	}
	in, err := s.network(ctx)
	if err != nil {
		return err
	}
	made, err := s.service(ctx, roles, secrets, in)
	if err != nil {
		return err
	}
	s.URL, s.SecurityGroup = in.url, in.tasks.ID().ToStringOutput()
	s.Deployment = &platform.Deployment{
		URL: s.URL, Image: s.Image, Revision: s.Revision, Proof: s.args.App.Proof, Ready: made.service, Triggers: s.triggers(secrets.Pins, made),
		DrainTriggers: secret.Versions(secrets.Pins), DrainSeconds: s.args.times().Drain(),
		EgressAddresses: in.addresses,
	}
	at := s.locate(made)
	s.Deployment.Return, s.Deployment.Settled = at.returns, at.settles
	return nil
}

// running is the service and what it runs.
type running struct {
	service     *ecs.Service
	task        *ecs.TaskDefinition
	clusterName pulumi.StringOutput
}

// service runs the image with its pinned secrets. AWS rolls back by itself when
// new tasks do not come up, or fail while it watches them; the triggers and Settled
// detect that.
func (s *Service) service(ctx *pulumi.Context, roles roles, secrets *Secrets, in ingress) (running, error) {
	a, env := s.args.App, s.environment(in)
	s.Revision = a.Revision(s.Image, env, secrets.Pins)
	var out running
	cluster, err := s.cluster(ctx, &out)
	if err != nil {
		return out, err
	}
	if out.task, err = s.task(ctx, env, roles, secrets); err != nil {
		return out, err
	}
	alarms, err := s.alarms(ctx, in)
	if err != nil {
		return out, err
	}
	needs := slices.Concat(secrets.Ready, in.ready, []pulumi.Resource{roles.grants})
	out.service, err = ecs.NewService(ctx, s.scope.Name(a.Container), &ecs.ServiceArgs{
		Name: pulumi.String(s.scope.Name("")), Cluster: cluster.ToStringOutput().ToStringPtrOutput(), TaskDefinition: out.task.Arn,
		LaunchType: pulumi.String("FARGATE"), PlatformVersion: pulumi.String(platformVersion),
		DesiredCount: pulumi.Int(a.Scale.MinInstances), EnableExecuteCommand: pulumi.Bool(false),
		DeploymentMinimumHealthyPercent: pulumi.Int(100), DeploymentMaximumPercent: pulumi.Int(200),
		DeploymentCircuitBreaker: &ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		Alarms:                   alarms,
		WaitForSteadyState:       pulumi.Bool(true), HealthCheckGracePeriodSeconds: pulumi.Int(a.Probes.StartupSeconds),
		NetworkConfiguration: &ecs.ServiceNetworkConfigurationArgs{
			AssignPublicIp: pulumi.Bool(false), Subnets: in.private, SecurityGroups: pulumi.StringArray{in.tasks.ID()},
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{&ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: in.targets.Arn, ContainerName: pulumi.String(a.Container), ContainerPort: pulumi.Int(a.Port),
		}},
		PropagateTags: pulumi.String("SERVICE"), Tags: s.args.tags(),
		// After the first time the autoscaler sets how many tasks run.
	}, s.scope.Child(pulumi.DependsOn(needs), pulumi.IgnoreChanges([]string{"desiredCount"}), pulumi.Protect(*s.args.Protect))...)
	if err != nil {
		return out, fmt.Errorf("the ECS service: %w", err)
	}
	return out, s.scale(ctx, out, in)
}

// cluster is the given one, or a new one. It returns its ARN.
func (s *Service) cluster(ctx *pulumi.Context, out *running) (pulumi.StringInput, error) {
	if s.args.Cluster != nil {
		s.Cluster = s.args.Cluster.ToStringOutput()
		out.clusterName = s.Cluster.ApplyT(func(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }).(pulumi.StringOutput)
		return s.args.Cluster, nil
	}
	cluster, err := ecs.NewCluster(ctx, s.scope.Name("cluster"), &ecs.ClusterArgs{
		Name:     pulumi.String(s.scope.Name("")),
		Settings: ecs.ClusterSettingArray{&ecs.ClusterSettingArgs{Name: pulumi.String("containerInsights"), Value: pulumi.String("enabled")}},
		Tags:     s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the cluster: %w", err)
	}
	s.Cluster, out.clusterName = cluster.Arn, cluster.Name
	return cluster.Arn, nil
}

// triggers change with every deployment, and fail it when AWS went back to the
// tasks of before. The task definition has the image by digest, so this proves
// the image too.
func (s *Service) triggers(pins []secret.Pinned, made running) pulumi.StringArray {
	serving := pulumi.All(made.task.Arn, made.service.TaskDefinition, made.clusterName, s.args.Region).ApplyT(func(of []any) (string, error) {
		serves := ""
		if task, _ := of[1].(*string); task != nil {
			serves = *task
		}
		return newest(of[0].(string), serves, s.scope.Name(""), of[2].(string), of[3].(string))
	}).(pulumi.StringOutput)
	return append(pulumi.StringArray{serving}, secret.Versions(pins)...)
}

// newest compares two task definitions by their ARNs.
func newest(registered, running, service, cluster, region string) (string, error) {
	if registered == running {
		return running, nil
	}
	return "", fmt.Errorf("ECS was told to run %s and went back to %q in service %s of cluster %s; the reason is shown by: "+
		"aws ecs describe-services --cluster %s --services %s --region %s --query 'services[0].events[:5]'",
		registered, running, service, cluster, cluster, service, region)
}
