package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ingress routes the host to the Service. Its certificate is in a Secret of
// the namespace, made by hand or by cert-manager's issuer.
func (s *Service) ingress(ctx *pulumi.Context, service *corev1.Service) (pulumi.Resource, error) {
	challenges, err := s.challenges(ctx)
	if err != nil {
		return nil, err
	}
	meta := s.metadata()
	meta.Annotations = s.annotations()
	spec := &networkingv1.IngressSpecArgs{
		Rules: networkingv1.IngressRuleArray{&networkingv1.IngressRuleArgs{
			Host: pulumi.String(s.args.Host),
			Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: networkingv1.HTTPIngressPathArray{&networkingv1.HTTPIngressPathArgs{
				Path: pulumi.String("/"), PathType: pulumi.String("Prefix"),
				Backend: &networkingv1.IngressBackendArgs{Service: &networkingv1.IngressServiceBackendArgs{
					Name: service.Metadata.Name().Elem(), Port: &networkingv1.ServiceBackendPortArgs{Name: pulumi.String("http")},
				}},
			}}},
		}},
	}
	if s.args.IngressClass != "" {
		spec.IngressClassName = pulumi.String(s.args.IngressClass)
	}
	if !s.args.AllowHTTP {
		spec.Tls = networkingv1.IngressTLSArray{&networkingv1.IngressTLSArgs{
			Hosts: pulumi.StringArray{pulumi.String(s.args.Host)}, SecretName: pulumi.String(s.args.TLSSecret),
		}}
	}
	made, err := networkingv1.NewIngress(ctx, s.scope.Name("ingress"), &networkingv1.IngressArgs{
		Metadata: meta, Spec: spec,
	}, s.scope.Child(pulumi.DependsOn(challenges))...)
	if err != nil {
		return nil, fmt.Errorf("the Ingress: %w", err)
	}
	return made, nil
}

// httpsOnly are the annotations by which the usual controllers send plain HTTP
// to HTTPS (ingress-nginx, Contour, HAProxy's two) or do not answer it (Traefik,
// Google). Each controller ignores those of the others. Ingress itself has no
// field for it.
var httpsOnly = map[string]string{
	"nginx.ingress.kubernetes.io/force-ssl-redirect":   "true",
	"ingress.kubernetes.io/force-ssl-redirect":         "true",
	"haproxy.org/ssl-redirect":                         "true",
	"haproxy-ingress.github.io/ssl-redirect":           "true",
	"traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
	"traefik.ingress.kubernetes.io/router.tls":         "true",
	"kubernetes.io/ingress.allow-http":                 "false",
}

// annotations are the forced redirect, unless plain HTTP is allowed, those for
// the certificate and the record, and the given ones, which win.
func (s *Service) annotations() pulumi.StringMapInput {
	only := httpsOnly
	if s.args.AllowHTTP {
		only = nil
	}
	return annotated(only, s.args.issuer(), s.args.dns(), s.args.Annotations)
}

// route adds the host to a listener of a Gateway, which has the certificate, and
// redirects plain HTTP to it.
func (s *Service) route(ctx *pulumi.Context, service *corev1.Service) (pulumi.Resource, error) {
	var err error
	if s.madeGateway, err = s.gateway(ctx); err != nil {
		return nil, err
	}
	made, err := s.httpRoute(ctx, "route", s.args.GatewayListener, pulumi.Map{
		"backendRefs": pulumi.Array{pulumi.Map{"name": service.Metadata.Name().Elem(), "port": pulumi.Int(80)}},
	})
	if err != nil || s.args.GatewayHTTPListener == noListener {
		return made, err
	}
	// Without it plain HTTP is not found, or answered by a route of another team.
	_, err = s.httpRoute(ctx, "redirect", s.args.GatewayHTTPListener, pulumi.Map{
		"filters": pulumi.Array{pulumi.Map{
			"type":            pulumi.String("RequestRedirect"),
			"requestRedirect": pulumi.Map{"scheme": pulumi.String("https"), "statusCode": pulumi.Int(301)},
		}},
	})
	return made, err
}

// noListener is the value for a Gateway that does not listen for plain HTTP.
const noListener = "none"

// httpRoute has one rule for the host on a listener.
func (s *Service) httpRoute(
	ctx *pulumi.Context, kind, listener string, rule pulumi.Map,
) (*apiextensions.CustomResource, error) {
	meta := s.metadata()
	if annotations := annotated(s.args.dns()); annotations != nil {
		meta.Annotations = annotations
	}
	made, err := apiextensions.NewCustomResource(ctx, s.scope.Name(kind), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("gateway.networking.k8s.io/v1"), Kind: pulumi.String("HTTPRoute"),
		Metadata: meta, OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"hostnames": pulumi.ToStringArray([]string{s.args.Host}),
			"parentRefs": pulumi.Array{pulumi.StringMap{
				"name": pulumi.String(s.args.Gateway), "namespace": pulumi.String(s.args.GatewayNamespace),
				"sectionName": pulumi.String(listener),
			}},
			"rules": pulumi.Array{rule},
		}},
	}, s.scope.Child(pulumi.DependsOn(s.madeGateway))...)
	if err != nil {
		return nil, fmt.Errorf("the HTTPRoute %s: %w", kind, err)
	}
	return made, nil
}
