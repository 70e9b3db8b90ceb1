package cloudrun

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/sizes"
)

// ingresses are the API's names for those of ServiceArgs.
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

// Validate lists, as platform.Problems, what Google would refuse only after half
// of the deployment, or accept and run otherwise than meant.
func (args ServiceArgs) Validate() error {
	p := app.ProblemsOf(args.App.Validate())
	checkUnread(&p, args.App)
	args = args.withDefaults()
	match(&p, "project", args.Project, projectID, "my-project-123")
	match(&p, "region", args.Region, regionName, "europe-west1")
	if args.Domain != "" {
		match(&p, "domain", pulumi.String(args.Domain), domainName, "api.example.org")
	} else if args.DNSZone != nil {
		p.AddUnread("cloudrun.dnsZone", "is for a domain, and none is set")
	}
	if _, known := ingresses[args.Ingress]; !known {
		p.Add("cloudrun.ingress", "all", "%q must be one of all, internal, internal-and-load-balancer", args.Ingress)
	}
	if least := args.App.RequestSeconds + 1; args.RequestTimeoutSeconds < least || args.RequestTimeoutSeconds > 3600 {
		p.Add("cloudrun.requestTimeoutSeconds", strconv.Itoa(args.App.RequestSeconds+10),
			"%d must be from %d to 3600: the service itself answers within %d s", args.RequestTimeoutSeconds, least, args.App.RequestSeconds)
	}
	if *args.PermissionSeconds < 0 || *args.PermissionSeconds > 900 {
		p.Add("cloudrun.permissionSeconds", "120", "%d must be from 0 to 900", *args.PermissionSeconds)
	}
	if args.DomainWaitSeconds < 60 || args.DomainWaitSeconds > 7200 {
		p.Add("cloudrun.domainWaitSeconds", "3600", "%d must be from 60 to 7200", args.DomainWaitSeconds)
	}
	args.checkSteps(&p)
	args.checkRegion(&p)
	args.checkSchedules(&p)
	args.checkProduction(&p)
	for key, input := range args.Labels {
		if value, known := app.Known(input); !labelKey.MatchString(key) || known && !labelValue.MatchString(value) || key == "app" ||
			key == "environment" {
			p.Add("cloudrun.labels", `{"team":"video"}`, "the label %q=%q is refused by Google, or set already", key, value)
		}
	}
	if name := platform.ScopeOf(args.App, nil).Name(""); len(name) > 30 && args.ServiceAccount == nil {
		p.Add("environment", "dev", "%q makes the service account's id longer than 30 characters: %s", args.App.Environment, name)
	}
	checkProbes(&p, args.App)
	checkFiles(&p, args.App)
	checkScale(&p, args.App.Scale)
	return p.OrNil()
}

func match(p *platform.Problems, key string, input pulumi.StringInput, form *regexp.Regexp, example string) {
	value, known := app.Known(input)
	switch {
	case input == nil || known && value == "":
		p.Add("cloudrun."+key, example, "is not set")
	case known && !form.MatchString(value):
		p.Add("cloudrun."+key, example, "%q does not have the form of %s", value, example)
	}
}

// checkUnread refuses what Cloud Run has no place for.
func checkUnread(p *platform.Problems, a app.App) {
	if a.User != 0 {
		p.AddUnread("app.user", "does nothing on Cloud Run, which runs the image's own user")
	}
	if a.Scale.CPUPercent != 0 {
		p.AddUnread("cpuPercent", "does nothing on Cloud Run, which scales by concurrency")
	}
	if a.Scale.RequestsPerMinute != 0 {
		p.AddUnread("requestsPerMinute", "does nothing on Cloud Run, which scales by concurrency")
	}
}

// checkProbes refuses questions that Cloud Run cannot ask.
func checkProbes(p *platform.Problems, a app.App) {
	if live := a.Probes.Liveness; !live.IsZero() && live.HTTPPath == "" {
		p.Add("app.probes.liveness", "/health", "Cloud Run asks whether an instance lives by an HTTP path alone")
	}
	if ready := a.Probes.Readiness; ready.HTTPPath == "" && !ready.TCP {
		p.Add("app.probes.readiness", "/ready", "Cloud Run asks by an HTTP path or by TCP, and runs no command")
	}
}

// checkFiles refuses two secrets in one folder: a mount has one of them.
func checkFiles(p *platform.Problems, a app.App) {
	seen := map[string]string{}
	for _, s := range a.Secrets {
		folder := path.Dir(s.Path())
		if s.Path() == "" {
			continue
		}
		if other := seen[folder]; other != "" {
			p.Add("app.secrets", "/etc/"+strings.ToLower(s.Env())+"/value",
				"%s and %s are both in %s, where Cloud Run can mount one secret", other, s.Env(), folder)
		}
		seen[folder] = s.Env()
	}
}

// leastMemory is the least that goes with so many processors.
func leastMemory(cpu string) string {
	cores, _ := strconv.ParseFloat(cpu, 64)
	if offered, sold := sizes.CloudRun(cores); sold {
		return fmt.Sprintf("%dMi", offered.Low)
	}
	return "512Mi"
}

// checkScale holds processors and memory to what Cloud Run offers in its second
// generation: 1, 2, 4, 6 or 8 processors, and memory that goes with them.
func checkScale(p *platform.Problems, scale app.Scale) {
	if scale.Concurrency < 1 || scale.Concurrency > 1000 {
		p.Add("concurrency", "80", "%d must be from 1 to 1000", scale.Concurrency)
	}
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

// checkSteps refuses steps that cannot be gone, and those in which the revision
// could not be asked.
func (args *ServiceArgs) checkSteps(p *platform.Problems) {
	last := 0
	for _, percent := range args.TrafficSteps {
		if percent <= last || percent > 99 {
			p.Add("cloudrun.trafficSteps", "[10,50]", "%v must be percents from 1 to 99 in ascending order", args.TrafficSteps)
			break
		}
		last = percent
	}
	if args.TrafficStepSeconds < 1 || args.TrafficStepSeconds > 86400 {
		p.Add("cloudrun.trafficStepSeconds", "60", "%d must be from 1 to 86400", args.TrafficStepSeconds)
	}
	switch {
	case len(args.TrafficSteps) == 0:
	case args.Ingress != "all":
		p.AddUnread("cloudrun.trafficSteps", "does nothing with ingress %q, which hides the URL at which a revision is asked during its steps",
			args.Ingress)
	case args.AtOnce:
		p.AddUnread("cloudrun.trafficSteps", "does nothing without the gate, which proves a revision before it gets traffic")
	}
}

// checkRegion refuses a region that Cloud Run does not have, and a domain where
// Google maps none.
func (args *ServiceArgs) checkRegion(p *platform.Problems) {
	region, known := app.Known(args.Region)
	if !known || !regionName.MatchString(region) {
		return
	}
	if !slices.Contains(regions, region) {
		p.Add("cloudrun.region", "europe-west1", "%q is not a known region of Cloud Run (infra/platform/cloudrun/regions.go): %s",
			region, strings.Join(regions, ", "))
		return
	}
	if args.Domain != "" && !slices.Contains(mapped, region) {
		p.AddUnread("cloudrun.domain",
			"Google maps domains in %s only, not in %s; put a load balancer of yours in front, or choose one of these regions",
			strings.Join(mapped, ", "), region)
	}
}
