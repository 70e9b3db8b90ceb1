package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "ecs", build, "dev", "prod", "full") }

// TestPolicyOfOtherSettings holds what the reviewed plans do not make to the
// rules too.
func TestPolicyOfOtherSettings(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	const network = "vpcId: vpc-01234567, publicSubnets: [subnet-01234567, subnet-01234568], privateSubnets: [subnet-01234569, " +
		"subnet-0123456a]"
	const certificate = "certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000'"
	const collector = "service: {otlpEndpoint: 'https://collector.example.org:4318'}"
	for name, group := range map[string]string{
		"a network that is there": "{region: eu-west-1, " + network + "}",
		"a certificate":           "{region: eu-west-1, domain: api.example.org, hostedZoneId: '', " + certificate + "}",
		"another processor": "{region: eu-west-1, architecture: ARM64, cidr: 172.20.0.0/20, zones: [eu-west-1a, euw1-az2, eu-west-1c], " +
			"natPerZone: true}",
	} {
		t.Run(name, func(t *testing.T) {
			plantest.Policy(t, plantest.Write(t, "ecs", plantest.Case{General: collector, Group: group}), "dev", "ecs", build)
		})
	}
}

func TestMetricsTakeAToken(t *testing.T) { plantest.Metrics(t, "ecs", "", build) }

// TestTrustedProxies: only the load balancer may say who the client is, which
// is in the public subnets.
func TestTrustedProxies(t *testing.T) {
	const network = "vpcId: vpc-01234567, publicSubnets: [subnet-01234567, subnet-01234568], privateSubnets: [subnet-01234569, " +
		"subnet-0123456a]"
	plantest.Proxies(t, "ecs", build, map[string]plantest.Case{"ecs": {}, "ecs-vpc": {Group: "{" + network + "}"}})
}
