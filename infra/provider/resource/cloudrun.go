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
	Project  pulumi.StringInput `pulumi:"project"`
	Location pulumi.StringInput `pulumi:"location"`
	Service  pulumi.StringInput `pulumi:"service"`
	// Triggers change when the service will be: it is asked again then.
	Triggers pulumi.StringArrayInput `pulumi:"triggers"`
}

// NewCloudRunServing registers a CloudRunServing.
func NewCloudRunServing(
	ctx *pulumi.Context, name string, args *CloudRunServingArgs, opts ...pulumi.ResourceOption,
) (*CloudRunServing, error) {
	serving := &CloudRunServing{}
	return serving, ctx.RegisterResource(CloudRunServingType, name, inputs(args), serving, opts...)
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
	Project  pulumi.StringInput `pulumi:"project"`
	Location pulumi.StringInput `pulumi:"location"`
	Service  pulumi.StringInput `pulumi:"service"`
	To       pulumi.StringInput `pulumi:"to"`
	// Tag stays on the newest revision that is ready. Default none.
	Tag pulumi.StringInput `pulumi:"tag"`
	// Generation is the service's: after any other change of it the traffic is set
	// again.
	Generation pulumi.StringInput `pulumi:"generation"`
	// Steps are percents on the way, in ascending order, StepSeconds how long each
	// lasts. Default none, and 60.
	Steps       pulumi.IntArrayInput `pulumi:"steps"`
	StepSeconds pulumi.IntInput      `pulumi:"stepSeconds"`
	// URL is where the revision alone answers, and Revision what it must answer;
	// required with steps. Path, RevisionField, RevisionHeader and StatusOnly are
	// as in GateArgs.
	URL            pulumi.StringInput `pulumi:"url"`
	Revision       pulumi.StringInput `pulumi:"revision"`
	Path           pulumi.StringInput `pulumi:"path"`
	RevisionField  pulumi.StringInput `pulumi:"revisionField"`
	RevisionHeader pulumi.StringInput `pulumi:"revisionHeader"`
	StatusOnly     pulumi.BoolInput   `pulumi:"statusOnly"`
	// KeyFingerprint is that of the signing key of the revision.
	KeyFingerprint pulumi.StringInput `pulumi:"keyFingerprint"`
}

// NewCloudRunTraffic registers a CloudRunTraffic.
func NewCloudRunTraffic(
	ctx *pulumi.Context, name string, args *CloudRunTrafficArgs, opts ...pulumi.ResourceOption,
) (*CloudRunTraffic, error) {
	traffic := &CloudRunTraffic{}
	return traffic, ctx.RegisterResource(CloudRunTrafficType, name, inputs(args), traffic, opts...)
}
