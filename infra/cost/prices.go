package cost

// Prices are in US dollars, from the providers' lists for their cheapest
// regions, without tax. A comment names the page that shows each, with the page's
// own date where it has one; the pages were read in November 2026, as copies. "No
// page" marks those that no copy showed. None was compared with a bill: look at
// the list before a decision rests on one.
const asOf = "November 2026"

// Cloud Run, tier 1, a second. An idle instance is one kept warm without a
// request. cloud.google.com/run/pricing has the busy processor and memory and
// the processor that is always there; no page for the others.
const (
	busyCPUSecond   = 0.000024
	busyGiBSecond   = 0.0000025
	idleCPUSecond   = 0.0000025
	idleGiBSecond   = 0.0000025
	alwaysCPUSecond = 0.000018
	alwaysGiBSecond = 0.000002
)

// Fargate for Linux, us-east-1, an hour: vantage.sh/blog/fargate-pricing; for X86
// also wring.co/blog/aws-fargate-pricing-guide, March 2026.
const (
	x86CPUHour, x86GiBHour = 0.04048, 0.004445
	armCPUHour, armGiBHour = 0.03238, 0.00356
)

// Around Fargate, us-east-1, an hour.
const (
	// awsnegotiations.com, May 2026; what it carries comes on top.
	balancerAWSHour = 0.0225
	// cloudpipelines.pages.dev, 2026; what it carries comes on top.
	natHour = 0.045
	// A public IPv4 address, in use or not: repost.aws, "Why am I seeing charges for
	// Public IPv4 addresses", since February 2024. Google's costs the same behind
	// Cloud NAT: cloud.google.com/nat/pricing.
	addressHour = 0.005
)

// Secrets, a month.
const (
	// A secret of AWS, whatever its versions: aws.amazon.com/secrets-manager/pricing,
	// September 2026, as quoted by github.com/api-evangelist/amazon-secrets-manager.
	secretMonth = 0.40
	// An active version of Google's, a disabled one too:
	// cloud.google.com/secret-manager/pricing.
	versionMonth = 0.06
)

// Keys, a month.
const (
	// A key of AWS; each of the first two rotations adds as much:
	// aws.amazon.com/kms/pricing and cloudburn.io, March 2026.
	keyMonth = 1.00
	// Each metric that an alarm compares: aws.amazon.com/cloudwatch/pricing.
	alarmMetricMonth = 0.10
	// A version of a key of Google, of which each rotation adds one:
	// cloud.google.com/kms/pricing, March 2025.
	keyVersionMonth = 0.06
)

// Cloud NAT, an hour for an instance that it serves and for the first 32 of them;
// what it carries comes on top: cloud.google.com/nat/pricing.
const (
	natInstanceHour = 0.0014
	natInstances    = 32
)

// A job of Cloud Scheduler, a month, however often it runs; three of an account
// are free: cloud.google.com/scheduler/pricing, which bills 0.10 for 31 days.
const schedulerJobMonth = 0.10

// A cluster has no list of its own: these are the hours of a processor and of a
// gibibyte of Google's E2 machines, us-central1, for which no page was found, and
// of a forwarding rule, cloud.google.com/load-balancing/pricing.
const (
	nodeCPUHour, nodeGiBHour = 0.02181, 0.00292
	balancerHour             = 0.025
)
