package ecs

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// The public and private subnets are in the two halves of the network.
const (
	mostZones   = 6
	privateFrom = 8
	subnetBits  = 4
)

var availabilityZoneID = regexp.MustCompile(`^[a-z]{2,6}[0-9]-az[0-9]$`)

// zones are the names of the zones to use: those of the settings, or the first
// two that the account has in the region. Not every account has a and b.
func (s *Service) zones(ctx *pulumi.Context) ([]string, error) {
	region, _ := app.Known(s.args.Region)
	offered, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{Filters: []aws.GetAvailabilityZonesFilter{
		{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}, // no local zones
		{Name: "zone-type", Values: []string{"availability-zone"}},
	}}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("ask AWS for the availability zones of %s, which needs ec2:DescribeAvailabilityZones: %w", region, err)
	}
	return pick(region, s.args.Zones, offered.Names, offered.ZoneIds)
}

// pick gives the names of the wanted zones, which may be ids. It does not depend
// on the order of the answer: the same zones are chosen in every run.
func pick(region string, wanted, names, ids []string) ([]string, error) {
	example := "null"
	if sorted := slices.Sorted(slices.Values(names)); len(sorted) > 1 {
		example = fmt.Sprintf(`["%s","%s"]`, sorted[0], sorted[1])
		if len(wanted) == 0 {
			return sorted[:2], nil
		}
	}
	var p platform.Problems
	if len(names) < 2 {
		p.Add("ecs.region", "eu-west-1", "%q offers this account %d availability zones, and a load balancer needs two", region, len(names))
		return nil, p
	}
	var chosen []string
	for _, zone := range wanted {
		if at := slices.Index(ids, zone); at >= 0 {
			zone = names[at]
		}
		if !slices.Contains(names, zone) || slices.Contains(chosen, zone) {
			p.Add("ecs.zones", example, "%q is not among the zones of this account in %s, or named twice: %v, by id %v", zone, region, names, ids)
		}
		chosen = append(chosen, zone)
	}
	return chosen, p.OrNil()
}

// defaultCIDR differs between environments, so that their networks can be
// joined by peering.
func defaultCIDR(environment string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(environment))
	return fmt.Sprintf("10.%d.0.0/16", sum.Sum32()%256)
}

// keepsNetwork refuses another range for a network that the stack has: AWS cannot
// change it, so the engine would replace the network and all in it, the load
// balancer included.
func (s *Service) keepsNetwork(ctx *pulumi.Context) error {
	_, resources, err := platform.LastUpdate(ctx)
	if err != nil {
		return fmt.Errorf("find out which network the stack has: %w", err)
	}
	return checkKept(s.scope.Name("network"), s.args.CIDR, resources)
}

func checkKept(name, wanted string, resources map[string]platform.Recorded) error {
	var p platform.Problems
	for urn, r := range resources {
		has, _ := r.Outputs["cidrBlock"].(string)
		if r.Type == "aws:ec2/vpc:Vpc" && strings.HasSuffix(urn, "::"+name) && has != "" && has != wanted {
			p.Add("ecs.cidr", has, "the network of this stack has %s; with %s AWS would replace it and everything in it. "+
				"For another range remove the stack and deploy it again", has, wanted)
		}
	}
	return p.OrNil()
}

// subnetCIDR is the n-th sixteenth of a network.
func subnetCIDR(network string, n int) string {
	whole := netip.MustParsePrefix(network) // checked with the settings
	bits := whole.Bits() + subnetBits
	at := whole.Addr().As4()
	number := uint32(at[0])<<24 | uint32(at[1])<<16 | uint32(at[2])<<8 | uint32(at[3])
	number += uint32(n) << (32 - bits)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}), bits).
		String()
}

// checkCIDR refuses what AWS would, and public ranges.
func (args *ServiceArgs) checkCIDR(p *platform.Problems) {
	network, err := netip.ParsePrefix(args.CIDR)
	if err != nil || !network.Addr().Is4() || network.Masked() != network || network.Bits() < 16 || network.Bits() > 24 ||
		!network.Addr().IsPrivate() {
		p.Add("ecs.cidr", "10.20.0.0/16", "%q is not a range of private addresses of /16 to /24, such as 10.20.0.0/16", args.CIDR)
	}
}
