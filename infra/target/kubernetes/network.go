package kubernetes

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// network makes the API reachable as the settings say. It returns the address,
// and what must be there before it answers. Everything waits for the
// Deployment: a Service alone counts as ready without a single pod.
func (t *Target) network(ctx *pulumi.Context, deployment *appsv1.Deployment) (pulumi.StringOutput, pulumi.Resource, error) {
	ready := pulumi.DependsOn([]pulumi.Resource{deployment})
	spec := &corev1.ServiceSpecArgs{
		Type: pulumi.String("ClusterIP"), Selector: t.selector(),
		Ports: corev1.ServicePortArray{&corev1.ServicePortArgs{
			Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"), Protocol: pulumi.String("TCP"),
		}},
	}
	if t.settings.Expose == "loadbalancer" {
		// Local keeps the client's own address. By default every request would
		// come from a node, and all clients would share one rate limit.
		spec.Type, spec.ExternalTrafficPolicy = pulumi.String("LoadBalancer"), pulumi.String("Local")
	}
	service, err := corev1.NewService(ctx, t.scope.Name("service"), &corev1.ServiceArgs{Metadata: t.metadata(), Spec: spec}, t.scope.Child(ready, pulumi.Protect(t.Protected()))...)
	if err != nil {
		return pulumi.StringOutput{}, nil, fmt.Errorf("the Service: %w", err)
	}
	open, err := t.expose(ctx, service)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	return t.url(service), open, nil
}

// expose routes from outside to the Service, and returns what does it.
func (t *Target) expose(ctx *pulumi.Context, service *corev1.Service) (pulumi.Resource, error) {
	switch t.settings.Expose {
	case "ingress":
		return t.ingress(ctx, service)
	case "gateway":
		return t.route(ctx, service)
	}
	return service, nil
}

// url is where the gate asks.
func (t *Target) url(service *corev1.Service) pulumi.StringOutput {
	switch {
	case t.settings.URL != "":
		return pulumi.String(t.settings.URL).ToStringOutput()
	case t.settings.Expose == "loadbalancer":
		return service.Status.LoadBalancer().Ingress().Index(pulumi.Int(0)).ApplyT(addressOf).(pulumi.StringOutput)
	case t.settings.AllowHTTP:
		return pulumi.String("http://" + t.settings.Host).ToStringOutput()
	}
	return pulumi.String("https://" + t.settings.Host).ToStringOutput()
}

// addressOf is a load balancer's address: some clouds give a name, others a
// number.
func addressOf(at corev1.LoadBalancerIngress) (string, error) {
	switch {
	case at.Hostname != nil && *at.Hostname != "":
		return "http://" + *at.Hostname, nil
	case at.Ip != nil && *at.Ip != "":
		return "http://" + *at.Ip, nil
	}
	return "", fmt.Errorf("the cluster gave the load balancer neither a name nor an address; set kubernetes.url, or expose the API by an ingress")
}

// walls close the namespace, then let requests in to the API's port, and out
// to name servers, to HTTPS, where Astra is, and to what else the app calls.
func (t *Target) walls(ctx *pulumi.Context, a app.App) ([]pulumi.Resource, error) {
	called := networkingv1.NetworkPolicyPortArray{port("TCP", 443)}
	for _, number := range a.Calls {
		called = append(called, port("TCP", number))
	}
	both := pulumi.StringArray{pulumi.String("Ingress"), pulumi.String("Egress")}
	closed, err := networkingv1.NewNetworkPolicy(ctx, t.scope.Name("deny"), &networkingv1.NetworkPolicyArgs{
		Metadata: t.unnamed(),
		Spec:     &networkingv1.NetworkPolicySpecArgs{PodSelector: &metav1.LabelSelectorArgs{}, PolicyTypes: both},
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the network policy that closes the namespace: %w", err)
	}
	open, err := networkingv1.NewNetworkPolicy(ctx, t.scope.Name("allow"), &networkingv1.NetworkPolicyArgs{
		Metadata: t.unnamed(),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: t.selector()}, PolicyTypes: both,
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{&networkingv1.NetworkPolicyIngressRuleArgs{
				From: t.callers(), Ports: networkingv1.NetworkPolicyPortArray{port("TCP", app.Port)},
			}},
			Egress: networkingv1.NetworkPolicyEgressRuleArray{
				nameServers(),
				&networkingv1.NetworkPolicyEgressRuleArgs{Ports: called},
			},
		},
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the network policy of the API: %w", err)
	}
	return []pulumi.Resource{closed, open}, nil
}

// nameServers are the only ones that the pods may ask: those that run in the
// cluster's own namespaces, and the two addresses at which a node answers for
// them (NodeLocal DNSCache, and Cloud DNS of GKE). OpenShift's listen on 5353.
func nameServers() *networkingv1.NetworkPolicyEgressRuleArgs {
	namespaces := pulumi.ToStringArray([]string{"kube-system", "openshift-dns"})
	to := networkingv1.NetworkPolicyPeerArray{&networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchExpressions: metav1.LabelSelectorRequirementArray{
			&metav1.LabelSelectorRequirementArgs{Key: pulumi.String("kubernetes.io/metadata.name"), Operator: pulumi.String("In"), Values: namespaces},
		}},
	}}
	for _, address := range []string{"169.254.20.10/32", "169.254.169.254/32"} {
		to = append(to, &networkingv1.NetworkPolicyPeerArgs{IpBlock: &networkingv1.IPBlockArgs{Cidr: pulumi.String(address)}})
	}
	return &networkingv1.NetworkPolicyEgressRuleArgs{
		To: to, Ports: networkingv1.NetworkPolicyPortArray{port("UDP", 53), port("TCP", 53), port("UDP", 5353), port("TCP", 5353)},
	}
}

// trustedProxies are the networks whose X-Forwarded-For the service believes.
// Behind an ingress or a gateway only pods of callersNamespace reach the port,
// and pods have private addresses. Otherwise nothing of ours is in front.
func (t *Target) trustedProxies() string {
	if t.settings.routed() {
		return "private"
	}
	return "none"
}

// callers are who may reach the API's port: the given namespaces, or everybody.
func (t *Target) callers() networkingv1.NetworkPolicyPeerArray {
	if t.settings.CallersNamespace == "" {
		return nil
	}
	var peers networkingv1.NetworkPolicyPeerArray
	for _, namespace := range []string{t.settings.CallersNamespace, t.settings.MetricsNamespace} {
		if namespace == "" {
			continue
		}
		peers = append(peers, &networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: &metav1.LabelSelectorArgs{
			MatchLabels: pulumi.StringMap{"kubernetes.io/metadata.name": pulumi.String(namespace)},
		}})
	}
	return peers
}

func port(protocol string, number int) *networkingv1.NetworkPolicyPortArgs {
	return &networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String(protocol), Port: pulumi.Int(number)}
}
