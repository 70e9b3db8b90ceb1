package ecs

import (
	"encoding/json"
	"net/netip"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestZonesAreThoseOfTheAccount: an account need not have a and b, and the same
// zones are chosen whatever the order of AWS's answer.
func TestZonesAreThoseOfTheAccount(t *testing.T) {
	t.Parallel()
	names, ids := []string{"us-east-1f", "us-east-1c", "us-east-1d"}, []string{"use1-az5", "use1-az1", "use1-az2"}
	for name, test := range map[string]struct{ wanted, chosen []string }{
		"the first two":   {nil, []string{"us-east-1c", "us-east-1d"}},
		"by name":         {[]string{"us-east-1f", "us-east-1c"}, []string{"us-east-1f", "us-east-1c"}},
		"by id":           {[]string{"use1-az5", "use1-az1"}, []string{"us-east-1f", "us-east-1c"}},
		"not there":       {[]string{"us-east-1a", "us-east-1c"}, nil},
		"no such id":      {[]string{"use1-az9", "us-east-1c"}, nil},
		"the same, by id": {[]string{"us-east-1f", "use1-az5"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := pick("us-east-1", test.wanted, names, ids)
			if test.chosen == nil {
				platformtest.Refused(t, err, "ecs.zones")
			} else if err != nil || !slices.Equal(got, test.chosen) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	_, err := pick("us-east-1", nil, names[:1], ids[:1])
	platformtest.Refused(t, err, "ecs.region")
}

func TestEnvironmentsHaveNetworksOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, environment := range []string{"dev", "test", "qa", "staging", "preview", "prod", "live"} {
		cidr := defaultCIDR(environment)
		if other := seen[cidr]; other != "" {
			t.Errorf("%s and %s share %s", environment, other, cidr)
		}
		seen[cidr] = environment
	}
}

// TestANetworkKeepsItsRange: one that was made with another default, or for
// another setting, is not replaced; what is not the stack's network is not asked.
func TestANetworkKeepsItsRange(t *testing.T) {
	t.Parallel()
	urn := func(name string) string {
		return "urn:pulumi:dev::shop::infra:ecs:Service$aws:ec2/vpc:Vpc::" + name
	}
	recorded := func(kind, cidr string) platform.Recorded {
		return platform.Recorded{Type: kind, Outputs: map[string]any{"cidrBlock": cidr}}
	}
	const vpc = "aws:ec2/vpc:Vpc"
	for name, test := range map[string]struct {
		resources map[string]platform.Recorded
		refused   bool
	}{
		"nothing":       {nil, false},
		"the same":      {map[string]platform.Recorded{urn("shop-network-dev"): recorded(vpc, "10.7.0.0/16")}, false},
		"another":       {map[string]platform.Recorded{urn("shop-network-dev"): recorded(vpc, "10.0.0.0/16")}, true},
		"of someone":    {map[string]platform.Recorded{urn("other-network-dev"): recorded(vpc, "10.0.0.0/16")}, false},
		"not a network": {map[string]platform.Recorded{urn("shop-network-dev"): recorded("aws:ec2/subnet:Subnet", "10.0.0.0/16")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := checkKept("shop-network-dev", "10.7.0.0/16", test.resources)
			if test.refused {
				platformtest.Refused(t, err, "ecs.cidr")
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSubnetsAreApart: public and private subnets of six zones, within the
// network and none over another.
func TestSubnetsAreApart(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"10.0.0.0/16", "192.168.7.0/24", "172.31.240.0/20"} {
		var made []netip.Prefix
		for i := range mostZones {
			for _, n := range []int{i, privateFrom + i} {
				subnet := netip.MustParsePrefix(subnetCIDR(network, n))
				if !netip.MustParsePrefix(network).Overlaps(subnet) || subnet.Masked() != subnet {
					t.Errorf("%s is not within %s", subnet, network)
				}
				for _, other := range made {
					if other.Overlaps(subnet) {
						t.Errorf("%s and %s overlap", other, subnet)
					}
				}
				made = append(made, subnet)
			}
		}
	}
}

// TestOnlyTheTasksOfThisAccountTakeOnARole: without the account ECS could be
// made to act on a role for another account's task.
func TestOnlyTheTasksOfThisAccountTakeOnARole(t *testing.T) {
	t.Parallel()
	for _, role := range platformtest.Find(t, planned(t, "dev", given, settings()), "aws:iam/role:Role") {
		var trust policy
		if err := json.Unmarshal([]byte(role.Inputs["assumeRolePolicy"].(string)), &trust); err != nil || len(trust.Statement) != 1 {
			t.Fatalf("%v: %v", err, role.Inputs)
		}
		condition := trust.Statement[0].Condition
		if condition["StringEquals"]["aws:SourceAccount"] != "123456789012" ||
			condition["ArnLike"]["aws:SourceArn"] != "arn:aws:ecs:eu-west-1:123456789012:*" {
			t.Errorf("%s is taken on under %v", role.Name, condition)
		}
	}
}
