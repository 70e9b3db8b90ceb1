package cost

// Prices are in US dollars, from the providers' lists for their cheapest
// regions, without tax. They were noted in November 2026 and compared with
// copies of public pages, which a comment names with the page's own date where
// it has one; "from memory" could not be compared. None was compared with a
// bill: look at the list before a decision rests on one.
const asOf = "November 2026"

// Cloud Run, tier 1, a second. An idle instance is one kept warm without a
// request. cloud.google.com/run/pricing has the busy processor and memory and
// the processor that is always there; the others are from memory.
const (
	busyCPUSecond   = 0.000024
	busyGiBSecond   = 0.0000025
	idleCPUSecond   = 0.0000025
	idleGiBSecond   = 0.0000025
	alwaysCPUSecond = 0.000018
	alwaysGiBSecond = 0.000002
)

// Fargate for Linux, us-east-1, an hour: vantage.sh/blog/fargate-pricing, and
// June 2026 for X86 at factualminds.com.
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
	// A public IPv4 address, in use or not; from memory.
	addressHour = 0.005
)

// Secrets, a month.
const (
	// A secret of AWS, whatever its versions; from memory.
	secretMonth = 0.40
	// An active version of Google's, a disabled one too:
	// cloud.google.com/secret-manager/pricing.
	versionMonth = 0.06
)

// A cluster has no list of its own: these are the hours of a processor and of a
// gibibyte of Google's E2 machines, us-central1, from memory, and of a
// forwarding rule, cloud.google.com/load-balancing/pricing.
const (
	nodeCPUHour, nodeGiBHour = 0.02181, 0.00292
	balancerHour             = 0.025
)
