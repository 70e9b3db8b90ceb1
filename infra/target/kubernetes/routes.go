package kubernetes

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ingress routes the host to the Service. Its certificate is in a Secret of
// the namespace, made by hand or by cert-manager's issuer.
func (t *Target) ingress(ctx *pulumi.Context, service *corev1.Service) (pulumi.Resource, error) {
	meta := t.metadata()
	meta.Annotations = pulumi.ToStringMap(t.annotations())
	spec := &networkingv1.IngressSpecArgs{
		Rules: networkingv1.IngressRuleArray{&networkingv1.IngressRuleArgs{
			Host: pulumi.String(t.settings.Host),
			Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: networkingv1.HTTPIngressPathArray{&networkingv1.HTTPIngressPathArgs{
				Path: pulumi.String("/"), PathType: pulumi.String("Prefix"),
				Backend: &networkingv1.IngressBackendArgs{Service: &networkingv1.IngressServiceBackendArgs{
					Name: service.Metadata.Name().Elem(), Port: &networkingv1.ServiceBackendPortArgs{Name: pulumi.String("http")},
				}},
			}}},
		}},
	}
	if t.settings.IngressClass != "" {
		spec.IngressClassName = pulumi.String(t.settings.IngressClass)
	}
	if !t.settings.AllowHTTP {
		spec.Tls = networkingv1.IngressTLSArray{&networkingv1.IngressTLSArgs{
			Hosts: pulumi.StringArray{pulumi.String(t.settings.Host)}, SecretName: pulumi.String(t.settings.TLSSecret),
		}}
	}
	made, err := networkingv1.NewIngress(ctx, t.scope.Name("ingress"), &networkingv1.IngressArgs{Metadata: meta, Spec: spec}, t.scope.Child()...)
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

// annotations are the forced redirect, unless plain HTTP is allowed, and the
// stack's own, which win.
func (t *Target) annotations() map[string]string {
	all := map[string]string{}
	if !t.settings.AllowHTTP {
		maps.Copy(all, httpsOnly)
	}
	maps.Copy(all, t.settings.Annotations)
	return all
}

// route hangs the host below a listener of a Gateway that is there already and
// holds the certificate.
func (t *Target) route(ctx *pulumi.Context, service *corev1.Service) (pulumi.Resource, error) {
	spec := pulumi.Map{
		"hostnames": pulumi.ToStringArray([]string{t.settings.Host}),
		"parentRefs": pulumi.Array{pulumi.StringMap{
			"name": pulumi.String(t.settings.Gateway), "namespace": pulumi.String(t.settings.GatewayNamespace),
			"sectionName": pulumi.String(t.settings.GatewayListener),
		}},
		"rules": pulumi.Array{pulumi.Map{
			"backendRefs": pulumi.Array{pulumi.Map{"name": service.Metadata.Name().Elem(), "port": pulumi.Int(80)}},
		}},
	}
	made, err := apiextensions.NewCustomResource(ctx, t.scope.Name("route"), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("gateway.networking.k8s.io/v1"), Kind: pulumi.String("HTTPRoute"),
		Metadata: t.metadata(), OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the HTTPRoute: %w", err)
	}
	return made, nil
}
