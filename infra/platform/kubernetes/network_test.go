package kubernetes

import (
	"maps"
	"testing"
)

// TestNamesAreAskedOfNameServersOnly: port 53 to anywhere is
// a way out for data.
func TestNamesAreAskedOfNameServersOnly(t *testing.T) {
	t.Parallel()
	rules, _ := at(find(t, planned(t, "dev", given, settings()), "NetworkPolicy")[0].Inputs, "spec", "egress").([]any)
	to, _ := at(rules[0], "to").([]any)
	if len(to) != 3 {
		t.Fatalf("got %v", rules[0])
	}
	expressions, _ := at(to[0], "namespaceSelector", "matchExpressions").([]any)
	namespaces, _ := at(expressions[0], "values").([]any)
	if len(namespaces) != 2 || namespaces[0] != "kube-system" || namespaces[1] != "openshift-dns" {
		t.Errorf("name servers are in %v", namespaces)
	}
	if at(to[1], "ipBlock", "cidr") != "169.254.20.10/32" || at(to[2], "ipBlock", "cidr") != "169.254.169.254/32" {
		t.Errorf("name servers of the node are %v", to[1:])
	}
}

// TestOpenShiftChoosesTheUser: it refuses a pod that names one itself.
func TestOpenShiftChoosesTheUser(t *testing.T) {
	t.Parallel()
	for openshift, want := range map[bool]any{false: 65532., true: nil} {
		s := settings()
		s.OpenShift = openshift
		pod := at(find(t, planned(t, "dev", given, s), "Deployment")[0].Inputs, "spec", "template", "spec", "securityContext")
		if at(pod, "runAsUser") != want || at(pod, "runAsGroup") != want || at(pod, "runAsNonRoot") != true {
			t.Errorf("openshift %v: %v", openshift, pod)
		}
	}
}

// TestALoadBalancerKeepsTheClientsAddress: by default every request comes from
// a node, and all clients share one limit.
func TestALoadBalancerKeepsTheClientsAddress(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Expose, s.AllowHTTP, s.CallersNamespace = "loadbalancer", true, ""
	if got := at(find(t, planned(t, "dev", given, s), "Service")[0].Inputs, "spec", "externalTrafficPolicy"); got != "Local" {
		t.Errorf("externalTrafficPolicy is %v", got)
	}
}

// TestAGatewayRedirects plain HTTP by a route of its own on the listener for it.
func TestAGatewayRedirects(t *testing.T) {
	t.Parallel()
	for listener, want := range map[string]string{"": "http", "web": "web", "none": ""} {
		s := settings()
		s.Expose, s.Gateway, s.GatewayNamespace, s.GatewayHTTPListener = "gateway", "public", "gateways", listener
		redirects := map[string]string{} // the scheme to which a listener redirects
		for _, route := range find(t, planned(t, "dev", given, s), "HTTPRoute") {
			parents, _ := at(route.Inputs, "spec", "parentRefs").([]any)
			rules, _ := at(route.Inputs, "spec", "rules").([]any)
			on, _ := at(parents[0], "sectionName").(string)
			redirects[on] = ""
			if filters, _ := at(rules[0], "filters").([]any); len(filters) == 1 && at(rules[0], "backendRefs") == nil {
				redirects[on], _ = at(filters[0], "requestRedirect", "scheme").(string)
			}
		}
		all := map[string]string{"https": ""}
		if want != "" {
			all[want] = "https"
		}
		if !maps.Equal(redirects, all) {
			t.Errorf("listener %q: %v", listener, redirects)
		}
	}
}

// TestAnIngressRedirects plain HTTP, unless it is allowed; the stack's own
// annotations win.
func TestAnIngressRedirects(t *testing.T) {
	t.Parallel()
	const nginx, traefik = "nginx.ingress.kubernetes.io/force-ssl-redirect", "traefik.ingress.kubernetes.io/router.entrypoints"
	s := settings()
	s.Annotations = map[string]string{traefik: "secure"}
	notes := at(find(t, planned(t, "dev", given, s), "Ingress")[0].Inputs, "metadata", "annotations")
	if at(notes, nginx) != "true" || at(notes, traefik) != "secure" {
		t.Errorf("got %v", notes)
	}
	s.AllowHTTP = true
	if notes := at(find(t, planned(t, "dev", given, s), "Ingress")[0].Inputs, "metadata", "annotations"); at(notes, nginx) != nil {
		t.Errorf("plain HTTP is allowed and redirected: %v", notes)
	}
}
