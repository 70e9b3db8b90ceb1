package cloudrun

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/sizes"
)

// Settings is the stack's group `cloudrun`. The defaults are safe: nobody may
// call the service until Public says so.
type Settings struct {
	// Project and Region are where everything is made. Required.
	Project string `json:"project"`
	Region  string `json:"region"`
	// Public lets everybody call the API without a Google identity.
	Public bool `json:"public"`
	// Ingress is all (default), internal or internal-and-load-balancer.
	Ingress string `json:"ingress"`
	// Domain is a name of your own for the API; empty means Google's.
	Domain string `json:"domain"`
	// DomainWaitSeconds is how long Google may take for the certificate, 60 to
	// 7200; default 3600.
	DomainWaitSeconds int `json:"domainWaitSeconds"`
	// AlwaysCPU keeps the processor between requests, for work in the background;
	// it costs more. Default true with minInstances of 1 or more: an instance
	// that is throttled in the middle of such work makes the others wait for its
	// locks.
	AlwaysCPU *bool `json:"alwaysCpu"`
	// RequestTimeoutSeconds is 21 to 3600; default 30.
	RequestTimeoutSeconds int `json:"requestTimeoutSeconds"`
	// PermissionSeconds is the wait after new grants, 0 to 900; default 120.
	PermissionSeconds *int `json:"permissionSeconds"`
	// Protect refuses to delete the service; default true in environment prod.
	Protect *bool `json:"protect"`
	// Labels are put on everything that can have some.
	Labels map[string]string `json:"labels"`
	// Gated tells that `up` asks the service for its revision, from outside
	// and as nobody; it is no member of the group.
	Gated bool `json:"-"`
}

// ingresses are the API's names for those of the setting.
var ingresses = map[string]string{
	"all":                        "INGRESS_TRAFFIC_ALL",
	"internal":                   "INGRESS_TRAFFIC_INTERNAL_ONLY",
	"internal-and-load-balancer": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
}

var (
	projectID  = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]{1,2}$`)
	labelKey   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	labelValue = regexp.MustCompile(`^[a-z0-9_-]{0,63}$`)
	domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
)

func (s *Settings) fill(environment string, scale app.Scale) {
	if s.AlwaysCPU == nil {
		kept := scale.MinInstances > 0
		s.AlwaysCPU = &kept
	}
	if s.Ingress == "" {
		s.Ingress = "all"
	}
	if s.RequestTimeoutSeconds == 0 {
		s.RequestTimeoutSeconds = 30
	}
	if s.DomainWaitSeconds == 0 {
		s.DomainWaitSeconds = 3600
	}
	if s.PermissionSeconds == nil {
		seconds := 120
		s.PermissionSeconds = &seconds
	}
	if s.Protect == nil {
		protect := environment == "prod"
		s.Protect = &protect
	}
}

// check finds what Google would refuse only after half of the deployment, or
// accept and run otherwise than meant.
func (s *Settings) check(environment string, scale app.Scale) error {
	var p target.Problems
	match := func(key, value string, form *regexp.Regexp, example string) {
		switch {
		case value == "":
			p.Add("cloudrun."+key, example, "is not set")
		case !form.MatchString(value):
			p.Add("cloudrun."+key, example, "%q is not of the form of %s", value, example)
		}
	}
	match("project", s.Project, projectID, "my-project-123")
	match("region", s.Region, regionName, "europe-west1")
	if s.Domain != "" {
		match("domain", s.Domain, domainName, "api.example.org")
	}
	if _, known := ingresses[s.Ingress]; !known {
		p.Add("cloudrun.ingress", "all", "%q is none of all, internal, internal-and-load-balancer", s.Ingress)
	}
	if least := target.ServiceTimes().ServiceLimit + 1; s.RequestTimeoutSeconds < least || s.RequestTimeoutSeconds > 3600 {
		p.Add("cloudrun.requestTimeoutSeconds", "30", "%d is not from %d to 3600: the service itself answers within %d s",
			s.RequestTimeoutSeconds, least, target.ServiceTimes().ServiceLimit)
	}
	if *s.PermissionSeconds < 0 || *s.PermissionSeconds > 900 {
		p.Add("cloudrun.permissionSeconds", "120", "%d is not from 0 to 900", *s.PermissionSeconds)
	}
	if s.DomainWaitSeconds < 60 || s.DomainWaitSeconds > 7200 {
		p.Add("cloudrun.domainWaitSeconds", "3600", "%d is not from 60 to 7200", s.DomainWaitSeconds)
	}
	s.checkRegion(&p)
	s.checkGate(&p)
	for key, value := range s.Labels {
		if !labelKey.MatchString(key) || !labelValue.MatchString(value) || key == "app" || key == "environment" {
			p.Add("cloudrun.labels", `{"team":"video"}`, "the label %q=%q is refused by Google, or one of ours", key, value)
		}
	}
	if len("killrvideo-"+environment) > 30 {
		p.Add("environment", "dev", "%q makes the service account's id longer than 30 characters", environment)
	}
	checkScale(&p, scale)
	return p.OrNil()
}

// checkGate refuses a service that the gate could not reach: every deployment
// would fail at its very end.
func (s *Settings) checkGate(p *target.Problems) {
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

// checkScale holds processors and memory to what Cloud Run offers in its second
// generation: 1, 2, 4, 6 or 8 processors, and memory that goes with them.
func checkScale(p *target.Problems, scale app.Scale) {
	cpu, err := strconv.ParseFloat(scale.CPU, 64)
	offered, sold := sizes.CloudRun(cpu)
	if err != nil || !sold {
		p.Add("cpu", "1", "Cloud Run offers 1, 2, 4, 6 or 8 processors in its second generation, not %q", scale.CPU)
		return
	}
	memory, err := sizes.Mebibytes(scale.Memory)
	if err != nil || !offered.Holds(memory) {
		p.Add("memory", fmt.Sprintf("%dMi", offered.Low), "%q does not go with %s processors: Cloud Run wants %d to %d Mi",
			scale.Memory, scale.CPU, offered.Low, offered.High)
	}
	if scale.MaxInstances > 1000 {
		p.Add("maxInstances", "100", "Cloud Run runs 1000 instances at most, not %d", scale.MaxInstances)
	}
}
