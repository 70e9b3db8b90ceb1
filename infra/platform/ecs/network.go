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
	// outside is the route to the internet, which balancers and gateways need;
	// none if the network is there already.
	outside []pulumi.Resource
	// nat is the NAT gateway that was made last.
	nat *ec2.NatGateway
	// addresses are those that the tasks call from.
	addresses pulumi.StringArray
	// ready is the tasks' route out, which they need to pull their image.
	ready []pulumi.Resource
	// trusted are the networks of the load balancer's own addresses.
	trusted string
}

// ingress is how requests come to the tasks.
type ingress struct {
	place
	// tasks is the tasks' security group.
	tasks *ec2.SecurityGroup
	// balancer is nil if it is there already; balancerSuffix ends its ARN.
	balancer       *lb.LoadBalancer
	balancerSuffix pulumi.StringInput
	targets        *lb.TargetGroup
	url            pulumi.StringOutput
}

// network makes the load balancer, or uses the given one, in the given network
// or a new one, and allows no connections but those that requests, the image,
// secrets, logs and the app need.
func (s *Service) network(ctx *pulumi.Context) (ingress, error) {
	where, err := s.where(ctx)
	if err != nil {
		return ingress{}, err
	}
	in := ingress{place: where}
	if s.args.LoadBalancer != nil {
		if err := s.taskGroup(ctx, &in, s.args.LoadBalancer.SecurityGroup); err != nil {
			return in, err
		}
		return in, s.join(ctx, &in)
	}
	front, err := s.frontGroup(ctx, &in)
	if err != nil {
		return in, err
	}
	return in, s.balance(ctx, &in, front)
}

// frontGroup are the security groups of the new balancer and of the tasks.
func (s *Service) frontGroup(ctx *pulumi.Context, in *ingress) (*ec2.SecurityGroup, error) {
	front, err := s.firewall(ctx, "front", "Load balancer of the "+s.args.App.Title, in.vpc)
	if err != nil {
		return nil, err
	}
	ports := []int{80, 443}
	if s.args.plain() {
		ports = ports[:1]
	}
	for _, port := range ports {
		if err := s.allowIn(ctx, fmt.Sprintf("front-%d", port), "Requests from everywhere", front, port, nil); err != nil {
			return nil, err
		}
	}
	if err := s.taskGroup(ctx, in, front.ID()); err != nil {
		return nil, err
	}
	return front, s.allowOut(ctx, "front-out", "Requests to the tasks", front, s.args.App.Port, in.tasks.ID())
}

// taskGroup is the tasks' security group: requests from the balancer's alone.
func (s *Service) taskGroup(ctx *pulumi.Context, in *ingress, front pulumi.StringInput) (err error) {
	if in.tasks, err = s.firewall(ctx, "tasks", "Tasks of the "+s.args.App.Title, in.vpc); err != nil {
		return err
	}
	if err := s.allowIn(ctx, "tasks-in", "Requests from the load balancer", in.tasks, s.args.App.Port, front); err != nil {
		return err
	}
	for _, port := range s.args.App.EgressPorts {
		if err := s.allowOut(ctx, fmt.Sprintf("tasks-out-%d", port), "What the settings tell the API to call", in.tasks, port, nil); err != nil {
			return err
		}
	}
	return s.allowOut(ctx, "tasks-out", "Astra, the registry, secrets and logs", in.tasks, 443, nil)
}

func (s *Service) firewall(ctx *pulumi.Context, kind, description string, network pulumi.StringInput) (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(ctx, s.scope.Name(kind), &ec2.SecurityGroupArgs{
		Description: pulumi.String(description + ", environment " + s.args.App.Environment), VpcId: app.OptionalPtr(network), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the security group %s: %w", kind, err)
	}
	return group, nil
}

// everywhere is any address: the rule's other end has no group.
const everywhere = "0.0.0.0/0"

func (s *Service) allowIn(ctx *pulumi.Context, name, why string, group *ec2.SecurityGroup, port int, from pulumi.StringInput) error {
	args := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(), Description: pulumi.String(why), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: s.args.tags(),
	}
	if from == nil {
		args.CidrIpv4 = pulumi.String(everywhere)
	} else {
		args.ReferencedSecurityGroupId = app.OptionalPtr(from)
	}
	if _, err := vpc.NewSecurityGroupIngressRule(ctx, s.scope.Name(name), args, s.scope.Child()...); err != nil {
		return fmt.Errorf("the rule %s: %w", name, err)
	}
	return nil
}

func (s *Service) allowOut(ctx *pulumi.Context, name, why string, group *ec2.SecurityGroup, port int, to pulumi.StringInput) error {
	args := &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group.ID(), Description: pulumi.String(why), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: s.args.tags(),
	}
	if to == nil {
		args.CidrIpv4 = pulumi.String(everywhere)
	} else {
		args.ReferencedSecurityGroupId = app.OptionalPtr(to)
	}
	if _, err := vpc.NewSecurityGroupEgressRule(ctx, s.scope.Name(name), args, s.scope.Child()...); err != nil {
		return fmt.Errorf("the rule %s: %w", name, err)
	}
	return nil
}
