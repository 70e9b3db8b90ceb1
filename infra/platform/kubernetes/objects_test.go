package kubernetes

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	pulumicore "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func loadBalancer(name string) pulumicore.LoadBalancerIngress {
	return pulumicore.LoadBalancerIngress{Hostname: &name}
}

// decode reads a planned object into the API's own type, refusing any field
// that the type does not have.
func decode(t *testing.T, r plan.Resource, into any) {
	t.Helper()
	inputs := maps.Clone(r.Inputs)
	if inputs["stringData"] == plan.Secret {
		inputs["stringData"] = map[string]string{"MASKED": plan.Secret}
	}
	text, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Errorf("%s is not of its type: %v\n%s", r.Label(), err, text)
	}
}

// kinds are the API's own types of what a plan may make.
func kinds() map[string]func() any {
	return map[string]func() any{
		"Namespace":               func() any { return &corev1.Namespace{} },
		"ServiceAccount":          func() any { return &corev1.ServiceAccount{} },
		"Secret":                  func() any { return &corev1.Secret{} },
		"ConfigMap":               func() any { return &corev1.ConfigMap{} },
		"Service":                 func() any { return &corev1.Service{} },
		"Deployment":              func() any { return &appsv1.Deployment{} },
		"HorizontalPodAutoscaler": func() any { return &autoscalingv2.HorizontalPodAutoscaler{} },
		"PodDisruptionBudget":     func() any { return &policyv1.PodDisruptionBudget{} },
		"NetworkPolicy":           func() any { return &networkingv1.NetworkPolicy{} },
		"Ingress":                 func() any { return &networkingv1.Ingress{} },
	}
}

// variants are plans that make other objects than the usual one.
func variants(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	private, balanced := settings(), Settings{
		Expose:     "loadbalancer",
		AllowHTTP:  true,
		Repository: "ghcr.io/example/shop",
		Labels:     map[string]string{"team": "video"},
	}
	private.DockerConfig, private.CallersNamespace = `{"auths":{"ghcr.io":{"auth":"bWFkZSB1cA=="}}}`, "ingress-nginx"
	return map[string]*plan.Plan{
		"dev": planned(t, "dev", given, settings()), "prod": planned(t, "prod", given, settings()),
		"a private registry": planned(t, "dev", given, private), "a load balancer": planned(t, "dev", given, balanced),
	}
}

func TestEveryObjectIsOfItsType(t *testing.T) {
	t.Parallel()
	for name, p := range variants(t) {
		seen := 0
		for _, r := range p.Resources {
			if !strings.HasPrefix(r.Type, "kubernetes:") {
				continue
			}
			kind, _ := r.Inputs["kind"].(string)
			typed, known := kinds()[kind]
			if !known {
				t.Errorf("%s: %s is of a kind that this test does not know", name, r.Label())
				continue
			}
			decode(t, r, typed())
			seen++
		}
		if seen < 10 {
			t.Errorf("%s: only %d objects are seen", name, seen)
		}
	}
}

func deployment(t *testing.T) *appsv1.Deployment {
	t.Helper()
	return deploymentOf(t, planned(t, "dev", given, settings()))
}

func deploymentOf(t *testing.T, p *plan.Plan) *appsv1.Deployment {
	t.Helper()
	var d appsv1.Deployment
	decode(t, find(t, p, "Deployment")[0], &d)
	return &d
}

func restricted(t *testing.T, d *appsv1.Deployment) policy.AggregateCheckResult {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		t.Fatal(err)
	}
	version, err := api.ParseVersion(podSecurityVersion)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: version}
	return policy.AggregateCheckResults(evaluator.EvaluatePod(level, &d.Spec.Template.ObjectMeta, &d.Spec.Template.Spec))
}

func TestThePodPassesTheRestrictedStandard(t *testing.T) {
	t.Parallel()
	for name, p := range variants(t) {
		if result := restricted(t, deploymentOf(t, p)); !result.Allowed {
			t.Errorf("%s is refused: %s", name, result.ForbiddenDetail())
		}
	}
	d := deployment(t)
	d.Spec.Template.Spec.Containers[0].SecurityContext.Capabilities = nil
	if restricted(t, d).Allowed {
		t.Error("a pod that keeps its capabilities passes too")
	}
}

func TestARolloutKeepsAllPods(t *testing.T) {
	t.Parallel()
	d := deployment(t)
	if rolling := d.Spec.Strategy.RollingUpdate; rolling.MaxUnavailable.IntValue() != 0 || rolling.MaxSurge.String() != "25%" {
		t.Errorf("the rollout takes pods away: %+v", rolling)
	}
	if d.Spec.Replicas != nil {
		t.Error("the number of pods is set, against the autoscaler")
	}
}

func TestTheContainer(t *testing.T) {
	t.Parallel()
	pod := deployment(t).Spec.Template.Spec
	c := pod.Containers[0]
	if c.Image != given || *pod.AutomountServiceAccountToken || !*c.SecurityContext.ReadOnlyRootFilesystem {
		t.Errorf("image %s, or a token, or a root that can be written", c.Image)
	}
	if c.StartupProbe.HTTPGet.Path != "/health" || c.ReadinessProbe.HTTPGet.Path != "/health/serving" ||
		c.LivenessProbe.HTTPGet.Path != "/health" {
		t.Error("a probe asks in the wrong place")
	}
	for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
		if probe.TimeoutSeconds > probe.PeriodSeconds {
			t.Errorf("a probe waits longer than its period: %+v", probe)
		}
	}
	if c.Resources.Limits.Cpu().String() != "500m" || c.Resources.Requests.Memory().String() != "512Mi" {
		t.Errorf("got %+v", c.Resources)
	}
	for _, variable := range c.Env {
		if variable.Name != "REVISION" {
			t.Errorf("%s is in the pod", variable.Name)
		}
	}
	if len(pod.TopologySpreadConstraints) != 2 {
		t.Errorf("spread over %v", pod.TopologySpreadConstraints)
	}
}

func TestNetworkPolicies(t *testing.T) {
	t.Parallel()
	var closed, open networkingv1.NetworkPolicy
	p := find(t, planned(t, "dev", given, settings()), "NetworkPolicy")
	decode(t, p[1], &closed)
	decode(t, p[0], &open)
	if len(closed.Spec.PodSelector.MatchLabels) != 0 || len(closed.Spec.Ingress)+len(closed.Spec.Egress) != 0 ||
		len(closed.Spec.PolicyTypes) != 2 {
		t.Errorf("the namespace is not closed: %+v", closed.Spec)
	}
	if in := open.Spec.Ingress; len(in) != 1 || len(in[0].Ports) != 1 || in[0].Ports[0].Port.IntValue() != 8000 {
		t.Errorf("let in: %+v", in)
	}
	var out []int
	for _, rule := range open.Spec.Egress {
		for _, p := range rule.Ports {
			out = append(out, p.Port.IntValue())
		}
	}
	if !slices.Equal(out, []int{53, 53, 5353, 5353, 443, 4318}) {
		t.Errorf("let out: %v", out)
	}
}
