package kubernetes

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// Settings are ServiceArgs as a group of a stack's settings, and which cluster.
// The defaults are those of ServiceArgs: the API is reached by HTTPS or not at
// all.
type Settings struct {
	// Context is that of the kubeconfig; empty means the current one.
	Context string `json:"context"`
	// Kubeconfig is a path; empty means KUBECONFIG or the usual place.
	Kubeconfig string `json:"kubeconfig"`
	// Namespace is made for this stack alone; default APP-ENVIRONMENT.
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
	// TLSSecret holds the certificate; default APP-ENVIRONMENT-tls.
	TLSSecret string `json:"tlsSecret"`
	// CertificateIssuer is a ClusterIssuer of cert-manager, or Issuer/NAME.
	CertificateIssuer string `json:"certificateIssuer"`
	// ExternalDNS asks external-dns for the record of the host.
	ExternalDNS bool `json:"externalDns"`
	// Annotations go on the Ingress, or on the Gateway that is made.
	Annotations map[string]string `json:"annotations"`
	// AllowHTTP lets the API answer without TLS.
	AllowHTTP bool `json:"allowHttp"`
	// Gateway, its namespace and listener (default https) for expose gateway.
	Gateway          string `json:"gateway"`
	GatewayNamespace string `json:"gatewayNamespace"`
	GatewayListener  string `json:"gatewayListener"`
	// GatewayHTTPListener redirects plain HTTP; default http, none for no such
	// listener.
	GatewayHTTPListener string `json:"gatewayHttpListener"`
	// GatewayClass makes the Gateway.
	GatewayClass string `json:"gatewayClass"`
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
	// Protect refuses to delete the namespace; default true.
	Protect *bool `json:"protect"`
	// Labels are put on everything.
	Labels map[string]string `json:"labels"`

	// Production are general settings, no members of the group.
	Production platform.Production `json:"-"`
	// ProxiesTrusted tells that the stack itself names the proxies to trust, and
	// Encrypted that the group is a secret; they are no members of the group.
	ProxiesTrusted bool `json:"-"`
	Encrypted      bool `json:"-"`
}

// args are the inputs of the service.
func (s Settings) args(a app.App) ServiceArgs {
	args := ServiceArgs{
		App: a, NewNamespace: s.Namespace, Expose: s.Expose, Host: s.Host, IngressClass: s.IngressClass, TLSSecret: s.TLSSecret,
		CertificateIssuer: s.CertificateIssuer, ExternalDNS: s.ExternalDNS, Annotations: s.Annotations, AllowHTTP: s.AllowHTTP,
		Gateway: s.Gateway, GatewayNamespace: s.GatewayNamespace, GatewayListener: s.GatewayListener, GatewayClass: s.GatewayClass,
		URL: s.URL, CallersNamespace: s.CallersNamespace, MetricsNamespace: s.MetricsNamespace,
		GatewayHTTPListener: s.GatewayHTTPListener, ProxiesTrusted: s.ProxiesTrusted, OpenShift: s.OpenShift,
		Protect: s.Protect, Labels: s.Labels, Repository: app.Optional(s.Repository),
		Access: &Access{Kubeconfig: s.Kubeconfig, Context: s.Context},
	}
	if s.DockerConfig != "" {
		args.DockerConfig = pulumi.ToSecret(pulumi.String(s.DockerConfig)).(pulumi.StringOutput)
	}
	return args
}

// checkLogin refuses a registry's login that is not one, or not a secret.
func (s Settings) checkLogin(p *platform.Problems) {
	if s.DockerConfig == "" {
		return
	}
	if !s.Encrypted {
		p.AddSecret("kubernetes.dockerConfig", "config.json", "is stored in plaintext in the stack's file; take it out and set it as a secret")
	}
	var config struct {
		Auths map[string]json.RawMessage `json:"auths"`
	}
	if err := json.Unmarshal([]byte(s.DockerConfig), &config); err != nil || len(config.Auths) == 0 {
		p.AddSecret("kubernetes.dockerConfig", "config.json", "must be a Docker config.json with auths")
	}
}
