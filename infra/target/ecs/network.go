package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// place is the network that everything is in.
type place struct {
	vpc             pulumi.StringInput
	public, private pulumi.StringArray
	// outside is the way to the internet, which nothing is on before; none if
	// the network is there already.
	outside []pulumi.Resource
	// nat is the way out of the private subnets made last.
	nat *ec2.NatGateway
	// ready is the tasks' way out, which they need to pull their image.
	ready []pulumi.Resource
	// trusted are the networks of the load balancer's own addresses.
	trusted string
}

// door is how requests come to the tasks.
type door struct {
	place
	// tasks is the tasks' security group.
	tasks    *ec2.SecurityGroup
	balancer *lb.LoadBalancer
	targets  *lb.TargetGroup
	url      pulumi.StringOutput
}

// network makes the load balancer, in the given network or one of its own, and
// opens nothing but what requests, the image and Astra need.
func (t *Target) network(ctx *pulumi.Context, a app.App) (door, error) {
	where, err := t.where(ctx)
	if err != nil {
		return door{}, err
	}
	d := door{place: where}
	front, err := t.groups(ctx, a, &d)
	if err != nil {
		return d, err
	}
	return d, t.balance(ctx, a, &d, front)
}

// groups are the security groups of the balancer and of the tasks.
func (t *Target) groups(ctx *pulumi.Context, a app.App, d *door) (front *ec2.SecurityGroup, err error) {
	if front, err = t.firewall(ctx, "front", "Load balancer of the KillrVideo API", d.vpc); err != nil {
		return nil, err
	}
	if d.tasks, err = t.firewall(ctx, "tasks", "Tasks of the KillrVideo API", d.vpc); err != nil {
		return nil, err
	}
	ports := []int{80, 443}
	if t.settings.plain() {
		ports = ports[:1]
	}
	for _, port := range ports {
		if err := t.in(ctx, fmt.Sprintf("front-%d", port), "Requests from everywhere", front, port, nil); err != nil {
			return nil, err
		}
	}
	if err := t.in(ctx, "tasks-in", "Requests from the load balancer", d.tasks, app.Port, front); err != nil {
		return nil, err
	}
	if err := t.out(ctx, "front-out", "Requests to the tasks", front, app.Port, d.tasks); err != nil {
		return nil, err
	}
	for _, port := range a.Calls {
		if err := t.out(ctx, fmt.Sprintf("tasks-out-%d", port), "What the settings tell the API to call", d.tasks, port, nil); err != nil {
			return nil, err
		}
	}
	return front, t.out(ctx, "tasks-out", "Astra, the registry, secrets and logs", d.tasks, 443, nil)
}

func (t *Target) firewall(ctx *pulumi.Context, kind, description string, network pulumi.StringInput) (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(ctx, t.scope.Name(kind), &ec2.SecurityGroupArgs{
		Description: pulumi.String(description + ", environment " + t.environment), VpcId: network, Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the security group %s: %w", kind, err)
	}
	return group, nil
}

// everywhere is any address: the rule's other end has no group.
const everywhere = "0.0.0.0/0"

func (t *Target) in(ctx *pulumi.Context, name, why string, group *ec2.SecurityGroup, port int, from *ec2.SecurityGroup) error {
	args := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(), Description: pulumi.String(why), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: t.tags(),
	}
	if from == nil {
		args.CidrIpv4 = pulumi.String(everywhere)
	} else {
		args.ReferencedSecurityGroupId = from.ID()
	}
	if _, err := vpc.NewSecurityGroupIngressRule(ctx, t.scope.Name(name), args, t.scope.Child()...); err != nil {
		return fmt.Errorf("the rule %s: %w", name, err)
	}
	return nil
}

func (t *Target) out(ctx *pulumi.Context, name, why string, group *ec2.SecurityGroup, port int, to *ec2.SecurityGroup) error {
	args := &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group.ID(), Description: pulumi.String(why), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: t.tags(),
	}
	if to == nil {
		args.CidrIpv4 = pulumi.String(everywhere)
	} else {
		args.ReferencedSecurityGroupId = to.ID()
	}
	if _, err := vpc.NewSecurityGroupEgressRule(ctx, t.scope.Name(name), args, t.scope.Child()...); err != nil {
		return fmt.Errorf("the rule %s: %w", name, err)
	}
	return nil
}
