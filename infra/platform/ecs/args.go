package ecs

import (
	"cmp"
	"fmt"
	"maps"
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// ServiceArgs are the inputs of a Service. Text that comes from a resource is
// checked by AWS; everything else by Validate, before anything is made.
type ServiceArgs struct {
	// App is what runs. Required.
	App app.App
	// Region is where everything is, such as eu-west-1. Required.
	Region pulumi.StringInput

	// Network is a VPC that is there already. Default a new one, of Zones, CIDR
	// and NATPerZone.
	Network *NetworkArgs
	// Zones are two to six of the region, by name (eu-west-1a) or by id
	// (euw1-az1). Default the first two that the account has.
	Zones []string
	// CIDR is the new network's range of private addresses, /16 to /24. Default a
	// /16 of 10.0.0.0/8 that depends on the environment.
	CIDR string
	// NATPerZone survives the loss of a zone, and costs more. Default true in
	// environment prod.
	NATPerZone *bool

	// Cluster is the ARN of a cluster that is there already. Default a new one.
	Cluster pulumi.StringInput
	// LoadBalancer is one that is there already. Default a new one, of Domain,
	// Certificate, HostedZone and AllowHTTP.
	LoadBalancer *LoadBalancerArgs
	// Domain is the service's name, such as api.example.org. Certificate is the
	// ARN of one for it, in the region; without one AWS makes it, and proves the
	// name by a record in the zone of Route 53 with the id HostedZone.
	Domain                  string
	Certificate, HostedZone pulumi.StringInput
	// AllowHTTP lets the service answer without TLS, at the balancer's own name.
	AllowHTTP bool

	// Alarms are names of CloudWatch's that are there already and end a deployment
	// too, beside the one for failed requests. AWS watches them for as long as they
	// need to go off, which must be less than five minutes.
	Alarms pulumi.StringArray

	// TaskRole is the ARN of the role that the service acts as. Default a new
	// one without any permission.
	TaskRole pulumi.StringInput
	// Repository is the URL of a repository of ECR in which a built image is
	// pushed. Default a new one, whose tags never move.
	Repository pulumi.StringInput
	// KMSKey is the ARN of the key that encrypts secrets, logs and images; its
	// policy must let CloudWatch Logs use it. Default AWS's own keys.
	KMSKey pulumi.StringInput
	// NewKMSKey makes that key, with a rotation every year.
	NewKMSKey bool
	// FilesImage is an image with a POSIX shell, by digest. Its container writes
	// the secrets that are files before the service starts. Required for these.
	FilesImage pulumi.StringInput

	// Architecture is X86_64 (default) or ARM64.
	Architecture string
	// LogRetentionDays is one that CloudWatch knows. Default 365.
	LogRetentionDays int
	// RetainedImages are the newest ones that stay in the new repository: what
	// runs, and what a rollback needs. Default 100, since ECR does not know what
	// runs.
	RetainedImages int
	// Protect refuses to delete the service, its secrets, images and balancer.
	// Default true.
	Protect *bool
	// Tags are put on everything that can have some, beside app and environment.
	Tags pulumi.StringMap
}

// NetworkArgs are a VPC and its subnets: two or more public ones for a new load
// balancer, and as many private ones with a way out for the tasks.
type NetworkArgs struct {
	// VPC is its id. Required.
	VPC pulumi.StringInput
	// PublicSubnets are ids; required unless the load balancer is there already.
	PublicSubnets pulumi.StringArray
	// PrivateSubnets are ids. Required.
	PrivateSubnets pulumi.StringArray
}

// LoadBalancerArgs are an application load balancer in the network, which sends
// requests for a host to the service.
type LoadBalancerArgs struct {
	// Listener is the ARN of its HTTPS listener. Required.
	Listener pulumi.StringInput
	// SecurityGroup is the id of the balancer's. Required.
	SecurityGroup pulumi.StringInput
	// Host is the name in the requests, such as shop.example.org. Required.
	Host string
	// Priority of the listener's rule, 1 to 50000, unique there. Required.
	Priority int
}

func (args ServiceArgs) withDefaults() ServiceArgs {
	args.App = args.App.WithDefaults()
	production := args.App.Environment == "prod"
	args.Protect = cmp.Or(args.Protect, new(true))
	if args.NATPerZone == nil && args.Network == nil {
		args.NATPerZone = &production
	}
	if args.CIDR == "" && args.Network == nil {
		args.CIDR = defaultCIDR(args.App.Environment)
	}
	args.Architecture = cmp.Or(args.Architecture, "X86_64")
	args.LogRetentionDays = cmp.Or(args.LogRetentionDays, 365)
	args.RetainedImages = cmp.Or(args.RetainedImages, 100)
	scale := &args.App.Scale
	scale.CPUPercent = cmp.Or(scale.CPUPercent, 70)
	scale.RequestsPerMinute = cmp.Or(scale.RequestsPerMinute, 3000)
	if cpu, _, err := units(app.Scale{CPU: scale.CPU, Memory: "1Mi"}); scale.Memory == "" && err == nil {
		scale.Memory = fmt.Sprintf("%dMi", max(512, int(math.Round(float64(cpu)*2)))) // two gibibytes a processor, at every size
	}
	return args
}

// plain tells that requests are answered without TLS.
func (args *ServiceArgs) plain() bool {
	return args.AllowHTTP && args.Certificate == nil && args.HostedZone == nil
}

func (args *ServiceArgs) tags() pulumi.StringMap {
	tags := pulumi.StringMap{"app": pulumi.String(args.App.Name), "environment": pulumi.String(args.App.Environment)}
	maps.Copy(tags, args.Tags)
	return tags
}

// times are those of a task behind the load balancer. A task that is to stop is
// deregistered first: it gets no new requests, and those in flight have the
// deregistration delay, more than the service takes for one. Only then is it
// told to stop, so it has nothing to wait for.
func (args *ServiceArgs) times() app.Times {
	times := args.App.Times()
	times.BalancerIdle = max(60, times.ServiceLimit+10)
	times.KeepAlive = times.BalancerIdle + 15
	times.RequestLimit = times.BalancerIdle // it cuts an answer too
	times.Deregistration, times.DrainsFirst = times.ServiceLimit+5, true
	times.Timeout, times.Stop = 28, 30
	return times
}
