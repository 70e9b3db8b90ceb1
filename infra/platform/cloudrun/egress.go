package cloudrun

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// egressRange has addresses for twice as many instances as Cloud Run runs of one
// service: a rollout doubles them, and an address stays reserved for minutes. It
// is one that Google suggests for Direct VPC egress.
// https://cloud.google.com/run/docs/configuring/networking-best-practices
const egressRange = "100.64.0.0/20"

// computed is a resource of Compute Engine. The SDK's package for these takes
// longer to compile than all else here, so that they are registered by their types.
type computed struct {
	pulumi.CustomResourceState

	Name     pulumi.StringOutput `pulumi:"name"`
	Address  pulumi.StringOutput `pulumi:"address"`
	SelfLink pulumi.StringOutput `pulumi:"selfLink"`
}

// sdkVersion is that of the SDK, and so of the provider.
const sdkVersion = "7.38.0"

func (s *Service) compute(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, needs ...pulumi.Resource) (*computed, error) {
	made := &computed{}
	opts := s.scope.Child(pulumi.DependsOn(needs), pulumi.Version(sdkVersion))
	if err := ctx.RegisterResource("gcp:compute/"+kind, s.scope.Name(name), inputs, made, opts...); err != nil {
		return nil, fmt.Errorf("the resource %s of Compute Engine: %w", name, err)
	}
	return made, nil
}

// egress makes a network whose only way out is a NAT gateway with a reserved
// address. It is made once the address is let in where the service calls, and is
// gone before that ends.
func (s *Service) egress(ctx *pulumi.Context, args *ServiceArgs) error {
	if !args.FixedEgress {
		return nil
	}
	network, err := s.compute(ctx, "network:Network", "network", pulumi.Map{"autoCreateSubnetworks": pulumi.Bool(false)}, s.enabled...)
	if err != nil {
		return err
	}
	if err := s.firewall(ctx, args, network); err != nil {
		return err
	}
	subnet, err := s.compute(ctx, "subnetwork:Subnetwork", "egress", pulumi.Map{
		"network": network.ID(), "region": args.Region, "ipCidrRange": pulumi.String(egressRange), "privateIpGoogleAccess": pulumi.Bool(true),
	})
	if err != nil {
		return err
	}
	address, err := s.compute(ctx, "address:Address", "egress", pulumi.Map{
		"region": args.Region, "addressType": pulumi.String("EXTERNAL"), "labels": args.labels(),
	}, s.enabled...)
	if err != nil {
		return err
	}
	s.addresses = pulumi.StringArray{address.Address}
	allowed, err := platform.Allow(args.App, "egress", s.addresses)
	if err != nil {
		return err
	}
	router, err := s.compute(ctx, "router:Router", "egress", pulumi.Map{"network": network.ID(), "region": args.Region})
	if err != nil {
		return err
	}
	nat, err := s.compute(ctx, "routerNat:RouterNat", "egress", pulumi.Map{
		"router": router.Name, "region": args.Region, "natIpAllocateOption": pulumi.String("MANUAL_ONLY"),
		"natIps":                        pulumi.StringArray{address.SelfLink},
		"sourceSubnetworkIpRangesToNat": pulumi.String("LIST_OF_SUBNETWORKS"),
		"subnetworks": pulumi.Array{pulumi.Map{
			"name": subnet.ID(), "sourceIpRangesToNats": pulumi.ToStringArray([]string{"ALL_IP_RANGES"}),
		}},
		"logConfig": pulumi.Map{"enable": pulumi.Bool(true), "filter": pulumi.String("ERRORS_ONLY")},
	}, allowed...)
	if err != nil {
		return err
	}
	s.enabled = append(s.enabled, nat)
	args.Network = &NetworkArgs{Network: network.ID().ToStringOutput(), Subnetwork: subnet.ID().ToStringOutput(), AllTraffic: true}
	return nil
}

// firewall lets the service out to HTTPS and to its other ports. Google answers
// questions for names itself, past any firewall; from outside nothing comes in.
func (s *Service) firewall(ctx *pulumi.Context, args *ServiceArgs, network *computed) error {
	ports := []string{"443"}
	for _, port := range args.App.EgressPorts {
		if text := strconv.Itoa(port); !slices.Contains(ports, text) {
			ports = append(ports, text)
		}
	}
	rules := []pulumi.Map{
		{
			"description": pulumi.String("What the service calls"), "priority": pulumi.Int(1000),
			"allows": pulumi.Array{pulumi.Map{"protocol": pulumi.String("tcp"), "ports": pulumi.ToStringArray(ports)}},
		},
		{
			"description": pulumi.String("Everything else"), "priority": pulumi.Int(65534),
			"denies": pulumi.Array{pulumi.Map{"protocol": pulumi.String("all")}},
		},
	}
	for i, name := range []string{"egress-allow", "egress-deny"} {
		rules[i]["network"], rules[i]["direction"] = network.ID(), pulumi.String("EGRESS")
		rules[i]["destinationRanges"] = pulumi.ToStringArray([]string{"0.0.0.0/0"})
		if _, err := s.compute(ctx, "firewall:Firewall", name, rules[i]); err != nil {
			return err
		}
	}
	return nil
}
