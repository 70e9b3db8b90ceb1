package ecs

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// tlsPolicy takes TLS 1.2 and 1.3 and nothing older.
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// balance makes the load balancer and its target group.
func (s *Service) balance(ctx *pulumi.Context, in *ingress, front *ec2.SecurityGroup) (err error) {
	in.balancer, err = lb.NewLoadBalancer(ctx, s.scope.Name("balancer"), &lb.LoadBalancerArgs{
		Name: pulumi.String(s.scope.Name("")), LoadBalancerType: pulumi.String("application"), Internal: pulumi.Bool(false),
		SecurityGroups: pulumi.StringArray{front.ID()}, Subnets: in.public,
		IdleTimeout:             pulumi.Int(s.args.times().BalancerIdle),
		DropInvalidHeaderFields: pulumi.Bool(true), DesyncMitigationMode: pulumi.String("defensive"),
		EnableDeletionProtection: pulumi.Bool(*s.args.Protect), Tags: s.args.tags(),
	}, s.scope.Child(pulumi.Protect(*s.args.Protect), pulumi.DependsOn(in.outside))...)
	if err != nil {
		return fmt.Errorf("the load balancer: %w", err)
	}
	in.balancerSuffix = in.balancer.ArnSuffix
	if err := s.targetGroup(ctx, in); err != nil {
		return err
	}
	return s.listen(ctx, in)
}

// targetGroup is where the balancer sends requests: to tasks that answer the
// readiness probe. Without a path any answer of the port below 500 will do.
func (s *Service) targetGroup(ctx *pulumi.Context, in *ingress) (err error) {
	ready := s.args.App.Probes.Readiness
	period, timeout, failures := ready.Timing(10, 5, 3)
	path, statuses := ready.HTTPPath, "200"
	if path == "" {
		path, statuses = "/", "200-499"
	}
	in.targets, err = lb.NewTargetGroup(ctx, s.scope.Name("targets"), &lb.TargetGroupArgs{
		Name: pulumi.String(s.scope.Name("")), VpcId: app.OptionalPtr(in.vpc), TargetType: pulumi.String("ip"),
		Port: pulumi.Int(s.args.App.Port), Protocol: pulumi.String("HTTP"), DeregistrationDelay: pulumi.Int(s.args.times().Deregistration),
		HealthCheck: &lb.TargetGroupHealthCheckArgs{
			Path: pulumi.String(path), Matcher: pulumi.String(statuses), Protocol: pulumi.String("HTTP"),
			Interval: pulumi.Int(period), Timeout: pulumi.Int(timeout),
			HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(failures),
		},
		Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the target group: %w", err)
	}
	return nil
}

// join adds the service to the given listener, under its host.
func (s *Service) join(ctx *pulumi.Context, in *ingress) error {
	if err := s.targetGroup(ctx, in); err != nil {
		return err
	}
	given := s.args.LoadBalancer
	rule, err := lb.NewListenerRule(ctx, s.scope.Name("rule"), &lb.ListenerRuleArgs{
		ListenerArn: given.Listener, Priority: pulumi.Int(given.Priority),
		Actions: lb.ListenerRuleActionArray{&lb.ListenerRuleActionArgs{Type: pulumi.String("forward"), TargetGroupArn: in.targets.Arn}},
		Conditions: lb.ListenerRuleConditionArray{&lb.ListenerRuleConditionArgs{
			HostHeader: &lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray([]string{given.Host})},
		}},
		Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the listener's rule for %s: %w", given.Host, err)
	}
	in.ready = append(in.ready, rule)
	in.url = pulumi.String("https://" + given.Host).ToStringOutput()
	in.balancerSuffix = given.Listener.ToStringOutput().ApplyT(suffixOf).(pulumi.StringOutput)
	return nil
}

// suffixOf is the end of a balancer's ARN, from that of its listener:
// arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/ID/LISTENER.
func suffixOf(listener string) (string, error) {
	_, rest, found := strings.Cut(listener, ":listener/")
	parts := strings.Split(rest, "/")
	if !found || len(parts) != 4 {
		return "", fmt.Errorf("ecs.loadBalancer.listener: %q is not the ARN of an application load balancer's listener", listener)
	}
	return strings.Join(parts[:3], "/"), nil
}

// listen answers by HTTPS and redirects plain requests there, or answers plain
// requests where that is allowed.
func (s *Service) listen(ctx *pulumi.Context, in *ingress) error {
	forward := lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{Type: pulumi.String("forward"), TargetGroupArn: in.targets.Arn}}
	if s.args.plain() {
		in.url = pulumi.Sprintf("http://%s", in.balancer.DnsName)
		return s.listener(ctx, in, "http", &lb.ListenerArgs{Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"), DefaultActions: forward})
	}
	certificate, err := s.certificateOf(ctx, in)
	if err != nil {
		return err
	}
	in.url = pulumi.String("https://" + s.args.Domain).ToStringOutput()
	if err := s.listener(ctx, in, "https", &lb.ListenerArgs{
		Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"), SslPolicy: pulumi.String(tlsPolicy),
		CertificateArn: certificate, DefaultActions: forward,
	}); err != nil {
		return err
	}
	return s.listener(ctx, in, "http", &lb.ListenerArgs{
		Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: &lb.ListenerDefaultActionRedirectArgs{
				Port:       pulumi.String("443"),
				Protocol:   pulumi.String("HTTPS"),
				StatusCode: pulumi.String("HTTP_301"),
			},
		}},
	})
}

func (s *Service) listener(ctx *pulumi.Context, in *ingress, kind string, args *lb.ListenerArgs) error {
	args.LoadBalancerArn, args.Tags = in.balancer.Arn, s.args.tags()
	made, err := lb.NewListener(ctx, s.scope.Name(kind), args, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the listener %s: %w", kind, err)
	}
	in.ready = append(in.ready, made)
	return nil
}
