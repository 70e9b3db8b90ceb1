package kubernetes

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// namespacedIssuer begins a CertificateIssuer that is an Issuer, no ClusterIssuer.
const namespacedIssuer = "Issuer/"

// issuer is the annotation by which cert-manager makes the certificate that an
// Ingress or a Gateway names. https://cert-manager.io/docs/usage/ingress
func (args *ServiceArgs) issuer() map[string]string {
	if args.CertificateIssuer == "" {
		return nil
	}
	if name, namespaced := strings.CutPrefix(args.CertificateIssuer, namespacedIssuer); namespaced {
		return map[string]string{"cert-manager.io/issuer": name}
	}
	return map[string]string{"cert-manager.io/cluster-issuer": args.CertificateIssuer}
}

// dns are the annotations by which external-dns makes the record of the host. It
// reads them on an Ingress, a Service and a route, and changed their prefix in
// v0.22. https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations
func (args *ServiceArgs) dns() map[string]string {
	if !args.ExternalDNS {
		return nil
	}
	return map[string]string{
		"external-dns.kubernetes.io/hostname":       args.Host,
		"external-dns.alpha.kubernetes.io/hostname": args.Host,
	}
}

// annotated are annotations of which later ones win; nil if there are none.
func annotated(groups ...map[string]string) pulumi.StringMapInput {
	all := map[string]string{}
	for _, each := range groups {
		maps.Copy(all, each)
	}
	if len(all) == 0 {
		return nil
	}
	return pulumi.ToStringMap(all)
}

// challenges lets requests reach the pods by which cert-manager proves the host
// over HTTP: they run in the namespace of the Ingress, which is closed.
// https://cert-manager.io/docs/configuration/acme/http01
func (s *Service) challenges(ctx *pulumi.Context) ([]pulumi.Resource, error) {
	if s.args.CertificateIssuer == "" || s.args.Expose != "ingress" || s.args.Namespace != nil {
		return nil, nil
	}
	solver := pulumi.StringMap{"acme.cert-manager.io/http01-solver": pulumi.String("true")}
	allowed, err := networkingv1.NewNetworkPolicy(ctx, s.scope.Name("challenge"), &networkingv1.NetworkPolicyArgs{
		Metadata: s.unnamed(),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: solver}, PolicyTypes: pulumi.StringArray{pulumi.String("Ingress")},
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{&networkingv1.NetworkPolicyIngressRuleArgs{
				From: s.callers(), Ports: networkingv1.NetworkPolicyPortArray{port("TCP", 8089)},
			}},
		},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the network policy of cert-manager's challenges: %w", err)
	}
	return []pulumi.Resource{allowed}, nil
}

// gateway makes the Gateway whose listener the route hangs on. cert-manager reads
// its annotation there, and on no route. https://cert-manager.io/docs/usage/gateway
func (s *Service) gateway(ctx *pulumi.Context) ([]pulumi.Resource, error) {
	if s.args.GatewayClass == "" {
		return nil, nil
	}
	// Routes of the service hang on both, and on the one for plain HTTP those of
	// cert-manager's challenges, which are in the Gateway's own namespace.
	routes := pulumi.Map{"namespaces": pulumi.Map{"from": pulumi.String("Selector"), "selector": pulumi.Map{
		"matchExpressions": pulumi.Array{pulumi.Map{
			"key": pulumi.String("kubernetes.io/metadata.name"), "operator": pulumi.String("In"),
			"values": pulumi.StringArray{s.Namespace, pulumi.String(s.args.GatewayNamespace)},
		}},
	}}}
	listeners := pulumi.Array{pulumi.Map{
		"name": pulumi.String(s.args.GatewayListener), "port": pulumi.Int(443), "protocol": pulumi.String("HTTPS"),
		"hostname": pulumi.String(s.args.Host), "allowedRoutes": routes,
		"tls": pulumi.Map{"mode": pulumi.String("Terminate"), "certificateRefs": pulumi.Array{
			pulumi.StringMap{"kind": pulumi.String("Secret"), "name": pulumi.String(s.args.TLSSecret)},
		}},
	}}
	if s.args.GatewayHTTPListener != noListener {
		listeners = append(listeners, pulumi.Map{
			"name": pulumi.String(s.args.GatewayHTTPListener), "port": pulumi.Int(80), "protocol": pulumi.String("HTTP"),
			"hostname": pulumi.String(s.args.Host), "allowedRoutes": routes,
		})
	}
	made, err := apiextensions.NewCustomResource(ctx, s.scope.Name("gateway"), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("gateway.networking.k8s.io/v1"), Kind: pulumi.String("Gateway"),
		Metadata: &metav1.ObjectMetaArgs{
			Name: pulumi.String(s.args.Gateway), Namespace: pulumi.String(s.args.GatewayNamespace), Labels: s.args.labels(),
			Annotations: annotated(s.args.issuer(), s.args.Annotations),
		},
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"gatewayClassName": pulumi.String(s.args.GatewayClass), "listeners": listeners,
		}},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the Gateway: %w", err)
	}
	return []pulumi.Resource{made}, nil
}

// checkCertificate refuses what would make no certificate and no record.
func (args *ServiceArgs) checkCertificate(p *platform.Problems) {
	name := strings.TrimPrefix(args.CertificateIssuer, namespacedIssuer)
	switch {
	case args.CertificateIssuer == "":
	case !args.routed() || args.AllowHTTP:
		p.AddUnread("kubernetes.certificateIssuer", "makes the certificate of an ingress or a gateway with TLS, and there is none")
	case args.Expose == "gateway" && args.GatewayClass == "":
		p.Add("kubernetes.gatewayClass", "envoy", "is not set; cert-manager reads its issuer on a Gateway alone, and %q is there already: "+
			"let the stack make one of a class, or annotate that Gateway and leave kubernetes.certificateIssuer out", args.Gateway)
	case len(validation.IsDNS1123Subdomain(name)) > 0:
		p.Add("kubernetes.certificateIssuer", "letsencrypt", "%q must be the name of a ClusterIssuer, or Issuer/NAME", args.CertificateIssuer)
	}
	switch {
	case args.ExternalDNS && args.Expose == "none":
		p.AddUnread("kubernetes.externalDns", "makes the record of what is exposed, and expose is none")
	case args.ExternalDNS && args.Expose == "loadbalancer" && args.Host == "":
		p.Add("kubernetes.host", "api.example.org", "is not set; external-dns makes its record")
	}
}
