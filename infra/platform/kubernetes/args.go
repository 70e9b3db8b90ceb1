package kubernetes

import (
	"cmp"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// ServiceArgs are the inputs of a Service. Text that comes from a resource is
// checked by the cluster; everything else by Validate, before anything is made.
type ServiceArgs struct {
	// App is what runs. Required.
	App app.App
	// Namespace is one that is there already. Default a new one that holds
	// nothing else, called NewNamespace.
	Namespace pulumi.StringInput
	// NewNamespace is its name. Default APP-ENVIRONMENT.
	NewNamespace string
	// ServiceAccount is the name of an account of the namespace to run as, for
	// an identity of the cluster's cloud. Default a new one without any right.
	ServiceAccount pulumi.StringInput
	// Repository is where a built image is pushed, without a tag, such as
	// ghcr.io/you/shop. Required with a build.
	Repository pulumi.StringInput
	// DockerConfig is how nodes log in to a private registry: a Docker
	// config.json as text. Default no login.
	DockerConfig pulumi.StringInput

	// Expose is ingress (default), gateway, loadbalancer or none.
	Expose string
	// Host is the service's name, for ingress and gateway. Required for these.
	Host string
	// IngressClass is that of the ingress. Default the cluster's.
	IngressClass string
	// TLSSecret is the name of the secret with the ingress's certificate, made by
	// hand or by cert-manager. Default APP-ENVIRONMENT-tls.
	TLSSecret string
	// CertificateIssuer is an issuer of cert-manager, which makes and renews the
	// certificate in TLSSecret: the name of a ClusterIssuer, or Issuer/NAME for one
	// of the namespace of the Ingress or Gateway. Default none: the certificate is
	// put there.
	CertificateIssuer string
	// ExternalDNS asks external-dns, which runs in the cluster, for the record of
	// Host.
	ExternalDNS bool
	// Annotations are put on the ingress, or on the gateway that is made, and win
	// over those of the other arguments.
	Annotations map[string]string
	// AllowHTTP lets the service answer without TLS.
	AllowHTTP bool
	// Gateway, its namespace and its listener (default https) route the host
	// with expose gateway.
	Gateway, GatewayNamespace, GatewayListener string
	// GatewayHTTPListener is where plain HTTP is redirected to HTTPS; default
	// http, none for a Gateway that does not listen for it.
	GatewayHTTPListener string
	// GatewayClass makes the Gateway, in its namespace, with a listener for Host
	// and the certificate in TLSSecret. Default none: the Gateway is there already.
	GatewayClass string
	// URL is where the gate asks. Default the host, or the load balancer's
	// address; required with expose none.
	URL string

	// CallersNamespace alone can reach the service's port: that of the ingress
	// controller or gateway, whose X-Forwarded-For is believed. Required for
	// these unless ProxiesTrusted.
	CallersNamespace string
	// MetricsNamespace can reach the port too: that of a Prometheus.
	MetricsNamespace string
	// ProxiesTrusted says that the app itself knows which proxies to believe.
	ProxiesTrusted bool
	// OpenShift leaves the user ids of the pods to the cluster.
	OpenShift bool
	// Access is how the cluster is reached beside Pulumi's provider: a failed proof
	// returns to the pods of before. Default none: the new pods go on then.
	Access *Access
	// Protect refuses to delete the new namespace, the deployment and the
	// service. Default true.
	Protect *bool
	// Labels are put on everything.
	Labels map[string]string
}

// Access is a kubeconfig, a path or its text, and a context of it; empty for the
// usual place, and for the current context.
type Access struct{ Kubeconfig, Context string }

func (args ServiceArgs) withDefaults() ServiceArgs {
	args.App = args.App.WithDefaults()
	name := platform.ScopeOf(args.App, nil).Name("")
	args.NewNamespace = cmp.Or(args.NewNamespace, name)
	args.Expose = cmp.Or(args.Expose, "ingress")
	args.TLSSecret = cmp.Or(args.TLSSecret, name+"-tls")
	args.GatewayListener = cmp.Or(args.GatewayListener, "https")
	args.GatewayHTTPListener = cmp.Or(args.GatewayHTTPListener, "http")
	if args.GatewayClass != "" && args.Expose == "gateway" {
		args.Gateway = cmp.Or(args.Gateway, name)
	}
	args.App.Scale.Memory = cmp.Or(args.App.Scale.Memory, "512Mi")
	args.App.Scale.CPUPercent = cmp.Or(args.App.Scale.CPUPercent, 70)
	args.Protect = cmp.Or(args.Protect, new(true))
	return args
}

// routed tells that a proxy of the cluster is in front of the service.
func (args *ServiceArgs) routed() bool { return args.Expose == "ingress" || args.Expose == "gateway" }

// selector picks the app's pods and no others; it must never change.
func (args *ServiceArgs) selector() pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name": pulumi.String(args.App.Name), "app.kubernetes.io/instance": pulumi.String(args.App.Environment),
	}
}

func (args *ServiceArgs) labels() pulumi.StringMap {
	labels := args.selector()
	labels["app.kubernetes.io/managed-by"] = pulumi.String("pulumi")
	labels["environment"] = pulumi.String(args.App.Environment)
	maps.Copy(labels, pulumi.ToStringMap(args.Labels))
	return labels
}

// stepSeconds is how long one step of a rollout may take: nodes that start,
// images that are pulled, a database that answers the first question.
const stepSeconds = 300

// surgePercent is how many pods more than there are a rollout starts at once.
const surgePercent = 25

// rolloutSeconds is how long a rollout may take before it has failed: it goes
// in steps of surgePercent, and each may wait for nodes.
func rolloutSeconds(most int) int {
	surge := (most*surgePercent + 99) / 100
	return stepSeconds * ((most + surge - 1) / surge)
}

// times are those of a pod behind any of the usual controllers. Endpoints take
// seconds to reach every router, so preStop waits before the pod is told.
func (args *ServiceArgs) times() app.Times {
	times := args.App.Times()
	limit := times.ServiceLimit
	// Google's balancers keep connections longest, 600 s; Traefik 90 s, nginx 60 s.
	times.BalancerIdle, times.KeepAlive = 600, 620
	times.RequestLimit = max(30, limit+10) // Google's balancer by default; nginx cuts after 60 s
	times.Routing, times.PreStop = 10, 10
	times.Timeout = (4*limit+2)/3 + 1
	times.Stop = times.Timeout + 2
	return times
}
