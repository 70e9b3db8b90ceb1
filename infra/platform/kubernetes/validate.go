package kubernetes

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/sizes"
)

var repositoryName = regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$`)

// Validate lists, as platform.Problems, what a cluster would refuse only after
// half of the deployment, or accept and run otherwise than meant.
func (args ServiceArgs) Validate() error {
	p := app.ProblemsOf(args.App.Validate())
	if args.App.Scale.Concurrency != 0 {
		p.AddUnread("concurrency", "does nothing on Kubernetes, which scales by processors")
	}
	if args.App.Scale.RequestsPerMinute != 0 {
		p.AddUnread("requestsPerMinute", "does nothing on Kubernetes, which scales by processors")
	}
	if len(args.App.Schedules) > 0 {
		p.AddUnread("app.schedules", "does nothing on Kubernetes, where an instance always runs")
	}
	if args.Namespace != nil && args.NewNamespace != "" {
		p.AddUnread("kubernetes.namespace", "names a namespace to make, and one is given")
	}
	args = args.withDefaults()
	args.checkNames(&p)
	args.checkExposure(&p)
	args.checkCertificate(&p)
	args.checkUnread(&p)
	args.checkImage(&p)
	checkScale(&p, args.App.Scale)
	return p.OrNil()
}

func checkScale(p *platform.Problems, scale app.Scale) {
	if scale.MinInstances < 1 {
		p.Add("minInstances", "1", "a Deployment cannot scale to %d; Kubernetes keeps one pod at least", scale.MinInstances)
	}
	if cores, err := strconv.ParseFloat(scale.CPU, 64); err != nil || cores < 0.05 {
		p.Add("cpu", "0.25", "%q processors are too few for a start in time; 0.05 is the least", scale.CPU)
	}
	if mebibytes, err := sizes.Mebibytes(scale.Memory); err != nil || mebibytes < 16 {
		p.Add("memory", "512Mi", "%q must be at least 16Mi", scale.Memory)
	}
}

func (args *ServiceArgs) checkNames(p *platform.Problems) {
	one := func(key, value, example string, rule func(string) []string) {
		if value == "" {
			return
		}
		if wrong := rule(value); len(wrong) > 0 {
			p.Add("kubernetes."+key, example, "%q: %s", value, wrong[0])
		}
	}
	const annotation, label = `{"cert-manager.io/cluster-issuer":"letsencrypt"}`, `{"team":"video"}`
	namespace := platform.ScopeOf(args.App, nil).Name("")
	one("namespace", args.NewNamespace, namespace, validation.IsDNS1123Label)
	one("host", args.Host, "api.example.org", validation.IsDNS1123Subdomain)
	one("ingressClass", args.IngressClass, "nginx", validation.IsDNS1123Subdomain)
	one("tlsSecret", args.TLSSecret, "api-tls", validation.IsDNS1123Subdomain)
	one("gateway", args.Gateway, "public", validation.IsDNS1123Subdomain)
	one("gatewayNamespace", args.GatewayNamespace, "gateways", validation.IsDNS1123Label)
	one("gatewayClass", args.GatewayClass, "envoy", validation.IsDNS1123Subdomain)
	one("gatewayListener", args.GatewayListener, "https", validation.IsDNS1123Subdomain)
	one("gatewayHttpListener", args.GatewayHTTPListener, "http", validation.IsDNS1123Subdomain)
	one("metricsNamespace", args.MetricsNamespace, "monitoring", validation.IsDNS1123Label)
	one("callersNamespace", args.CallersNamespace, "ingress-nginx", validation.IsDNS1123Label)
	if slices.Contains([]string{"default", "kube-system", "kube-public", "kube-node-lease"}, args.NewNamespace) {
		p.Add("kubernetes.namespace", namespace, "%q is the cluster's own", args.NewNamespace)
	}
	for _, key := range slices.Sorted(maps.Keys(args.Annotations)) {
		one("annotations", key, annotation, validation.IsQualifiedName)
		if strings.HasSuffix(key, "-snippet") {
			p.Add("kubernetes.annotations", annotation, "%q runs its value inside the ingress controller (CVE-2021-25742)", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(args.Labels)) {
		one("labels", key, label, validation.IsQualifiedName)
		one("labels", args.Labels[key], label, validation.IsValidLabelValue)
		if key == "environment" || strings.HasPrefix(key, "app.kubernetes.io/") || strings.HasPrefix(key, "pod-security.kubernetes.io/") {
			p.Add("kubernetes.labels", label, "the label %q is set already", key)
		}
	}
}

// checkExposure asks for all that an exposure needs, and for TLS unless plain
// HTTP is allowed.
func (args *ServiceArgs) checkExposure(p *platform.Problems) {
	routed := args.routed()
	switch {
	case !routed && args.Expose != "loadbalancer" && args.Expose != "none":
		p.Add("kubernetes.expose", "ingress", "%q must be one of ingress, gateway, loadbalancer, none", args.Expose)
	case routed && args.Host == "":
		p.Add("kubernetes.host", "api.example.org", "is not set; expose %s routes by it", args.Expose)
	case args.Expose == "loadbalancer" && !args.AllowHTTP:
		p.Add("kubernetes.allowHttp", "true", "is false, but expose loadbalancer answers without TLS")
	case args.Expose == "none" && args.URL == "":
		p.Add("kubernetes.url", "http://127.0.0.1:8000", "is not set; with expose none the proof needs to know where to ask")
	}
	if routed && args.CallersNamespace == "" && !args.ProxiesTrusted {
		p.Add("kubernetes.callersNamespace", "ingress-nginx",
			"is not set; it is the namespace of the proxy in front, and only its pods may say who the "+
				"client is. For a proxy outside the cluster set service.trustedProxies to its networks instead")
	}
	if args.Expose == "gateway" && args.Gateway == "" {
		p.Add("kubernetes.gateway", "public", "is not set; expose gateway adds a route to it")
	}
	if args.Expose == "gateway" && args.GatewayHTTPListener == args.GatewayListener {
		p.Add("kubernetes.gatewayHttpListener", "http", "%q is the listener of the API itself, which would redirect to itself",
			args.GatewayHTTPListener)
	}
	if args.Expose == "gateway" && args.GatewayNamespace == "" {
		p.Add("kubernetes.gatewayNamespace", "gateways", "is not set; it is where the gateway of expose gateway is")
	}
	if args.URL != "" {
		u, err := url.Parse(args.URL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(args.URL, "/") {
			p.Add("kubernetes.url", "https://api.example.org", "%q is not a URL without a slash at its end", args.URL)
		}
	}
}

// checkUnread refuses what another exposure would read, or what would close this
// one.
func (args *ServiceArgs) checkUnread(p *platform.Problems) {
	set := func(key string, is bool, by string) {
		if is && args.Expose != by {
			p.AddUnread("kubernetes."+key, "is for expose %s only, and expose is %s", by, args.Expose)
		}
	}
	set("gateway", args.Gateway != "", "gateway")
	set("gatewayNamespace", args.GatewayNamespace != "", "gateway")
	set("ingressClass", args.IngressClass != "", "ingress")
	if args.GatewayClass == "" {
		set("annotations", len(args.Annotations) > 0, "ingress")
	}
	set("gatewayClass", args.GatewayClass != "", "gateway")
	if args.MetricsNamespace != "" && args.CallersNamespace == "" {
		p.AddUnread("kubernetes.metricsNamespace", "is let in beside kubernetes.callersNamespace, without which every namespace is")
	}
	if args.Expose == "loadbalancer" && args.CallersNamespace != "" {
		p.AddUnread("kubernetes.callersNamespace",
			"admits pods of %q alone, and requests of a load balancer come from outside the cluster", args.CallersNamespace)
	}
}

func (args *ServiceArgs) checkImage(p *platform.Problems) {
	repository, known := app.Known(args.Repository)
	switch {
	case args.App.Build != nil && args.Repository == nil:
		p.Add("kubernetes.repository", "ghcr.io/you/"+args.App.Name, "is not set, and neither is image; a built image must be pushed somewhere")
	case known && !repositoryName.MatchString(repository):
		p.Add("kubernetes.repository", "ghcr.io/you/"+args.App.Name, "%q is not a repository of the form REGISTRY/NAME without a tag", repository)
	}
}
