package ecs

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/sizes"
)

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

// Validate lists, as platform.Problems, what AWS would refuse only after half of
// the deployment, or accept and run otherwise than meant.
func (args ServiceArgs) Validate() error {
	p := app.ProblemsOf(args.App.Validate())
	checkApp(&p, args)
	args.checkUnread(&p)
	args = args.withDefaults()
	if region, known := app.Known(args.Region); args.Region == nil || known && !regionName.MatchString(region) {
		p.Add("ecs.region", "eu-west-1", "%q is not a region", region)
	} else if args.Network == nil && known {
		args.checkZones(&p, region)
		args.checkCIDR(&p)
	}
	args.checkNetwork(&p)
	args.checkTLS(&p)
	if args.Architecture != "X86_64" && args.Architecture != "ARM64" {
		p.Add("ecs.architecture", "X86_64", "%q must be X86_64 or ARM64", args.Architecture)
	}
	if !slices.Contains(retentions, args.LogRetentionDays) {
		p.Add("logRetentionDays", "365", "%d must be one of the days that CloudWatch knows: %v", args.LogRetentionDays, retentions)
	}
	for _, input := range args.Alarms {
		if name, known := app.Known(input); known && (name == "" || len(name) > 255 || strings.HasPrefix(name, "arn:")) {
			p.Add("ecs.alarms", `["queue-is-long"]`, "%q is no name of an alarm; it has 1 to 255 characters and is no ARN", name)
		}
	}
	for key, input := range args.Tags {
		value, _ := app.Known(input)
		if !tagText.MatchString(key) || len(value) > 256 || strings.HasPrefix(key, "aws:") || key == "app" || key == "environment" {
			p.Add("ecs.tags", `{"team":"video"}`, "the tag %q=%q is refused by AWS, or set already", key, value)
		}
	}
	args.checkProduction(&p)
	checkScale(&p, args.App.Scale)
	return p.OrNil()
}

// checkApp refuses what ECS has no place for.
func checkApp(p *platform.Problems, args ServiceArgs) {
	a := args.App
	if a.Scale.Concurrency != 0 {
		p.AddUnread("concurrency", "does nothing on ECS, which scales by processors and by requests a minute")
	}
	if len(a.Schedules) > 0 {
		p.AddUnread("app.schedules", "does nothing on ECS, where an instance always runs")
	}
	if live := a.Probes.Liveness; !live.IsZero() && len(live.Command) == 0 {
		p.Add("app.probes.liveness.command", `["/shop","-healthcheck"]`,
			"ECS asks a container by a command alone; without a liveness probe, a task is replaced that fails the balancer's readiness probe")
	}
	if ready := a.Probes.Readiness; ready.HTTPPath == "" && !ready.TCP && len(ready.Command) > 0 {
		p.Add("app.probes.readiness", "/ready", "a load balancer asks by HTTP and runs no command")
	}
	for _, s := range a.Secrets {
		if s.Path() != "" && args.FilesImage == nil {
			p.Add("ecs.filesImage", "public.ecr.aws/docker/library/busybox@sha256:DIGEST",
				"is not set; ECS serves secrets as variables alone, and %s is a file, which a container with a shell has to write", s.Env())
			return
		}
	}
}

// checkUnread refuses what describes a network or a balancer that is there.
func (args ServiceArgs) checkUnread(p *platform.Problems) {
	unread := func(key string, set bool, by string) {
		if set {
			p.AddUnread("ecs."+key, "is for a %s that is made, and one is given", by)
		}
	}
	if args.RetainedImages != 0 && !args.makesRepository() {
		p.AddUnread("retainedImages", "is for a repository that the stack makes, and the image is in another")
	}
	if args.Network != nil {
		unread("zones", len(args.Zones) > 0, "network")
		unread("cidr", args.CIDR != "", "network")
		unread("natPerZone", args.NATPerZone != nil, "network")
	}
	if args.LoadBalancer != nil {
		unread("domain", args.Domain != "", "load balancer")
		unread("certificateArn", args.Certificate != nil, "load balancer")
		unread("hostedZoneId", args.HostedZone != nil, "load balancer")
		unread("allowHttp", args.AllowHTTP, "load balancer")
	}
}

func (args *ServiceArgs) checkZones(p *platform.Problems, region string) {
	example := fmt.Sprintf(`["%sa","%sb"]`, region, region)
	seen := map[string]bool{}
	for _, zone := range args.Zones {
		named := strings.HasPrefix(zone, region) && len(zone) == len(region)+1
		if !named && !availabilityZoneID.MatchString(zone) || seen[zone] {
			p.Add("ecs.zones", example, "%q is neither a zone of %s nor a zone's id, or named twice", zone, region)
		}
		seen[zone] = true
	}
	if args.Zones != nil && (len(args.Zones) < 2 || len(args.Zones) > mostZones) {
		p.Add("ecs.zones", example, "a load balancer needs two to six zones, not %d", len(args.Zones))
	}
}

func (args *ServiceArgs) checkNetwork(p *platform.Problems) {
	given := args.LoadBalancer
	if given != nil &&
		(args.Network == nil || given.Listener == nil || given.SecurityGroup == nil ||
			!domainName.MatchString(given.Host) || given.Priority < 1) {
		p.Add("ecs.loadBalancer", "NewService's arguments",
			"a load balancer that is there needs its network, listener, securityGroup, host and priority")
	}
	if args.Network == nil {
		return
	}
	if id, known := app.Known(args.Network.VPC); args.Network.VPC == nil || known && !vpcID.MatchString(id) {
		p.Add("ecs.vpcId", "vpc-0123456789abcdef0", "%q is not the id of a VPC", id)
	}
	if given == nil {
		checkSubnets(p, "publicSubnets", args.Network.PublicSubnets)
	}
	checkSubnets(p, "privateSubnets", args.Network.PrivateSubnets)
}

func checkSubnets(p *platform.Problems, key string, subnets pulumi.StringArray) {
	seen, wrong := map[string]bool{}, len(subnets) < 2
	var ids []string
	for _, subnet := range subnets {
		if id, known := app.Known(subnet); known {
			wrong = wrong || !subnetID.MatchString(id) || seen[id]
			seen[id], ids = true, append(ids, id)
		}
	}
	if wrong {
		p.Add("ecs."+key, `["subnet-0123456789abcdef0","subnet-0123456789abcdef1"]`, "%v are not two subnets of different zones", ids)
	}
}

func (args *ServiceArgs) checkTLS(p *platform.Problems) {
	if args.LoadBalancer != nil {
		return
	}
	secured := args.Certificate != nil || args.HostedZone != nil
	if !secured && !args.AllowHTTP {
		p.Add("ecs.certificateArn", "arn:aws:acm:REGION:ACCOUNT:certificate/ID",
			"is not set, nor is ecs.hostedZoneId; without TLS only if ecs.allowHttp says so")
	}
	if args.Domain == "" && secured {
		p.Add("ecs.domain", "api.example.org", "is not set; the certificate is for a name")
	}
	if args.Domain != "" && !domainName.MatchString(args.Domain) {
		p.Add("ecs.domain", "api.example.org", "%q is not the name of a domain", args.Domain)
	}
	if id, known := app.Known(args.HostedZone); known && !zoneID.MatchString(id) {
		p.Add("ecs.hostedZoneId", "Z0123456789ABCDEFGHIJ", "%q is not the id of a hosted zone", id)
	}
	if arn, known := app.Known(args.Certificate); known {
		region, _ := app.Known(args.Region)
		if at := certificate.FindStringSubmatch(arn); at == nil || region != "" && at[1] != region {
			p.Add("ecs.certificateArn", "arn:aws:acm:REGION:ACCOUNT:certificate/ID", "%q is not a certificate of region %s", arn, region)
		}
	}
}

// units are a scale's processors and memory as Fargate counts them.
func units(scale app.Scale) (cpu, memory int, err error) {
	cores, err := strconv.ParseFloat(scale.CPU, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("cpu %q is not a number of processors", scale.CPU)
	}
	cpu = int(math.Round(cores * 1024))
	memory, err = sizes.Mebibytes(scale.Memory)
	if err != nil {
		return cpu, 0, fmt.Errorf("memory: %w", err)
	}
	return cpu, memory, nil
}

// checkScale holds processors and memory to the pairs that Fargate offers.
func checkScale(p *platform.Problems, scale app.Scale) {
	if scale.MinInstances < 1 {
		p.Add("minInstances", "1", "no request would start a service of %d tasks again", scale.MinInstances)
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
