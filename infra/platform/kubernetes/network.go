package kubernetes

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// network makes the service reachable as the arguments say. It returns the address,
// and what must be there before it answers. Everything waits for the
// Deployment: a Service alone counts as ready without a single pod.
func (s *Service) network(ctx *pulumi.Context, deployment *appsv1.Deployment) (pulumi.StringOutput, pulumi.Resource, error) {
	ready := pulumi.DependsOn([]pulumi.Resource{deployment})
	spec := &corev1.ServiceSpecArgs{
		Type: pulumi.String("ClusterIP"), Selector: s.args.selector(),
		Ports: corev1.ServicePortArray{&corev1.ServicePortArgs{
			Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"), Protocol: pulumi.String("TCP"),
		}},
	}
	if s.args.Expose == "loadbalancer" {
		// Local keeps the client's own address. By default every request would
		// come from a node, and all clients would share one rate limit.
		spec.Type, spec.ExternalTrafficPolicy = pulumi.String("LoadBalancer"), pulumi.String("Local")
	}
	meta := s.metadata()
	if s.args.Expose == "loadbalancer" && s.args.ExternalDNS {
		meta.Annotations = annotated(s.args.dns())
	}
	service, err := corev1.NewService(ctx, s.scope.Name("service"), &corev1.ServiceArgs{Metadata: meta, Spec: spec},
		s.scope.Child(ready, pulumi.Protect(*s.args.Protect))...)
	if err != nil {
		return pulumi.StringOutput{}, nil, fmt.Errorf("the Service: %w", err)
	}
	exposed, err := s.expose(ctx, service)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	return s.url(service), exposed, nil
}

// expose routes from outside to the Service, and returns what does it.
func (s *Service) expose(ctx *pulumi.Context, service *corev1.Service) (pulumi.Resource, error) {
	switch s.args.Expose {
	case "ingress":
		return s.ingress(ctx, service)
	case "gateway":
		return s.route(ctx, service)
	}
	return service, nil
}

// url is where the gate asks.
func (s *Service) url(service *corev1.Service) pulumi.StringOutput {
	switch {
	case s.args.URL != "":
		return pulumi.String(s.args.URL).ToStringOutput()
	case s.args.Expose == "loadbalancer":
		return service.Status.LoadBalancer().Ingress().Index(pulumi.Int(0)).ApplyT(addressOf).(pulumi.StringOutput)
	case s.args.AllowHTTP:
		return pulumi.String("http://" + s.args.Host).ToStringOutput()
	}
	return pulumi.String("https://" + s.args.Host).ToStringOutput()
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
	return "", fmt.Errorf(
		"the cluster gave the load balancer neither a name nor an address; set kubernetes.url, or expose the service by an ingress",
	)
}

// policies close a new namespace, then let requests in to the service's port,
// and out to name servers, to HTTPS and to the app's other ports. In a namespace
// that was there they are about the app's own pods alone.
func (s *Service) policies(ctx *pulumi.Context) (made []pulumi.Resource, err error) {
	if s.args.Namespace == nil {
		closed, err := s.denyAll(ctx)
		if err != nil {
			return nil, err
		}
		made = append(made, closed)
	}
	egress := networkingv1.NetworkPolicyPortArray{port("TCP", 443)}
	for _, number := range s.args.App.EgressPorts {
		egress = append(egress, port("TCP", number))
	}
	allowed, err := networkingv1.NewNetworkPolicy(ctx, s.scope.Name("allow"), &networkingv1.NetworkPolicyArgs{
		Metadata: s.unnamed(),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: s.args.selector()}, PolicyTypes: bothWays(),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{&networkingv1.NetworkPolicyIngressRuleArgs{
				From: s.callers(), Ports: networkingv1.NetworkPolicyPortArray{port("TCP", s.args.App.Port)},
			}},
			Egress: networkingv1.NetworkPolicyEgressRuleArray{
				nameServers(),
				&networkingv1.NetworkPolicyEgressRuleArgs{Ports: egress},
			},
		},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the network policy of the service: %w", err)
	}
	return append(made, allowed), nil
}

// denyAll closes the namespace.
func (s *Service) denyAll(ctx *pulumi.Context) (*networkingv1.NetworkPolicy, error) {
	closed, err := networkingv1.NewNetworkPolicy(ctx, s.scope.Name("deny"), &networkingv1.NetworkPolicyArgs{
		Metadata: s.unnamed(),
		Spec:     &networkingv1.NetworkPolicySpecArgs{PodSelector: &metav1.LabelSelectorArgs{}, PolicyTypes: bothWays()},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the network policy that closes the namespace: %w", err)
	}
	return closed, nil
}

func bothWays() pulumi.StringArray { return pulumi.ToStringArray([]string{"Ingress", "Egress"}) }

// nameServers are the only ones that the pods can ask: those that run in the
// cluster's own namespaces, and the two addresses at which a node answers for
// them (NodeLocal DNSCache, and Cloud DNS of GKE). OpenShift's listen on 5353.
func nameServers() *networkingv1.NetworkPolicyEgressRuleArgs {
	namespaces := pulumi.ToStringArray([]string{"kube-system", "openshift-dns"})
	to := networkingv1.NetworkPolicyPeerArray{&networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchExpressions: metav1.LabelSelectorRequirementArray{
			&metav1.LabelSelectorRequirementArgs{
				Key:      pulumi.String("kubernetes.io/metadata.name"),
				Operator: pulumi.String("In"),
				Values:   namespaces,
			},
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
// and pods have private addresses. Otherwise no known proxy is in front.
func (s *Service) trustedProxies() string {
	if s.args.routed() {
		return "private"
	}
	return "none"
}

// callers can reach the service's port: the given namespaces, or all.
func (s *Service) callers() networkingv1.NetworkPolicyPeerArray {
	if s.args.CallersNamespace == "" {
		return nil
	}
	var peers networkingv1.NetworkPolicyPeerArray
	for _, namespace := range []string{s.args.CallersNamespace, s.args.MetricsNamespace} {
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
