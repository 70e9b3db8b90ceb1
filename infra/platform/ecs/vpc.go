package ecs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// where is the given network, or a new one across its zones: the balancer in
// public subnets, the tasks in private ones, which only lead out.
func (s *Service) where(ctx *pulumi.Context) (place, error) {
	if given := s.args.Network; given != nil {
		// The security group lets nothing but the balancer reach the tasks, and
		// the balancer's clients come from the internet.
		return place{vpc: given.VPC, public: given.PublicSubnets, private: given.PrivateSubnets, trusted: "private"}, nil
	}
	if err := s.keepsNetwork(ctx); err != nil {
		return place{}, err
	}
	zones, err := s.zones(ctx)
	if err != nil {
		return place{}, err
	}
	network, err := ec2.NewVpc(ctx, s.scope.Name("network"), &ec2.VpcArgs{
		CidrBlock: pulumi.String(s.args.CIDR), EnableDnsHostnames: pulumi.Bool(true), EnableDnsSupport: pulumi.Bool(true), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return place{}, fmt.Errorf("the network: %w", err)
	}
	// Without rules of ours, what is put into the default group reaches nothing.
	closed := &ec2.DefaultSecurityGroupArgs{VpcId: network.ID(), Tags: s.args.tags()}
	if _, err := ec2.NewDefaultSecurityGroup(ctx, s.scope.Name("closed"), closed, s.scope.Child()...); err != nil {
		return place{}, fmt.Errorf("close the default security group: %w", err)
	}
	gateway, err := ec2.NewInternetGateway(ctx, s.scope.Name("gateway"), &ec2.InternetGatewayArgs{
		VpcId: network.ID(), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return place{}, fmt.Errorf("the internet gateway: %w", err)
	}
	made := place{vpc: network.ID()}
	outside, route, err := s.routes(ctx, "public", network, &ec2.RouteArgs{GatewayId: gateway.ID()})
	if err != nil {
		return made, err
	}
	made.outside = []pulumi.Resource{route}
	var front []string
	for i, zone := range zones {
		if err := s.zone(ctx, i, zone, network, outside, &made); err != nil {
			return made, err
		}
		front = append(front, subnetCIDR(s.args.CIDR, i))
	}
	made.trusted = strings.Join(front, ",")
	return made, nil
}

// zone makes a public and a private subnet. The private one reaches the internet
// by a NAT gateway: in its zone, or in the first.
func (s *Service) zone(ctx *pulumi.Context, i int, name string, network *ec2.Vpc, outside *ec2.RouteTable, made *place) error {
	n := strconv.Itoa(i)
	public, _, err := s.subnet(ctx, "public-"+n, name, subnetCIDR(s.args.CIDR, i), network, outside)
	if err != nil {
		return err
	}
	made.public = append(made.public, public.ID())
	if i == 0 || *s.args.NATPerZone {
		address, nat, err := s.gateway(ctx, n, public, made.outside)
		if err != nil {
			return err
		}
		made.nat, made.addresses = nat, append(made.addresses, address.PublicIp)
	}
	inside, route, err := s.routes(ctx, "private-"+n, network, &ec2.RouteArgs{NatGatewayId: made.nat.ID()})
	if err != nil {
		return err
	}
	private, routed, err := s.subnet(ctx, "private-"+n, name, subnetCIDR(s.args.CIDR, privateFrom+i), network, inside)
	if err != nil {
		return err
	}
	made.private = append(made.private, private.ID())
	made.ready = append(made.ready, made.nat, route, routed)
	return nil
}

// gateway is a NAT gateway, which AWS refuses to a network that is not on the
// internet yet, and its address. It is made once the address is let in where the
// service calls, and is gone before that ends.
func (s *Service) gateway(
	ctx *pulumi.Context, n string, public *ec2.Subnet, outside []pulumi.Resource,
) (*ec2.Eip, *ec2.NatGateway, error) {
	address, err := ec2.NewEip(ctx, s.scope.Name("address-"+n), &ec2.EipArgs{
		Domain: pulumi.String("vpc"), Tags: s.args.tags(),
	}, s.scope.Child(pulumi.DependsOn(outside))...)
	if err != nil {
		return nil, nil, fmt.Errorf("the address of the NAT gateway: %w", err)
	}
	allowed, err := platform.Allow(s.args.App, "egress-"+n, pulumi.StringArray{address.PublicIp})
	if err != nil {
		return nil, nil, err
	}
	nat, err := ec2.NewNatGateway(ctx, s.scope.Name("nat-"+n), &ec2.NatGatewayArgs{
		AllocationId: address.ID(), SubnetId: public.ID(), Tags: s.args.tags(),
	}, s.scope.Child(pulumi.DependsOn(append(allowed, outside...)))...)
	if err != nil {
		return nil, nil, fmt.Errorf("the NAT gateway: %w", err)
	}
	return address, nat, nil
}

// routes is a route table with one route out.
func (s *Service) routes(ctx *pulumi.Context, kind string, network *ec2.Vpc, out *ec2.RouteArgs) (*ec2.RouteTable, *ec2.Route, error) {
	table, err := ec2.NewRouteTable(ctx, s.scope.Name("routes-"+kind), &ec2.RouteTableArgs{
		VpcId: network.ID(), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the routes %s: %w", kind, err)
	}
	out.RouteTableId, out.DestinationCidrBlock = table.ID(), pulumi.String(everywhere)
	route, err := ec2.NewRoute(ctx, s.scope.Name("out-"+kind), out, s.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the route out %s: %w", kind, err)
	}
	return table, route, nil
}

// subnet is one of a zone, and what gives it its routes.
func (s *Service) subnet(
	ctx *pulumi.Context, kind, zone, cidr string, network *ec2.Vpc, routes *ec2.RouteTable,
) (*ec2.Subnet, *ec2.RouteTableAssociation, error) {
	subnet, err := ec2.NewSubnet(ctx, s.scope.Name(kind), &ec2.SubnetArgs{
		VpcId: network.ID(), AvailabilityZone: pulumi.String(zone), CidrBlock: pulumi.String(cidr),
		MapPublicIpOnLaunch: pulumi.Bool(false), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the subnet %s: %w", kind, err)
	}
	routed, err := ec2.NewRouteTableAssociation(ctx, s.scope.Name(kind), &ec2.RouteTableAssociationArgs{
		SubnetId: subnet.ID(), RouteTableId: routes.ID(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the routes of subnet %s: %w", kind, err)
	}
	return subnet, routed, nil
}
