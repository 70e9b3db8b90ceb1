package cloudrun

import (
	"cmp"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// ServiceArgs are the inputs of a Service. Text that comes from a resource is
// checked by Google; everything else by Validate, before anything is made.
type ServiceArgs struct {
	// App is what runs. Required.
	App app.App
	// Project is the id of the Google Cloud project, and Region one of Cloud
	// Run's, such as europe-west1. Required.
	Project, Region pulumi.StringInput
	// SchedulerRegion is where Cloud Scheduler sends the app's Schedules from.
	// Default Region; Google does not have Cloud Scheduler in each.
	SchedulerRegion pulumi.StringInput
	// Public lets everyone call the service without a Google identity. Default
	// false: only callers with the role run.invoker.
	Public bool
	// Ingress is all (default), internal or internal-and-load-balancer.
	Ingress string
	// Domain is a name for the service, such as api.example.org. Default
	// Google's. It is mapped after the proof.
	Domain string
	// DNSZone is a managed zone of Cloud DNS in which the domain, a subdomain,
	// gets its record. Default: the records are an output, for people.
	DNSZone pulumi.StringInput
	// DomainWaitSeconds is how long Google may take for the certificate of
	// Domain, 60 to 7200. Default 3600.
	DomainWaitSeconds int
	// ServiceAccount is the e-mail address of the account to run as, which needs
	// no role: it gets the right to read the secrets. Default a new one without
	// any other right.
	ServiceAccount pulumi.StringInput
	// Network sends outgoing requests through a VPC.
	Network *NetworkArgs
	// Repository is where a built image is pushed, such as
	// REGION-docker.pkg.dev/PROJECT/REPOSITORY/NAME. Default a new repository.
	Repository pulumi.StringInput
	// KMSKey encrypts secrets, images, the service and its logs, which then have a
	// bucket of their own: the full name of a key of Cloud KMS in the region, which
	// the accounts of these services of Google may use. Default Google's own keys.
	KMSKey pulumi.StringInput
	// NewKMSKey makes that key, with a rotation every 90 days, and lets them use it.
	NewKMSKey bool
	// LogRetentionDays keeps the log lines in a bucket of their own, for 1 to 3650
	// days. Default the project's bucket, which Google keeps for 30 days; 30 with a
	// key.
	LogRetentionDays int
	// RetainedImages are the newest ones that stay in the new repository, 2 to 1000:
	// what runs, and what a rollback needs. Default all.
	RetainedImages int
	// SecretVersionDays is how long a replaced version of a secret can be restored,
	// 1 to 1000; then Google destroys it. Default it is disabled and stays.
	SecretVersionDays int
	// FixedEgress sends outgoing requests through a new network with a reserved
	// address, with which the app's AllowAddress is called.
	FixedEgress bool
	// TrafficSteps are the percents that a proved revision has on its way to all of
	// the traffic, ascending, 1 to 99. Default none: it gets all at once.
	TrafficSteps []int
	// TrafficStepSeconds is how long each of them lasts, 1 to 86400. Default 60. The
	// revision is asked all the time, and loses the traffic if it fails.
	TrafficStepSeconds int
	// AtOnce gives the traffic to each revision as soon as it is ready, for a service
	// that nothing proves. Default false: gate.New gives it after the proof.
	AtOnce bool
	// AlwaysCPU keeps the processor between requests, for work in the
	// background, at a higher price. Default true with one instance or more.
	AlwaysCPU *bool
	// RequestTimeoutSeconds is when Google cuts a request: more than the app's
	// RequestSeconds, at most 3600. Default 10 more.
	RequestTimeoutSeconds int
	// PermissionSeconds is the wait after new grants, which Google takes minutes
	// to put into effect, 0 to 900. Default 120.
	PermissionSeconds *int
	// Protect refuses to delete the service, its secrets and its images. Default
	// true.
	Protect *bool
	// Labels are put on everything that can have some, beside app and
	// environment: lower-case letters, digits, dashes and underscores.
	Labels pulumi.StringMap
	// APIsEnabled says that the project's APIs are enabled already (run, iam,
	// secretmanager, artifactregistry, and cloudscheduler for Schedules), so that nothing here enables them.
	APIsEnabled bool
}

// NetworkArgs are a VPC's.
type NetworkArgs struct {
	// Network and Subnetwork are names or full names; one of them is required.
	Network, Subnetwork pulumi.StringInput
	// AllTraffic sends everything through it. Default: private ranges only.
	AllTraffic bool
	// Tags are for firewall rules.
	Tags pulumi.StringArray
}

// withDefaults fills in what is not set.
func (args ServiceArgs) withDefaults() ServiceArgs {
	args.App = args.App.WithDefaults()
	args.App.Scale.Concurrency = cmp.Or(args.App.Scale.Concurrency, 80)
	args.App.Scale.Memory = cmp.Or(args.App.Scale.Memory, leastMemory(args.App.Scale.CPU))
	args.AlwaysCPU = cmp.Or(args.AlwaysCPU, new(args.App.Scale.MinInstances > 0))
	args.Ingress = cmp.Or(args.Ingress, "all")
	args.RequestTimeoutSeconds = cmp.Or(args.RequestTimeoutSeconds, args.App.RequestSeconds+10)
	args.DomainWaitSeconds = cmp.Or(args.DomainWaitSeconds, 3600)
	args.TrafficStepSeconds = cmp.Or(args.TrafficStepSeconds, 60)
	args.PermissionSeconds = cmp.Or(args.PermissionSeconds, new(120))
	args.Protect = cmp.Or(args.Protect, new(true))
	return args
}

// labels are those of everything.
func (args ServiceArgs) labels() pulumi.StringMap {
	labels := pulumi.StringMap{"app": pulumi.String(args.App.Name), "environment": pulumi.String(args.App.Environment)}
	maps.Copy(labels, args.Labels)
	return labels
}

// textOf is a known text for messages, or what stands for it.
func textOf(input pulumi.StringInput, otherwise string) string {
	if text, known := app.Known(input); known {
		return text
	}
	return otherwise
}
