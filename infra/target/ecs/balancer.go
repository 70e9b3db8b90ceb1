package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// tlsPolicy takes TLS 1.2 and 1.3 and nothing older.
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// balance makes the load balancer and where it sends requests.
func (t *Target) balance(ctx *pulumi.Context, a app.App, d *door, front *ec2.SecurityGroup) (err error) {
	d.balancer, err = lb.NewLoadBalancer(ctx, t.scope.Name("balancer"), &lb.LoadBalancerArgs{
		Name: pulumi.String(t.scope.Name("")), LoadBalancerType: pulumi.String("application"), Internal: pulumi.Bool(false),
		SecurityGroups: pulumi.StringArray{front.ID()}, Subnets: d.public,
		IdleTimeout: pulumi.Int(t.Times().BalancerIdle), DropInvalidHeaderFields: pulumi.Bool(true), DesyncMitigationMode: pulumi.String("defensive"),
		EnableDeletionProtection: pulumi.Bool(*t.settings.Protect), Tags: t.tags(),
	}, t.scope.Child(pulumi.Protect(*t.settings.Protect), pulumi.DependsOn(d.outside))...)
	if err != nil {
		return fmt.Errorf("the load balancer: %w", err)
	}
	d.targets, err = lb.NewTargetGroup(ctx, t.scope.Name("targets"), &lb.TargetGroupArgs{
		Name: pulumi.String(t.scope.Name("")), VpcId: d.vpc, TargetType: pulumi.String("ip"),
		Port: pulumi.Int(app.Port), Protocol: pulumi.String("HTTP"), DeregistrationDelay: pulumi.Int(t.Times().Deregistration),
		HealthCheck: &lb.TargetGroupHealthCheckArgs{
			Path: pulumi.String(a.Probes.Serving), Matcher: pulumi.String("200"), Protocol: pulumi.String("HTTP"),
			Interval: pulumi.Int(10), Timeout: pulumi.Int(5), HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(3),
		},
		Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the target group: %w", err)
	}
	return t.listen(ctx, d)
}

// listen answers by HTTPS and sends plain requests there, or answers these
// when that is allowed in so many words.
func (t *Target) listen(ctx *pulumi.Context, d *door) error {
	forward := lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{Type: pulumi.String("forward"), TargetGroupArn: d.targets.Arn}}
	if t.settings.plain() {
		d.url = pulumi.Sprintf("http://%s", d.balancer.DnsName)
		return t.listener(ctx, d, "http", &lb.ListenerArgs{Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"), DefaultActions: forward})
	}
	certificate, err := t.certificate(ctx, d)
	if err != nil {
		return err
	}
	d.url = pulumi.String("https://" + t.settings.Domain).ToStringOutput()
	if err := t.listener(ctx, d, "https", &lb.ListenerArgs{
		Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"), SslPolicy: pulumi.String(tlsPolicy),
		CertificateArn: certificate, DefaultActions: forward,
	}); err != nil {
		return err
	}
	return t.listener(ctx, d, "http", &lb.ListenerArgs{
		Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{
			Type:     pulumi.String("redirect"),
			Redirect: &lb.ListenerDefaultActionRedirectArgs{Port: pulumi.String("443"), Protocol: pulumi.String("HTTPS"), StatusCode: pulumi.String("HTTP_301")},
		}},
	})
}

func (t *Target) listener(ctx *pulumi.Context, d *door, kind string, args *lb.ListenerArgs) error {
	args.LoadBalancerArn, args.Tags = d.balancer.Arn, t.tags()
	made, err := lb.NewListener(ctx, t.scope.Name(kind), args, t.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the listener %s: %w", kind, err)
	}
	d.ready = append(d.ready, made)
	return nil
}
