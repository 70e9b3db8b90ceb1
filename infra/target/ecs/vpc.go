package ecs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// where is the given network, or one of its own across its zones: the balancer
// in public subnets, the tasks in private ones with a way out and none in.
func (t *Target) where(ctx *pulumi.Context) (place, error) {
	if s := t.settings; s.VPC != "" {
		// The security group lets nothing but the balancer reach the tasks, and
		// the balancer's clients come from the internet.
		return place{
			vpc: pulumi.String(s.VPC), public: pulumi.ToStringArray(s.PublicSubnets), private: pulumi.ToStringArray(s.PrivateSubnets),
			trusted: "private",
		}, nil
	}
	zones, err := t.zones(ctx)
	if err != nil {
		return place{}, err
	}
	network, err := ec2.NewVpc(ctx, t.scope.Name("network"), &ec2.VpcArgs{
		CidrBlock: pulumi.String(t.settings.CIDR), EnableDnsHostnames: pulumi.Bool(true), EnableDnsSupport: pulumi.Bool(true), Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return place{}, fmt.Errorf("the network: %w", err)
	}
	// Without rules of ours, what is put into the default group reaches nothing.
	if _, err := ec2.NewDefaultSecurityGroup(ctx, t.scope.Name("closed"), &ec2.DefaultSecurityGroupArgs{VpcId: network.ID(), Tags: t.tags()}, t.scope.Child()...); err != nil {
		return place{}, fmt.Errorf("close the default security group: %w", err)
	}
	gateway, err := ec2.NewInternetGateway(ctx, t.scope.Name("gateway"), &ec2.InternetGatewayArgs{VpcId: network.ID(), Tags: t.tags()}, t.scope.Child()...)
	if err != nil {
		return place{}, fmt.Errorf("the internet gateway: %w", err)
	}
	made := place{vpc: network.ID()}
	outside, way, err := t.routes(ctx, "public", network, &ec2.RouteArgs{GatewayId: gateway.ID()})
	if err != nil {
		return made, err
	}
	made.outside = []pulumi.Resource{way}
	var front []string
	for i, zone := range zones {
		if err := t.zone(ctx, i, zone, network, outside, &made); err != nil {
			return made, err
		}
		front = append(front, subnetCIDR(t.settings.CIDR, i))
	}
	made.trusted = strings.Join(front, ",")
	return made, nil
}

// zone makes a public and a private subnet; the private one's way out is a NAT
// gateway in the public one, of its own or that of the first zone.
func (t *Target) zone(ctx *pulumi.Context, i int, name string, network *ec2.Vpc, outside *ec2.RouteTable, made *place) error {
	n := strconv.Itoa(i)
	public, _, err := t.subnet(ctx, "public-"+n, name, subnetCIDR(t.settings.CIDR, i), network, outside)
	if err != nil {
		return err
	}
	made.public = append(made.public, public.ID())
	if i == 0 || *t.settings.NATPerZone {
		if made.nat, err = t.gateway(ctx, n, public, made.outside); err != nil {
			return err
		}
	}
	inside, way, err := t.routes(ctx, "private-"+n, network, &ec2.RouteArgs{NatGatewayId: made.nat.ID()})
	if err != nil {
		return err
	}
	private, routed, err := t.subnet(ctx, "private-"+n, name, subnetCIDR(t.settings.CIDR, privateFrom+i), network, inside)
	if err != nil {
		return err
	}
	made.private = append(made.private, private.ID())
	made.ready = append(made.ready, made.nat, way, routed)
	return nil
}

// gateway is a NAT gateway, which AWS refuses to a network that is not on the
// internet yet.
func (t *Target) gateway(ctx *pulumi.Context, n string, public *ec2.Subnet, outside []pulumi.Resource) (*ec2.NatGateway, error) {
	address, err := ec2.NewEip(ctx, t.scope.Name("address-"+n), &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: t.tags()}, t.scope.Child(pulumi.DependsOn(outside))...)
	if err != nil {
		return nil, fmt.Errorf("the address of the way out: %w", err)
	}
	nat, err := ec2.NewNatGateway(ctx, t.scope.Name("nat-"+n), &ec2.NatGatewayArgs{
		AllocationId: address.ID(), SubnetId: public.ID(), Tags: t.tags(),
	}, t.scope.Child(pulumi.DependsOn(outside))...)
	if err != nil {
		return nil, fmt.Errorf("the way out: %w", err)
	}
	return nat, nil
}

// routes is a route table with one way out.
func (t *Target) routes(ctx *pulumi.Context, kind string, network *ec2.Vpc, out *ec2.RouteArgs) (*ec2.RouteTable, *ec2.Route, error) {
	table, err := ec2.NewRouteTable(ctx, t.scope.Name("routes-"+kind), &ec2.RouteTableArgs{VpcId: network.ID(), Tags: t.tags()}, t.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the routes %s: %w", kind, err)
	}
	out.RouteTableId, out.DestinationCidrBlock = table.ID(), pulumi.String(everywhere)
	way, err := ec2.NewRoute(ctx, t.scope.Name("out-"+kind), out, t.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the route out %s: %w", kind, err)
	}
	return table, way, nil
}

// subnet is one of a zone, and what gives it its routes.
func (t *Target) subnet(ctx *pulumi.Context, kind, zone, cidr string, network *ec2.Vpc, routes *ec2.RouteTable) (*ec2.Subnet, *ec2.RouteTableAssociation, error) {
	subnet, err := ec2.NewSubnet(ctx, t.scope.Name(kind), &ec2.SubnetArgs{
		VpcId: network.ID(), AvailabilityZone: pulumi.String(zone), CidrBlock: pulumi.String(cidr),
		MapPublicIpOnLaunch: pulumi.Bool(false), Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the subnet %s: %w", kind, err)
	}
	routed, err := ec2.NewRouteTableAssociation(ctx, t.scope.Name(kind), &ec2.RouteTableAssociationArgs{
		SubnetId: subnet.ID(), RouteTableId: routes.ID(),
	}, t.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the routes of subnet %s: %w", kind, err)
	}
	return subnet, routed, nil
}
