package ecs

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// Settings are ServiceArgs as a group of a stack's settings. The defaults are
// those of ServiceArgs: the API is reached by HTTPS or not at all.
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
	// NATPerZone survives the loss of a zone; default true. It costs.
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
	// RequestsPerTarget a minute is where another task is started; default 3000.
	RequestsPerTarget int `json:"requestsPerTarget"`
	// Alarms are names of alarms of CloudWatch that are there already and end a
	// deployment too.
	Alarms []string `json:"alarms"`
	// Protect refuses to delete the load balancer; default true.
	Protect *bool `json:"protect"`
	// Tags are put on everything that can have some.
	Tags map[string]string `json:"tags"`

	// Production are general settings, no members of the group.
	Production platform.Production `json:"-"`
}

// args are the inputs of the service.
func (s Settings) args(a app.App) ServiceArgs {
	a.Scale.RequestsPerMinute = max(0, s.RequestsPerTarget)
	args := ServiceArgs{
		App: a, Region: pulumi.String(s.Region), Zones: s.Zones, CIDR: s.CIDR, NATPerZone: s.NATPerZone, Domain: s.Domain,
		Certificate: app.Optional(s.Certificate), HostedZone: app.Optional(s.HostedZone), AllowHTTP: s.AllowHTTP, Architecture: s.Architecture,
		Protect: s.Protect, Alarms: pulumi.ToStringArray(s.Alarms), Tags: pulumi.ToStringMap(s.Tags),
		LogRetentionDays: s.Production.LogRetentionDays, RetainedImages: s.Production.RetainedImages,
		KMSKey: app.Optional(s.Production.GivenKey()), NewKMSKey: s.Production.MakesKey(),
	}
	if s.VPC != "" {
		args.Network = &NetworkArgs{
			VPC: pulumi.String(s.VPC), PublicSubnets: pulumi.ToStringArray(s.PublicSubnets), PrivateSubnets: pulumi.ToStringArray(s.PrivateSubnets),
		}
	}
	return args
}

// check refuses what the arguments cannot say.
func (s Settings) check(p *platform.Problems) {
	if s.VPC == "" && len(s.PublicSubnets)+len(s.PrivateSubnets) > 0 {
		p.Add("ecs.vpcId", "vpc-0123456789abcdef0", "is not set, but subnets are")
	}
	s.Production.Refuse(p, map[string]string{
		"secretVersionDays": "does nothing on ECS: a replaced version is taken away at the end of the update, and Secrets Manager deletes it",
	})
	if s.VPC != "" && s.Production.MakesAddresses() {
		p.Add("egressAddresses", "203.0.113.7", "is made, and the NAT gateways of %s are not the stack's; name their addresses", s.VPC)
	}
	if s.RequestsPerTarget < 0 {
		p.Add("ecs.requestsPerTarget", "3000", "%d must be above 0", s.RequestsPerTarget)
	}
}
