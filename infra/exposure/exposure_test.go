package exposure

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func resource(kind string, inputs map[string]any) plan.Resource {
	return plan.Resource{Type: kind, Name: "it", Inputs: inputs}
}

func exposures(resources ...plan.Resource) (all []string) {
	for _, one := range Of(&plan.Plan{Resources: resources}) {
		line := one.Address + ": " + one.Callers
		if one.Public {
			line += ", public"
		}
		all = append(all, line)
	}
	return all
}

func cloudRunService(ingress string) plan.Resource {
	return resource("gcp:cloudrunv2/service:Service", map[string]any{"name": "api", "ingress": ingress})
}

func invoker(member string) plan.Resource {
	return resource("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", map[string]any{
		"name": "api", "role": "roles/run.invoker", "member": member})
}

func balancerOf(internal bool) plan.Resource {
	return resource(balancerType, map[string]any{"internal": internal, "securityGroups": []any{"${front.id}"}})
}

func listenerOn(port float64) plan.Resource {
	return resource("aws:lb/listener:Listener", map[string]any{"port": port, "protocol": "HTTP", "loadBalancerArn": "${it.arn}"})
}

func ruleOf(group, from string) plan.Resource {
	return resource(ingressType, map[string]any{
		"securityGroupId": group, "cidrIpv4": from, "fromPort": 8080.0, "toPort": 8080.0, "ipProtocol": "tcp"})
}

func inCluster(kind string, ranges ...any) plan.Resource {
	return resource("kubernetes:core/v1:Service", map[string]any{"metadata": map[string]any{"name": "api", "namespace": "n"},
		"spec": map[string]any{"type": kind, "ports": []any{map[string]any{"port": 80.0}}, "loadBalancerSourceRanges": ranges}})
}

func TestOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resources []plan.Resource
		want      string
	}{
		"Cloud Run, inside": {[]plan.Resource{cloudRunService("INGRESS_TRAFFIC_INTERNAL_ONLY"), invoker("allUsers")},
			"https://api-….run.app: the project's networks"},
		"Cloud Run, invoked by no one": {[]plan.Resource{cloudRunService("INGRESS_TRAFFIC_ALL")},
			"https://api-….run.app: the internet, with a right to invoke that this plan gives to no one"},
		"Cloud Run, invoked by one": {[]plan.Resource{cloudRunService("INGRESS_TRAFFIC_ALL"), invoker("user:a@example.org")},
			"https://api-….run.app: the internet, as user:a@example.org"},
		"a balancer, public": {[]plan.Resource{balancerOf(false), listenerOn(8080), ruleOf("${front.id}", "0.0.0.0/0")},
			"http://(DNS name of it):8080: the internet, public"},
		"a balancer, inside": {[]plan.Resource{balancerOf(true), listenerOn(8080), ruleOf("${front.id}", "0.0.0.0/0")},
			"http://(DNS name of it):8080: what reaches the VPC"},
		"a balancer for one network": {[]plan.Resource{balancerOf(false), listenerOn(8080), ruleOf("${front.id}", "192.0.2.0/24")},
			"http://(DNS name of it):8080: 192.0.2.0/24"},
		"a balancer with another port": {[]plan.Resource{balancerOf(false), listenerOn(80), ruleOf("${front.id}", "0.0.0.0/0")},
			"http://(DNS name of it): no one: no security group of this plan lets a caller in"},
		"tasks without a balancer": {[]plan.Resource{ruleOf("${tasks.id}", "0.0.0.0/0")},
			"ports 8080 to 8080 of ${tasks.id}: the internet, public"},
		"a load balancer of a cluster": {[]plan.Resource{inCluster("LoadBalancer")},
			"(address of the load balancer of api.n):80: the internet, public"},
		"a load balancer for one network": {[]plan.Resource{inCluster("LoadBalancer", "192.0.2.0/24")},
			"(address of the load balancer of api.n):80: 192.0.2.0/24"},
		"a Service": {[]plan.Resource{inCluster("ClusterIP")}, "api.n:80: pods of the cluster"},
		"a route": {[]plan.Resource{resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", map[string]any{"spec": map[string]any{
			"hostnames": []any{"a.example"}, "parentRefs": []any{map[string]any{"name": "g", "namespace": "n", "sectionName": "https"}}}})},
			"a.example, listener https: what reaches the gateway n/g, assumed to be the internet, public"},
		"an Ingress without TLS": {[]plan.Resource{resource("kubernetes:networking.k8s.io/v1:Ingress", map[string]any{"spec": map[string]any{
			"rules": []any{map[string]any{"host": "a.example"}}}})},
			"http://a.example: what reaches the ingress controller (class the cluster's default), assumed to be the internet, public"},
		"a process": {[]plan.Resource{resource("astradb:index:Process", map[string]any{"url": "http://0.0.0.0:80"})},
			"http://0.0.0.0:80: the networks of this machine"},
	} {
		if got := strings.Join(exposures(c.resources...), "\n"); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
