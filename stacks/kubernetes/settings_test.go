package main

import (
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes"
	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestBadSettingsAreRefusedInAPlan: before a cluster is asked for anything.
func TestBadSettingsAreRefusedInAPlan(t *testing.T) {
	cases := slices.Concat(plantest.General(), group(), exposure())
	plantest.Refused(t, "kubernetes", build, cases)
	plantest.Complete(t, "kubernetes", build, kubernetes.Settings{}, cases, map[string]string{
		"target": "it chooses this test; stacks refuses others", "kubernetes.kubeconfig": "a path on the machine that deploys",
		"kubernetes.context": "a name in that file",
	})
}

func group() []plantest.Case {
	return []plantest.Case{
		{Name: "no pod", General: "minInstances: 0", Keys: []string{"minInstances"}},
		{Name: "a hundredth of a processor", General: "cpu: \"0.01\"", Keys: []string{"cpu"}},
		{Name: "a namespace in capitals", Group: "{namespace: KillrVideo}", Keys: []string{"kubernetes.namespace"}},
		{Name: "the cluster's own namespace", Group: "{namespace: kube-system}", Keys: []string{"kubernetes.namespace"}},
		{Name: "a repository with a tag", Group: "{repository: 'ghcr.io/you/api:v1'}", Keys: []string{"kubernetes.repository"}},
		{Name: "nowhere to push", Group: "{repository: ''}", Keys: []string{"kubernetes.repository"}},
		{Name: "a class with a space", Group: "{ingressClass: my class}", Keys: []string{"kubernetes.ingressClass"}},
		{Name: "a certificate's name", Group: "{tlsSecret: My_Cert}", Keys: []string{"kubernetes.tlsSecret"}},
		{Name: "a label's key", Group: "{labels: {'my team': x}}", Keys: []string{"kubernetes.labels"}},
		{Name: "a label's value", Group: "{labels: {team: 'a b'}}", Keys: []string{"kubernetes.labels"}},
		{Name: "a label of ours", Group: "{labels: {app.kubernetes.io/name: x}}", Keys: []string{"kubernetes.labels"}},
		{Name: "a label of the wall", Group: "{labels: {pod-security.kubernetes.io/enforce: privileged}}", Keys: []string{"kubernetes.labels"}},
		{Name: "a snippet of nginx", Group: "{annotations: {nginx.ingress.kubernetes.io/server-snippet: 'return 200;'}}",
			Keys: []string{"kubernetes.annotations"}},
		{Name: "an annotation's key", Group: "{annotations: {'a b': x}}", Keys: []string{"kubernetes.annotations"}},
		{Name: "callers from a name with dots", Group: "{callersNamespace: a.b}", Keys: []string{"kubernetes.callersNamespace"}},
		{Name: "metrics for a name with dots", Group: "{metricsNamespace: a.b}", Keys: []string{"kubernetes.metricsNamespace"}},
		{Name: "a login in plaintext", Group: `{dockerConfig: '{"auths":{"ghcr.io":{"auth":"` + plantest.Canary + `"}}}'}`,
			Keys: []string{"kubernetes.dockerConfig"}},
		{Name: "no group", Group: "production",
			Keys: []string{"kubernetes", "kubernetes.callersNamespace", "kubernetes.host", "kubernetes.repository"}},
		{Name: "wrong types", Group: "{labels: [a], annotations: b, allowHttp: 'no', protect: 3, context: 7}",
			Keys: []string{"kubernetes.allowHttp", "kubernetes.annotations", "kubernetes.context", "kubernetes.labels", "kubernetes.protect"}},
		{Name: "members that are none", Group: "{hots: api.example.org, tls: true}", Keys: []string{"kubernetes.hots", "kubernetes.tls"}},
		{Name: "all at once", General: "cpu: banana\nlogLevel: LOUD\nimages: x", Group: "{namespace: A, url: x, tls: true, protect: maybe}",
			Keys: []string{"cpu", "images", "kubernetes.namespace", "kubernetes.protect", "kubernetes.tls", "kubernetes.url", "logLevel"}},
	}
}

// exposure are ways in that lead nowhere, or without TLS unasked.
func exposure() []plantest.Case {
	return []plantest.Case{
		{Name: "an unknown way in", Group: "{expose: nodeport}", Keys: []string{"kubernetes.expose"}},
		{Name: "plain HTTP unasked", Group: "{expose: loadbalancer}", Keys: []string{"kubernetes.allowHttp"}},
		{Name: "no way in and no address", Group: "{expose: none}", Keys: []string{"kubernetes.url"}},
		{Name: "a route on nothing", Group: "{expose: gateway}", Keys: []string{"kubernetes.gateway", "kubernetes.gatewayNamespace"}},
		{Name: "names that are none", Group: "{expose: gateway, gateway: A, gatewayNamespace: b.c, gatewayListener: 'd e'}",
			Keys: []string{"kubernetes.gateway", "kubernetes.gatewayListener", "kubernetes.gatewayNamespace"}},
		{Name: "a redirect to itself",
			Group: "{expose: gateway, gateway: public, gatewayNamespace: gateways, gatewayListener: http, gatewayHttpListener: http}",
			Keys:  []string{"kubernetes.gatewayHttpListener"}},
		{Name: "a gateway beside an ingress", Group: "{gateway: public, gatewayNamespace: gateways}",
			Keys: []string{"kubernetes.gateway", "kubernetes.gatewayNamespace"}},
		{Name: "an ingress that is none", Group: "{expose: loadbalancer, allowHttp: true, ingressClass: nginx, annotations: {a: b}}",
			Keys: []string{"kubernetes.annotations", "kubernetes.ingressClass"}},
		{Name: "no class of gateways", Group: "{expose: gateway, gateway: public, gatewayNamespace: gateways, certificateIssuer: letsencrypt}",
			Keys: []string{"kubernetes.gatewayClass"}},
		{Name: "a class for an ingress", Group: "{gatewayClass: envoy}", Keys: []string{"kubernetes.gatewayClass"}},
		{Name: "a class in capitals", Group: "{expose: gateway, gatewayClass: Envoy, gatewayNamespace: gateways}",
			Keys: []string{"kubernetes.gatewayClass"}},
		{Name: "an issuer with a space", Group: "{certificateIssuer: 'Issuer/my issuer'}", Keys: []string{"kubernetes.certificateIssuer"}},
		{Name: "a certificate without TLS", Group: "{certificateIssuer: letsencrypt, allowHttp: true}",
			Keys: []string{"kubernetes.certificateIssuer"}},
		{Name: "a record of nothing", Group: "{expose: none, url: 'http://127.0.0.1:8000', externalDns: true}",
			Keys: []string{"kubernetes.externalDns"}},
		{Name: "a record without a name", Group: "{expose: loadbalancer, allowHttp: true, externalDns: true, host: ''}",
			Keys: []string{"kubernetes.host"}},
		{Name: "what a cluster decides",
			General: "kmsKey: made\nlogRetentionDays: 30\nretainedImages: 30\nsecretVersionDays: 30\negressAddresses: made\n" +
				"accessList: 192.0.2.0/24",
			Keys: []string{"egressAddresses", "kmsKey", "logRetentionDays", "retainedImages", "secretVersionDays"}},
		{Name: "addresses for no list", General: "egressAddresses: 192.0.2.7", Keys: []string{"egressAddresses"}},
		{Name: "no proxy named", Group: "{callersNamespace: ''}", Keys: []string{"kubernetes.callersNamespace"}},
		{Name: "no host", Group: "{host: ''}", Keys: []string{"kubernetes.host"}},
		{Name: "a URL for a host", Group: "{host: 'https://api.example.org'}", Keys: []string{"kubernetes.host"}},
		{Name: "an address without a scheme", Group: "{url: api.example.org}", Keys: []string{"kubernetes.url"}},
		{Name: "an address with a slash", Group: "{url: 'https://api.example.org/'}", Keys: []string{"kubernetes.url"}},
	}
}
