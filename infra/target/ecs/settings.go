package ecs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/sizes"
)

// Settings is the stack's group `ecs`. The defaults are safe: the API is
// reached by HTTPS or not at all.
type Settings struct {
	// Region is where everything is made. Required.
	Region string `json:"region"`
	// Zones are two or more of the region, by name (eu-west-1a) or by id
	// (euw1-az1); default the first two that the account has.
	Zones []string `json:"zones"`
	// CIDR is the network's range of private addresses, /16 to /24; the default
	// is a /16 of 10.0.0.0/8 that depends on the environment.
	CIDR string `json:"cidr"`
	// VPC and its subnets are a network that is there already; empty makes one.
	VPC            string   `json:"vpcId"`
	PublicSubnets  []string `json:"publicSubnets"`
	PrivateSubnets []string `json:"privateSubnets"`
	// NATPerZone survives the loss of a zone; default true in prod. It costs.
	NATPerZone *bool `json:"natPerZone"`
	// Domain is the API's name; Certificate is the ARN of one for it, or
	// HostedZone is the id of the zone where AWS may prove it.
	Domain      string `json:"domain"`
	Certificate string `json:"certificateArn"`
	HostedZone  string `json:"hostedZoneId"`
	// AllowHTTP lets the API answer without TLS, at the balancer's own name.
	AllowHTTP bool `json:"allowHttp"`
	// Architecture is X86_64 (default) or ARM64.
	Architecture string `json:"architecture"`
	// LogRetentionDays is one that CloudWatch knows; default 365.
	LogRetentionDays int `json:"logRetentionDays"`
	// RequestsPerTarget a minute is where another task is started; default 3000.
	RequestsPerTarget int `json:"requestsPerTarget"`
	// Protect refuses to delete the load balancer; default true in prod.
	Protect *bool `json:"protect"`
	// Tags are put on everything that can have some.
	Tags map[string]string `json:"tags"`
}

var (
	regionName  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	vpcID       = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
	subnetID    = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
	zoneID      = regexp.MustCompile(`^Z[A-Z0-9]{5,31}$`)
	domainName  = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
	certificate = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):[0-9]{12}:certificate/[0-9a-f-]{36}$`)
	tagText     = regexp.MustCompile(`^[\w .:/=+@-]{1,128}$`)
)

// retentions are the days that CloudWatch knows.
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

// plain tells that requests are answered without TLS.
func (s *Settings) plain() bool { return s.AllowHTTP && s.Certificate == "" && s.HostedZone == "" }

func (s *Settings) fill(environment string) {
	production := environment == "prod"
	if s.Protect == nil {
		s.Protect = &production
	}
	if s.NATPerZone == nil && s.VPC == "" {
		s.NATPerZone = &production
	}
	if s.CIDR == "" && s.VPC == "" {
		s.CIDR = defaultCIDR(environment)
	}
	if s.Architecture == "" {
		s.Architecture = "X86_64"
	}
	if s.LogRetentionDays == 0 {
		s.LogRetentionDays = 365
	}
	if s.RequestsPerTarget == 0 {
		s.RequestsPerTarget = 3000
	}
}

// check finds what AWS would refuse only after half of the deployment, or
// accept and run otherwise than meant.
func (s *Settings) check(scale app.Scale) error {
	var p target.Problems
	if !regionName.MatchString(s.Region) {
		p.Add("ecs.region", "eu-west-1", "%q is no region", s.Region)
	} else if s.VPC == "" {
		s.checkZones(&p)
		s.checkCIDR(&p)
	}
	s.checkNetwork(&p)
	s.checkTLS(&p)
	if s.Architecture != "X86_64" && s.Architecture != "ARM64" {
		p.Add("ecs.architecture", "X86_64", "%q is neither X86_64 nor ARM64", s.Architecture)
	}
	if !slices.Contains(retentions, s.LogRetentionDays) {
		p.Add("ecs.logRetentionDays", "365", "%d is none of the days that CloudWatch knows: %v", s.LogRetentionDays, retentions)
	}
	if s.RequestsPerTarget < 1 {
		p.Add("ecs.requestsPerTarget", "3000", "%d is not above 0", s.RequestsPerTarget)
	}
	for key, value := range s.Tags {
		if !tagText.MatchString(key) || len(value) > 256 || strings.HasPrefix(key, "aws:") || key == "app" || key == "environment" {
			p.Add("ecs.tags", `{"team":"video"}`, "the tag %q=%q is refused by AWS, or one of ours", key, value)
		}
	}
	checkScale(&p, scale)
	return p.OrNil()
}

func (s *Settings) checkZones(p *target.Problems) {
	seen := map[string]bool{}
	for _, zone := range s.Zones {
		named := strings.HasPrefix(zone, s.Region) && len(zone) == len(s.Region)+1
		if !named && !availabilityZoneID.MatchString(zone) || seen[zone] {
			p.Add("ecs.zones", fmt.Sprintf(`["%sa","%sb"]`, s.Region, s.Region), "%q is neither a zone of %s nor a zone's id, or named twice", zone, s.Region)
		}
		seen[zone] = true
	}
	if s.Zones != nil && (len(s.Zones) < 2 || len(s.Zones) > mostZones) {
		p.Add("ecs.zones", fmt.Sprintf(`["%sa","%sb"]`, s.Region, s.Region), "a load balancer needs two to six zones, not %d", len(s.Zones))
	}
}

func (s *Settings) checkNetwork(p *target.Problems) {
	if s.VPC == "" {
		if len(s.PublicSubnets)+len(s.PrivateSubnets) > 0 {
			p.Add("ecs.vpcId", "vpc-0123456789abcdef0", "is not set, but subnets are")
		}
		return
	}
	if !vpcID.MatchString(s.VPC) {
		p.Add("ecs.vpcId", "vpc-0123456789abcdef0", "%q is no id of a VPC", s.VPC)
	}
	if len(s.Zones) > 0 {
		p.AddUnread("ecs.zones", "is for a network that the stack makes, and ecs.vpcId names one that is there")
	}
	if s.CIDR != "" {
		p.AddUnread("ecs.cidr", "is for a network that the stack makes, and ecs.vpcId names one that is there")
	}
	if s.NATPerZone != nil {
		p.AddUnread("ecs.natPerZone", "is for a network that the stack makes, and ecs.vpcId names one that is there")
	}
	check := func(key string, subnets []string) {
		wrong := slices.ContainsFunc(subnets, func(id string) bool { return !subnetID.MatchString(id) })
		if wrong || len(slices.Compact(slices.Sorted(slices.Values(subnets)))) < max(2, len(subnets)) {
			p.Add("ecs."+key, `["subnet-0123456789abcdef0","subnet-0123456789abcdef1"]`, "%v are not two subnets of different zones", subnets)
		}
	}
	check("publicSubnets", s.PublicSubnets)
	check("privateSubnets", s.PrivateSubnets)
}

func (s *Settings) checkTLS(p *target.Problems) {
	secured := s.Certificate != "" || s.HostedZone != ""
	if !secured && !s.AllowHTTP {
		p.Add("ecs.certificateArn", "arn:aws:acm:REGION:ACCOUNT:certificate/ID", "is not set, nor is ecs.hostedZoneId; without TLS only if ecs.allowHttp says so")
	}
	if s.Domain == "" && secured {
		p.Add("ecs.domain", "api.example.org", "is not set; the certificate is for a name")
	}
	if s.Domain != "" && !domainName.MatchString(s.Domain) {
		p.Add("ecs.domain", "api.example.org", "%q is no name of a domain", s.Domain)
	}
	if s.HostedZone != "" && !zoneID.MatchString(s.HostedZone) {
		p.Add("ecs.hostedZoneId", "Z0123456789ABCDEFGHIJ", "%q is no id of a hosted zone", s.HostedZone)
	}
	if s.Certificate != "" {
		at := certificate.FindStringSubmatch(s.Certificate)
		if at == nil || at[1] != s.Region {
			p.Add("ecs.certificateArn", "arn:aws:acm:REGION:ACCOUNT:certificate/ID", "%q is no certificate of region %s", s.Certificate, s.Region)
		}
	}
}

// checkScale holds processors and memory to the pairs that Fargate offers.
func checkScale(p *target.Problems, scale app.Scale) {
	if scale.MinInstances < 1 {
		p.Add("minInstances", "1", "nothing would wake a service of %d tasks", scale.MinInstances)
	}
	cpu, memory, err := units(scale)
	if err != nil {
		key, example := "memory", "2Gi"
		if cpu == 0 {
			key, example = "cpu", "1"
		}
		p.Add(key, example, "%v", err)
		return
	}
	offered, ok := sizes.Fargate(cpu)
	switch {
	case !ok:
		p.Add("cpu", "1", "Fargate offers 0.25, 0.5, 1, 2, 4, 8 or 16 processors, not %q", scale.CPU)
	case !offered.Holds(memory):
		p.Add("memory", fmt.Sprintf("%dMi", offered.Low), "%q does not go with %s processors: Fargate wants %d to %d Mi in steps of %d",
			scale.Memory, scale.CPU, offered.Low, offered.High, offered.Step)
	}
}
