package ecs

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func TestBadSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Settings, *app.Scale)
		key    string
	}{
		"no region":           {func(s *Settings, _ *app.Scale) { s.Region = "" }, "ecs.region"},
		"a zone for a region": {func(s *Settings, _ *app.Scale) { s.Region = "eu-west-1a" }, "ecs.region"},
		"one zone":            {func(s *Settings, _ *app.Scale) { s.Zones = []string{"eu-west-1a"} }, "ecs.zones"},
		"zones of a network that is there": {func(s *Settings, _ *app.Scale) {
			subnets := []string{"subnet-01234567", "subnet-01234568"}
			s.VPC, s.PublicSubnets, s.PrivateSubnets = "vpc-01234567", subnets, subnets
			s.Zones = []string{"eu-west-1a", "eu-west-1b"}
		}, "ecs.zones"},
		"a zone elsewhere":         {func(s *Settings, _ *app.Scale) { s.Zones = []string{"eu-west-1a", "us-east-1b"} }, "ecs.zones"},
		"a public range":           {func(s *Settings, _ *app.Scale) { s.CIDR = "8.8.0.0/16" }, "ecs.cidr"},
		"a range of few addresses": {func(s *Settings, _ *app.Scale) { s.CIDR = "10.0.0.0/25" }, "ecs.cidr"},
		"a range with a host":      {func(s *Settings, _ *app.Scale) { s.CIDR = "10.0.0.1/16" }, "ecs.cidr"},
		"subnets of no network":    {func(s *Settings, _ *app.Scale) { s.PublicSubnets = []string{"subnet-01234567"} }, "ecs.vpcId"},
		"one subnet twice": {func(s *Settings, _ *app.Scale) {
			s.VPC, s.PublicSubnets = "vpc-01234567", []string{"subnet-01234567", "subnet-01234567"}
			s.PrivateSubnets = []string{"subnet-01234567", "subnet-01234568"}
		}, "ecs.publicSubnets"},
		"no certificate": {func(s *Settings, _ *app.Scale) { s.HostedZone = "" }, "ecs.certificateArn"},
		"another's certificate": {func(s *Settings, _ *app.Scale) {
			s.Certificate = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
		}, "ecs.certificateArn"},
		"no domain":              {func(s *Settings, _ *app.Scale) { s.Domain = "" }, "ecs.domain"},
		"a URL for a domain":     {func(s *Settings, _ *app.Scale) { s.Domain = "https://x.org" }, "ecs.domain"},
		"a name for a zone's id": {func(s *Settings, _ *app.Scale) { s.HostedZone = "example.org" }, "ecs.hostedZoneId"},
		"another processor":      {func(s *Settings, _ *app.Scale) { s.Architecture = "MIPS" }, "ecs.architecture"},
		"days unknown":           {func(s *Settings, _ *app.Scale) { s.Production.LogRetentionDays = 100 }, "logRetentionDays"},
		"no requests":            {func(s *Settings, _ *app.Scale) { s.RequestsPerTarget = -1 }, "ecs.requestsPerTarget"},
		"a tag of AWS":           {func(s *Settings, _ *app.Scale) { s.Tags = map[string]string{"aws:x": "y"} }, "ecs.tags"},
		"no tasks":               {func(_ *Settings, s *app.Scale) { s.MinInstances = 0 }, "minInstances"},
		"three processors":       {func(_ *Settings, s *app.Scale) { s.CPU = "3" }, "cpu"},
		"too little memory":      {func(_ *Settings, s *app.Scale) { s.Memory = "512Mi" }, "memory"},
		"memory between steps":   {func(_ *Settings, s *app.Scale) { s.Memory = "2500Mi" }, "memory"},
		"a quarter and its gap":  {func(_ *Settings, s *app.Scale) { s.CPU, s.Memory = "0.25", "1536Mi" }, "memory"},
		"a fruit for memory":     {func(_ *Settings, s *app.Scale) { s.Memory = "banana" }, "memory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, size := settings(), scale()
			test.change(&s, &size)
			_, err := New(platformtest.App("dev", "", size), s)
			platformtest.Refused(t, err, test.key)
		})
	}
}
