package kubernetes

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Settings is the stack's group `kubernetes`. The defaults are safe: the API
// is reached by HTTPS or not at all.
type Settings struct {
	// Context is that of the kubeconfig; empty means the current one.
	Context string `json:"context"`
	// Kubeconfig is a path; empty means KUBECONFIG or the usual place.
	Kubeconfig string `json:"kubeconfig"`
	// Namespace is made for this stack alone; default killrvideo-ENVIRONMENT.
	Namespace string `json:"namespace"`
	// Repository is where a built image is pushed, without a tag. Required
	// unless the stack's image is given.
	Repository string `json:"repository"`
	// DockerConfig is how nodes log in to a private registry: a Docker
	// config.json as text. Set the group as a secret when it is used.
	DockerConfig string `json:"dockerConfig"`
	// Expose is ingress (default), gateway, loadbalancer or none.
	Expose string `json:"expose"`
	// Host is the API's name, for ingress and gateway.
	Host string `json:"host"`
	// IngressClass is empty for the cluster's default.
	IngressClass string `json:"ingressClass"`
	// TLSSecret holds the certificate; default killrvideo-ENVIRONMENT-tls.
	TLSSecret string `json:"tlsSecret"`
	// Annotations go on the Ingress, such as cert-manager.io/cluster-issuer.
	Annotations map[string]string `json:"annotations"`
	// AllowHTTP lets the API answer without TLS.
	AllowHTTP bool `json:"allowHttp"`
	// Gateway, its namespace and listener (default https) for expose gateway.
	Gateway          string `json:"gateway"`
	GatewayNamespace string `json:"gatewayNamespace"`
	GatewayListener  string `json:"gatewayListener"`
	// URL is where the gate asks, if that is not the host.
	URL string `json:"url"`
	// CallersNamespace is the only one that may reach the API's port: that of
	// the ingress controller or gateway, whose X-Forwarded-For is believed.
	// Required for these, unless the service is told which proxies to trust.
	CallersNamespace string `json:"callersNamespace"`
	// MetricsNamespace may reach the port too: that of the Prometheus which reads
	// each pod's /metrics.
	MetricsNamespace string `json:"metricsNamespace"`
	// OpenShift leaves the user ids of the pods to the cluster.
	OpenShift bool `json:"openshift"`
	// Protect refuses to delete the namespace; default true in prod.
	Protect *bool `json:"protect"`
	// Labels are put on everything.
	Labels map[string]string `json:"labels"`

	// ProxiesTrusted tells that the stack itself names the proxies to trust; it
	// is no member of the group.
	ProxiesTrusted bool `json:"-"`
}

var repositoryName = regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$`)

// routed tells that a proxy of the cluster is in front of the service.
func (s *Settings) routed() bool { return s.Expose == "ingress" || s.Expose == "gateway" }

func (s *Settings) fill(environment string) {
	byDefault := func(value *string, otherwise string) {
		if *value == "" {
			*value = otherwise
		}
	}
	byDefault(&s.Namespace, "killrvideo-"+environment)
	byDefault(&s.Expose, "ingress")
	byDefault(&s.TLSSecret, "killrvideo-"+environment+"-tls")
	byDefault(&s.GatewayListener, "https")
	if s.Protect == nil {
		protect := environment == "prod"
		s.Protect = &protect
	}
}

// check finds what a cluster would refuse only after half of the deployment,
// or accept and run otherwise than meant.
func (s *Settings) check(build Build, scale app.Scale) error {
	var p target.Problems
	s.checkNames(&p)
	s.checkExposure(&p)
	s.checkUnread(&p)
	s.checkImage(&p, build)
	if scale.MinInstances < 1 {
		p.Add("minInstances", "1", "a Deployment cannot scale to %d; Kubernetes keeps one pod at least", scale.MinInstances)
	}
	if cores, err := strconv.ParseFloat(scale.CPU, 64); err != nil || cores < 0.05 {
		p.Add("cpu", "0.25", "%q processors are too few for the API to start in time; 0.05 is the least", scale.CPU)
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(scale.Memory, "Mi")); err == nil && n < 128 {
		p.Add("memory", "512Mi", "%q is too little for the API, whose password hashing alone takes 64 Mi", scale.Memory)
	}
	return p.OrNil()
}

func (s *Settings) checkNames(p *target.Problems) {
	one := func(key, value, example string, rule func(string) []string) {
		if value == "" {
			return
		}
		if wrong := rule(value); len(wrong) > 0 {
			p.Add("kubernetes."+key, example, "%q: %s", value, wrong[0])
		}
	}
	one("namespace", s.Namespace, "killrvideo-dev", validation.IsDNS1123Label)
	one("host", s.Host, "api.example.org", validation.IsDNS1123Subdomain)
	one("ingressClass", s.IngressClass, "nginx", validation.IsDNS1123Subdomain)
	one("tlsSecret", s.TLSSecret, "killrvideo-tls", validation.IsDNS1123Subdomain)
	one("gateway", s.Gateway, "public", validation.IsDNS1123Subdomain)
	one("gatewayNamespace", s.GatewayNamespace, "gateways", validation.IsDNS1123Label)
	one("gatewayListener", s.GatewayListener, "https", validation.IsDNS1123Subdomain)
	one("metricsNamespace", s.MetricsNamespace, "monitoring", validation.IsDNS1123Label)
	one("callersNamespace", s.CallersNamespace, "ingress-nginx", validation.IsDNS1123Label)
	if slices.Contains([]string{"default", "kube-system", "kube-public", "kube-node-lease"}, s.Namespace) {
		p.Add("kubernetes.namespace", "killrvideo-dev", "%q is the cluster's own", s.Namespace)
	}
	for _, key := range keysOf(s.Annotations) {
		one("annotations", key, `{"cert-manager.io/cluster-issuer":"letsencrypt"}`, validation.IsQualifiedName)
		if strings.HasSuffix(key, "-snippet") {
			p.Add("kubernetes.annotations", `{"cert-manager.io/cluster-issuer":"letsencrypt"}`, "%q runs what it says inside the ingress controller (CVE-2021-25742)", key)
		}
	}
	for _, key := range keysOf(s.Labels) {
		one("labels", key, `{"team":"video"}`, validation.IsQualifiedName)
		one("labels", s.Labels[key], `{"team":"video"}`, validation.IsValidLabelValue)
		if key == "environment" || strings.HasPrefix(key, "app.kubernetes.io/") || strings.HasPrefix(key, "pod-security.kubernetes.io/") {
			p.Add("kubernetes.labels", `{"team":"video"}`, "the label %q is set already", key)
		}
	}
}

// checkExposure asks for all that a way in needs, and for TLS unless plain
// HTTP is allowed in so many words.
func (s *Settings) checkExposure(p *target.Problems) {
	routed := s.routed()
	switch {
	case !routed && s.Expose != "loadbalancer" && s.Expose != "none":
		p.Add("kubernetes.expose", "ingress", "%q is none of ingress, gateway, loadbalancer, none", s.Expose)
	case routed && s.Host == "":
		p.Add("kubernetes.host", "api.example.org", "is not set; expose %s routes by it", s.Expose)
	case s.Expose == "loadbalancer" && !s.AllowHTTP:
		p.Add("kubernetes.allowHttp", "true", "is false, but expose loadbalancer answers without TLS")
	case s.Expose == "none" && s.URL == "":
		p.Add("kubernetes.url", "http://127.0.0.1:8000", "is not set; with expose none the proof needs to know where to ask")
	}
	if routed && s.CallersNamespace == "" && !s.ProxiesTrusted {
		p.Add("kubernetes.callersNamespace", "ingress-nginx", "is not set; it is the namespace of the proxy in front, and only its pods may say who the "+
			"client is. For a proxy outside the cluster set service.trustedProxies to its networks instead")
	}
	if s.Expose == "gateway" && s.Gateway == "" {
		p.Add("kubernetes.gateway", "public", "is not set; expose gateway hangs a route on it")
	}
	if s.Expose == "gateway" && s.GatewayNamespace == "" {
		p.Add("kubernetes.gatewayNamespace", "gateways", "is not set; it is where the gateway of expose gateway is")
	}
	if s.URL != "" {
		u, err := url.Parse(s.URL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(s.URL, "/") {
			p.Add("kubernetes.url", "https://api.example.org", "%q is no address without a slash at its end", s.URL)
		}
	}
}

// checkUnread refuses what another way in would read, or what would close this
// one: somebody expects it to do something.
func (s *Settings) checkUnread(p *target.Problems) {
	set := func(key string, is bool, by string) {
		if is && s.Expose != by {
			p.AddUnread("kubernetes."+key, "is for expose %s only, and expose is %s", by, s.Expose)
		}
	}
	set("gateway", s.Gateway != "", "gateway")
	set("gatewayNamespace", s.GatewayNamespace != "", "gateway")
	set("ingressClass", s.IngressClass != "", "ingress")
	set("annotations", len(s.Annotations) > 0, "ingress")
	if s.MetricsNamespace != "" && s.CallersNamespace == "" {
		p.AddUnread("kubernetes.metricsNamespace", "is let in beside kubernetes.callersNamespace, without which every namespace is")
	}
	if s.Expose == "loadbalancer" && s.CallersNamespace != "" {
		p.AddUnread("kubernetes.callersNamespace", "keeps out all but pods of %q, and what comes by a load balancer is from outside the cluster", s.CallersNamespace)
	}
}

func (s *Settings) checkImage(p *target.Problems, build Build) {
	switch {
	case build.Image == "" && s.Repository == "":
		p.Add("kubernetes.repository", "ghcr.io/you/killrvideo", "is not set, and neither is image; a built image must be pushed somewhere")
	case s.Repository != "" && !repositoryName.MatchString(s.Repository):
		p.Add("kubernetes.repository", "ghcr.io/you/killrvideo", "%q is no repository of the form REGISTRY/NAME without a tag", s.Repository)
	}
	if s.DockerConfig == "" {
		return
	}
	if !build.Secret {
		p.AddSecret("kubernetes.dockerConfig", "config.json", "stands in clear in the stack's file; take it out and set it as a secret")
	}
	var config struct {
		Auths map[string]json.RawMessage `json:"auths"`
	}
	if err := json.Unmarshal([]byte(s.DockerConfig), &config); err != nil || len(config.Auths) == 0 {
		p.AddSecret("kubernetes.dockerConfig", "config.json", "is no Docker config.json with auths")
	}
}

func keysOf(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
