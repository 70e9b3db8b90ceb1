package plan

import (
	"slices"
	"testing"
)

// TestInputsThatReplace are some that a plan once showed as a change in place:
// what they replace is an outage, or an address that others know.
func TestInputsThatReplace(t *testing.T) {
	t.Parallel()
	for kind, paths := range map[string][]string{
		"aws:acm/certificate:Certificate": {
			"certificateAuthorityArn",
			"domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod", "validationOptions",
		},
		"aws:ec2/eip:Eip": {"address", "domain", "networkBorderGroup", "publicIpv4Pool"},
		"aws:ec2/natGateway:NatGateway": {
			"allocationId",
			"connectivityType", "privateIp", "secondaryPrivateIpAddressCount", "subnetId",
		},
		"aws:ecs/service:Service": {"deploymentController.type"},
	} {
		for _, path := range paths {
			if !slices.Contains(factsOf(kind).replacing, path) {
				t.Errorf("%s is not known to be replaced by %s", kind, path)
			}
		}
	}
	before := map[string]any{"deploymentController": map[string]any{"type": "ECS"}}
	after := map[string]any{"deploymentController": map[string]any{"type": "CODE_DEPLOY"}}
	if got := Replacing("aws:ecs/service:Service", before, after); len(got) != 1 {
		t.Errorf("another deployment controller replaces by %v", got)
	}
}
