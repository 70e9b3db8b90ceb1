package cloudrun

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// Settings are ServiceArgs as a group of a stack's settings. The defaults are
// those of ServiceArgs: no one can call the service until Public says so.
type Settings struct {
	// Project and Region are where everything is made. Required.
	Project string `json:"project"`
	Region  string `json:"region"`
	// SchedulerRegion is where Cloud Scheduler is; default Region.
	SchedulerRegion string `json:"schedulerRegion"`
	// Public lets everyone call the API without a Google identity.
	Public bool `json:"public"`
	// Ingress is all (default), internal or internal-and-load-balancer.
	Ingress string `json:"ingress"`
	// Domain is a name of your own for the API; empty means Google's.
	Domain string `json:"domain"`
	// DomainWaitSeconds is how long Google may take for the certificate, 60 to
	// 7200; default 3600.
	DomainWaitSeconds int `json:"domainWaitSeconds"`
	// TrafficSteps are the percents of a proved revision on its way to all of the
	// traffic, ascending; default none, at once. TrafficStepSeconds is how long each
	// lasts, 1 to 86400; default 60.
	TrafficSteps       []int `json:"trafficSteps"`
	TrafficStepSeconds int   `json:"trafficStepSeconds"`
	// AlwaysCPU keeps the processor between requests, for work in the background;
	// it costs more. Default true with minInstances of 1 or more: an instance
	// that is throttled in the middle of such work makes the others wait for its
	// locks.
	AlwaysCPU *bool `json:"alwaysCpu"`
	// RequestTimeoutSeconds is 21 to 3600; default 30.
	RequestTimeoutSeconds int `json:"requestTimeoutSeconds"`
	// PermissionSeconds is the wait after new grants, 0 to 900; default 120.
	PermissionSeconds *int `json:"permissionSeconds"`
	// Protect refuses to delete the service; default true.
	Protect *bool `json:"protect"`
	// Labels are put on everything that can have some.
	Labels map[string]string `json:"labels"`
	// Production are general settings, no members of the group.
	Production platform.Production `json:"-"`
	// Gated tells that `up` asks the service for its revision, from outside
	// and without an identity; it is no member of the group.
	Gated bool `json:"-"`
}

// args are the inputs of the service.
func (s Settings) args(a app.App) ServiceArgs {
	return ServiceArgs{
		App: a, Project: pulumi.String(s.Project), Region: pulumi.String(s.Region), Public: s.Public, Ingress: s.Ingress,
		Domain: s.Domain, DomainWaitSeconds: s.DomainWaitSeconds, AlwaysCPU: s.AlwaysCPU, RequestTimeoutSeconds: s.RequestTimeoutSeconds,
		PermissionSeconds: s.PermissionSeconds, Protect: s.Protect, Labels: pulumi.ToStringMap(s.Labels),
		SchedulerRegion: app.Optional(s.SchedulerRegion), KMSKey: app.Optional(s.Production.GivenKey()),
		NewKMSKey: s.Production.MakesKey(), LogRetentionDays: s.Production.LogRetentionDays, RetainedImages: s.Production.RetainedImages,
		SecretVersionDays: s.Production.SecretVersionDays, FixedEgress: s.Production.MakesAddresses(),
		TrafficSteps: s.TrafficSteps, TrafficStepSeconds: s.TrafficStepSeconds, AtOnce: !s.Gated,
	}
}

// checkGate refuses a service that the gate could not reach: every deployment
// would fail at its very end.
func (s Settings) checkGate(p *platform.Problems) {
	if !s.Gated {
		return
	}
	const otherwise = "; open it, or set gate to off and gateReason to why"
	if !s.Public {
		p.Add("cloudrun.public", "true", "is not true, so Google refuses the gate, which asks without an identity%s", otherwise)
	}
	if s.Ingress == "internal" || s.Ingress == "internal-and-load-balancer" {
		p.Add("cloudrun.ingress", "all", "%q keeps out the gate, which asks from where `up` runs%s", s.Ingress, otherwise)
	}
}
