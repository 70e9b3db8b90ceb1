package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/ecs"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestBadSettingsAreRefusedInAPlan: before AWS is asked for anything.
func TestBadSettingsAreRefusedInAPlan(t *testing.T) {
	cases := slices.Concat(plantest.General(), sizes(), group())
	plantest.Refused(t, "ecs", build, cases)
	plantest.Complete(t, "ecs", build, ecs.Settings{}, cases, map[string]string{"target": "it chooses this test; stacks refuses others"})
}

// TestTheDefaultsAreAPairThatFargateSells plans a stack that names no size.
func TestTheDefaultsAreAPairThatFargateSells(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for _, general := range []string{"", "cpu: \"0.25\"", "cpu: \"0.5\"", "cpu: 2", "cpu: 16"} {
		root := plantest.Write(t, "ecs", plantest.Case{General: general})
		if _, err := stacks.Plan(root, "dev", "ecs", build); err != nil {
			t.Errorf("with %q: %v", general, err)
		}
	}
}

// sizes are the processors and memory that Fargate does not sell.
func sizes() []plantest.Case {
	return []plantest.Case{
		{Name: "no task", General: "minInstances: 0", Keys: []string{"minInstances"}},
		{Name: "three processors", General: "cpu: 3", Keys: []string{"cpu"}},
		{Name: "300 units", General: "cpu: \"0.293\"", Keys: []string{"cpu"}},
		{Name: "one and half a gibibyte", General: "memory: 512Mi", Keys: []string{"memory"}},
		{Name: "one and nine", General: "memory: 9Gi", Keys: []string{"memory"}},
		{Name: "one and two and a half", General: "memory: 2560Mi", Keys: []string{"memory"}},
		{Name: "a quarter and its gap", General: "cpu: \"0.25\"\nmemory: 1536Mi", Keys: []string{"memory"}},
		{Name: "eight and seventeen", General: "cpu: 8\nmemory: 17Gi", Keys: []string{"memory"}},
		{Name: "sixteen and little", General: "cpu: 16\nmemory: 16Gi", Keys: []string{"memory"}},
	}
}

func group() []plantest.Case {
	return []plantest.Case{
		{Name: "a zone for a region", Group: "{region: eu-west-1a}", Keys: []string{"ecs.region"}},
		{Name: "Google's region", Group: "{region: europe-west1}", Keys: []string{"ecs.region"}},
		{Name: "one zone", Group: "{zones: [eu-west-1a]}", Keys: []string{"ecs.zones"}},
		{Name: "a zone elsewhere", Group: "{zones: [eu-west-1a, us-east-1b]}", Keys: []string{"ecs.zones"}},
		{Name: "a public network", Group: "{cidr: 8.8.0.0/16}", Keys: []string{"ecs.cidr"}},
		{Name: "a zone twice", Group: "{zones: [eu-west-1a, eu-west-1a]}", Keys: []string{"ecs.zones"}},
		{Name: "subnets of no network", Group: "{publicSubnets: [subnet-01234567, subnet-01234568]}", Keys: []string{"ecs.vpcId"}},
		{Name: "a network's name",
			Group: "{vpcId: main, publicSubnets: [subnet-01234567, subnet-01234568], privateSubnets: [subnet-01234567, subnet-01234568]}",
			Keys:  []string{"ecs.vpcId"}},
		{Name: "a network without subnets", Group: "{vpcId: vpc-01234567}", Keys: []string{"ecs.privateSubnets", "ecs.publicSubnets"}},
		{Name: "a network and how to make one",
			Group: "{vpcId: vpc-01234567, publicSubnets: [subnet-01234567, subnet-01234568], privateSubnets: [subnet-01234569, subnet-0123456a], " +
				"zones: [eu-west-1a, eu-west-1b], natPerZone: false, cidr: 10.0.0.0/16}",
			Keys: []string{"ecs.cidr", "ecs.natPerZone", "ecs.zones"}},
		{Name: "addresses for subnets",
			Group: "{vpcId: vpc-01234567, publicSubnets: [10.0.0.0/24, 10.0.1.0/24], privateSubnets: [subnet-01234567, subnet-01234568]}",
			Keys:  []string{"ecs.publicSubnets"}},
		{Name: "no certificate", Group: "{hostedZoneId: ''}", Keys: []string{"ecs.certificateArn"}},
		{Name: "a certificate elsewhere",
			Group: "{certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000'}",
			Keys:  []string{"ecs.certificateArn"}},
		{Name: "a certificate's name", Group: "{certificateArn: mine}", Keys: []string{"ecs.certificateArn"}},
		{Name: "a certificate for no name", Group: "{domain: ''}", Keys: []string{"ecs.domain"}},
		{Name: "a URL for a domain", Group: "{domain: 'https://api.example.org'}", Keys: []string{"ecs.domain"}},
		{Name: "a zone's name for its id", Group: "{hostedZoneId: example.org}", Keys: []string{"ecs.hostedZoneId"}},
		{Name: "another processor", Group: "{architecture: arm64}", Keys: []string{"ecs.architecture"}},
		{Name: "days that CloudWatch does not know", General: "logRetentionDays: 100", Keys: []string{"logRetentionDays"}},
		{Name: "a setting that moved", Group: "{logRetentionDays: 30}", Keys: []string{"ecs.logRetentionDays"}},
		{Name: "a key's alias", General: "kmsKey: alias/mine", Keys: []string{"kmsKey"}},
		{Name: "a key elsewhere", General: "kmsKey: arn:aws:kms:us-east-1:123456789012:key/0-1", Keys: []string{"kmsKey"}},
		{Name: "one image", General: "retainedImages: 1", Keys: []string{"retainedImages"}},
		{Name: "images elsewhere", General: "retainedImages: 30\nimage: r.example.org/x@sha256:" + strings.Repeat("0", 64),
			Keys: []string{"retainedImages"}},
		{Name: "versions that AWS deletes", General: "secretVersionDays: 30", Keys: []string{"secretVersionDays"}},
		{Name: "addresses of another network", General: "egressAddresses: made\naccessList: 198.51.100.0/24",
			Group: "{vpcId: vpc-01234567, publicSubnets: [subnet-01234567, subnet-01234568], privateSubnets: [subnet-01234569, subnet-0123456a]}",
			Keys:  []string{"egressAddresses"}},
		{Name: "requests below nought", Group: "{requestsPerTarget: -1}", Keys: []string{"ecs.requestsPerTarget"}},
		{Name: "alarms that have no name", Group: "{alarms: [queue-is-long, '']}", Keys: []string{"ecs.alarms"}},
		{Name: "an alarm by its ARN", Group: "{alarms: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:x']}", Keys: []string{"ecs.alarms"}},
		{Name: "a tag of AWS", Group: "{tags: {'aws:x': y}}", Keys: []string{"ecs.tags"}},
		{Name: "a tag of ours", Group: "{tags: {environment: y}}", Keys: []string{"ecs.tags"}},
		{Name: "no group", Group: "eu-west-1", Keys: []string{"ecs", "ecs.certificateArn", "ecs.region"}},
		{Name: "wrong types", Group: "{zones: eu-west-1a, allowHttp: 'no', natPerZone: 1, protect: x, " +
			"requestsPerTarget: '3', tags: [a], vpcId: 7}",
			Keys: []string{"ecs.allowHttp", "ecs.natPerZone", "ecs.protect", "ecs.requestsPerTarget", "ecs.tags",
				"ecs.vpcId", "ecs.zones"}},
		{Name: "members that are none", Group: "{vpc: vpc-01234567, zone: eu-west-1a}", Keys: []string{"ecs.vpc", "ecs.zone"}},
		{Name: "all at once", General: "cpu: 3\nlogLevel: LOUD\nimages: x", Group: "{region: x, architecture: MIPS, tag: y}",
			Keys: []string{"cpu", "ecs.architecture", "ecs.region", "ecs.tag", "images", "logLevel"}},
	}
}
