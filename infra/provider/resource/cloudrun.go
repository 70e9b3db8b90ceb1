package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// CloudRunServing is which revisions of a service on Cloud Run have its traffic
// before the service is changed.
type CloudRunServing struct {
	pulumi.CustomResourceState

	// Revisions are their short names, Percents what each has; none for a service
	// that does not exist yet.
	Revisions pulumi.StringArrayOutput `pulumi:"revisions"`
	Percents  pulumi.IntArrayOutput    `pulumi:"percents"`
}

// CloudRunServingArgs are the inputs of a CloudRunServing.
type CloudRunServingArgs struct {
	// Project, Location and Service find the service. Required.
	Project, Location, Service pulumi.StringInput
	// Triggers change when the service will be: it is asked again then.
	Triggers pulumi.StringArrayInput
}

// NewCloudRunServing registers a CloudRunServing.
func NewCloudRunServing(
	ctx *pulumi.Context, name string, args *CloudRunServingArgs, opts ...pulumi.ResourceOption,
) (*CloudRunServing, error) {
	inputs := pulumi.Map{}
	set(inputs, "project", args.Project)
	set(inputs, "location", args.Location)
	set(inputs, "service", args.Service)
	set(inputs, "triggers", args.Triggers)
	serving := &CloudRunServing{}
	return serving, ctx.RegisterResource(CloudRunServingType, name, inputs, serving, opts...)
}

// CloudRunTraffic gives the traffic of a service on Cloud Run to one revision.
type CloudRunTraffic struct {
	pulumi.CustomResourceState

	// Serving has all the traffic.
	Serving pulumi.StringOutput `pulumi:"serving"`
	// ProvedAt is when it got it, RFC 3339.
	ProvedAt pulumi.StringOutput `pulumi:"provedAt"`
}

// CloudRunTrafficArgs are the inputs of a CloudRunTraffic.
type CloudRunTrafficArgs struct {
	// Project, Location and Service find the service, To is the short name of the
	// revision that gets the traffic. Required.
	Project, Location, Service, To pulumi.StringInput
	// Tag stays on the newest revision that is ready. Default none.
	Tag pulumi.StringInput
	// Generation is the service's: after any other change of it the traffic is set
	// again.
	Generation pulumi.StringInput
	// Steps are percents on the way, in ascending order, StepSeconds how long each
	// lasts. Default none, and 60.
	Steps       pulumi.IntArrayInput
	StepSeconds pulumi.IntInput
	// URL is where the revision alone answers, and Revision what it must answer;
	// required with steps. Path, RevisionField, RevisionHeader and StatusOnly are
	// as in GateArgs.
	URL, Revision, Path, RevisionField, RevisionHeader pulumi.StringInput
	StatusOnly                                         pulumi.BoolInput
	// KeyFingerprint is that of the signing key of the revision.
	KeyFingerprint pulumi.StringInput
}

// NewCloudRunTraffic registers a CloudRunTraffic.
func NewCloudRunTraffic(
	ctx *pulumi.Context, name string, args *CloudRunTrafficArgs, opts ...pulumi.ResourceOption,
) (*CloudRunTraffic, error) {
	inputs := pulumi.Map{}
	set(inputs, "project", args.Project)
	set(inputs, "location", args.Location)
	set(inputs, "service", args.Service)
	set(inputs, "to", args.To)
	set(inputs, "tag", args.Tag)
	set(inputs, "generation", args.Generation)
	set(inputs, "steps", args.Steps)
	set(inputs, "stepSeconds", args.StepSeconds)
	set(inputs, "url", args.URL)
	set(inputs, "revision", args.Revision)
	set(inputs, "path", args.Path)
	set(inputs, "revisionField", args.RevisionField)
	set(inputs, "revisionHeader", args.RevisionHeader)
	set(inputs, "statusOnly", args.StatusOnly)
	set(inputs, "keyFingerprint", args.KeyFingerprint)
	traffic := &CloudRunTraffic{}
	return traffic, ctx.RegisterResource(CloudRunTrafficType, name, inputs, traffic, opts...)
}
