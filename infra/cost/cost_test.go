package cost

import (
	"math"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func service(cpu, memory string, fewest, most float64, cpuIdle bool) *plan.Plan {
	return &plan.Plan{Resources: []plan.Resource{{Type: "gcp:cloudrunv2/service:Service", Name: "api", Inputs: map[string]any{
		"template": map[string]any{
			"scaling": map[string]any{"minInstanceCount": fewest, "maxInstanceCount": most},
			"containers": []any{map[string]any{"resources": map[string]any{
				"cpuIdle": cpuIdle, "limits": map[string]any{"cpu": cpu, "memory": memory},
			}}},
		},
	}}}}
}

func TestOf(t *testing.T) {
	t.Parallel()
	// A month has 2 628 000 seconds.
	for name, c := range map[string]struct {
		plan        *plan.Plan
		least, most float64
	}{
		"nothing kept warm":        {service("1", "1Gi", 0, 1, true), 0, 2_628_000 * 0.0000265},
		"one processor, two warm":  {service("1", "1Gi", 2, 4, true), 2 * 2_628_000 * 0.000005, 4 * 2_628_000 * 0.0000265},
		"half a gibibyte":          {service("1", "512Mi", 1, 1, true), 2_628_000 * 0.00000375, 2_628_000 * 0.00002525},
		"a processor always there": {service("2", "1Gi", 1, 3, false), 2_628_000 * 0.000038, 3 * 2_628_000 * 0.000038},
	} {
		got, known := Of(c.plan)
		if !known || math.Abs(got.Least-c.least) > 0.01 || math.Abs(got.Most-c.most) > 0.01 {
			t.Errorf("%s: got %+v, want %.2f to %.2f", name, got, c.least, c.most)
		}
	}
}

// TestTypicalMonth is one busy instance more than the fewest for a third of a
// month, and never more than the most.
func TestTypicalMonth(t *testing.T) {
	t.Parallel()
	const idle, busy = 2_628_000 * 0.000005, 2_628_000 * 0.0000265
	for name, c := range map[string]struct {
		plan *plan.Plan
		want float64
	}{
		"nothing kept warm":       {service("1", "1Gi", 0, 4, true), busy / 3},
		"two warm":                {service("1", "1Gi", 2, 4, true), 2*idle*2/3 + 3*busy/3},
		"no more than two":        {service("1", "1Gi", 2, 2, true), 2*idle*2/3 + 2*busy/3},
		"Fargate's third task":    {onAmazon("X86_64"), (2+1.0/3)*18.02005 + 16.425 + 7.30 + 32.85 + 3.65 + 0.80},
		"a third pod for a third": {inACluster("ClusterIP"), (2 + 1.0/3) * 5.046125},
	} {
		if got, _ := Of(c.plan); math.Abs(got.Typical-c.want) > 0.01 {
			t.Errorf("%s: got %.2f, want %.2f", name, got.Typical, c.want)
		}
	}
}

func resource(kind string, inputs map[string]any) plan.Resource {
	return plan.Resource{Type: kind, Name: "it", Inputs: inputs}
}

// onAmazon is tasks of half a processor and a gibibyte behind a load balancer.
func onAmazon(architecture string) *plan.Plan {
	return &plan.Plan{Resources: []plan.Resource{
		resource("aws:ecs/taskDefinition:TaskDefinition", map[string]any{"cpu": "512", "memory": "1024",
			"runtimePlatform": map[string]any{"cpuArchitecture": architecture}}),
		resource("aws:appautoscaling/target:Target", map[string]any{"minCapacity": 2.0, "maxCapacity": 10.0}),
		resource(
			"aws:lb/loadBalancer:LoadBalancer",
			map[string]any{"subnets": []any{"a", "b"}},
		), resource("aws:ec2/natGateway:NatGateway", nil), resource("aws:ec2/eip:Eip", nil),
		resource("aws:secretsmanager/secret:Secret", nil), resource("aws:secretsmanager/secret:Secret", nil),
	}}
}

// balancers are one for the internet and one for internal callers.
func balancers() *plan.Plan {
	subnets := []any{"a", "b"}
	return &plan.Plan{Resources: []plan.Resource{
		resource("aws:lb/loadBalancer:LoadBalancer", map[string]any{"subnets": subnets, "internal": false}),
		resource("aws:lb/loadBalancer:LoadBalancer", map[string]any{"subnets": subnets, "internal": true}),
	}}
}

// inACluster is pods of a quarter of a processor and half a gibibyte.
func inACluster(kind string) *plan.Plan {
	return &plan.Plan{Resources: []plan.Resource{
		resource("kubernetes:apps/v1:Deployment", map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
			"containers": []any{
				map[string]any{"resources": map[string]any{"requests": map[string]any{"cpu": "250m", "memory": "512Mi"}}},
			},
		}}}}),
		resource(
			"kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
			map[string]any{"spec": map[string]any{"minReplicas": 2.0, "maxReplicas": 8.0}},
		),
		resource("kubernetes:core/v1:Service", map[string]any{"spec": map[string]any{"type": kind}}),
	}}
}

// TestOfOtherClouds has sums made by hand, of a month of 730 hours.
func TestOfOtherClouds(t *testing.T) {
	t.Parallel()
	const around = 16.425 + 7.30 + 32.85 + 3.65 + 0.80 // balancer, its two addresses, NAT, its address, two secrets
	for name, c := range map[string]struct {
		plan        *plan.Plan
		least, most float64
	}{
		"Fargate":        {onAmazon("X86_64"), 2*18.02005 + around, 10*18.02005 + around},
		"Fargate on ARM": {onAmazon("ARM64"), 2*14.4175 + around, 10*14.4175 + around},
		"balancers":      {balancers(), 2*16.425 + 7.30, 2*16.425 + 7.30},
		"Google's secrets": {&plan.Plan{Resources: []plan.Resource{resource("gcp:secretmanager/secretVersion:SecretVersion", nil),
			resource("gcp:secretmanager/secret:Secret", nil)}}, 0.06, 0.06},
		"Google's key": {&plan.Plan{Resources: []plan.Resource{resource("gcp:kms/cryptoKey:CryptoKey", nil)}}, 0.06, 0.06},
		"AWS's key":    {&plan.Plan{Resources: []plan.Resource{resource("aws:kms/key:Key", nil)}}, 1.00, 1.00},
		"an alarm of a metric": {&plan.Plan{Resources: []plan.Resource{
			resource("aws:cloudwatch/metricAlarm:MetricAlarm", map[string]any{"metricName": "CPUUtilization"})}}, 0.10, 0.10},
		"an alarm of two": {&plan.Plan{Resources: []plan.Resource{resource("aws:cloudwatch/metricAlarm:MetricAlarm", map[string]any{
			"metricQueries": []any{
				map[string]any{"expression": "a / b"}, map[string]any{"metric": map[string]any{}}, map[string]any{"metric": map[string]any{}},
			}})}}, 0.20, 0.20},
		"Cloud NAT": {&plan.Plan{Resources: append(service("1", "1Gi", 0, 40, true).Resources,
			resource("gcp:compute/routerNat:RouterNat", nil), resource("gcp:compute/address:Address", nil))},
			3.65, 40*2_628_000*0.0000265 + 32*0.0014*730 + 3.65},
		"Google's scheduler":       {&plan.Plan{Resources: []plan.Resource{resource("gcp:cloudscheduler/job:Job", nil)}}, 0.10, 0.10},
		"pods":                     {inACluster("ClusterIP"), 2 * 5.046125, 8 * 5.046125},
		"pods and a load balancer": {inACluster("LoadBalancer"), 2*5.046125 + 18.25, 8*5.046125 + 18.25},
	} {
		got, known := Of(c.plan)
		if !known || math.Abs(got.Least-c.least) > 0.01 || math.Abs(got.Most-c.most) > 0.01 {
			t.Errorf("%s: got %+v, want %.2f to %.2f", name, got, c.least, c.most)
		}
	}
}
