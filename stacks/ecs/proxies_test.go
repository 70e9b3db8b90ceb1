package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestTrustedProxies: only the load balancer may say who the client is, which
// is in the public subnets.
func TestTrustedProxies(t *testing.T) {
	const network = "vpcId: vpc-01234567, publicSubnets: [subnet-01234567, subnet-01234568], privateSubnets: [subnet-01234569, subnet-0123456a]"
	plantest.Proxies(t, "ecs", build, map[string]plantest.Case{"ecs": {}, "ecs-vpc": {Group: "{" + network + "}"}})
}
