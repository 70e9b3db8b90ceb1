package kubernetes

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func TestBadSettingsAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64)
	for name, test := range map[string]struct {
		change func(*Settings, *app.Scale)
		key    string
	}{
		"no host":             {func(s *Settings, _ *app.Scale) { s.Host = "" }, "kubernetes.host"},
		"a URL for a host":    {func(s *Settings, _ *app.Scale) { s.Host = "https://api.example.org" }, "kubernetes.host"},
		"an unknown exposure": {func(s *Settings, _ *app.Scale) { s.Expose = "nodeport" }, "kubernetes.expose"},
		"plain HTTP unasked": {func(s *Settings, _ *app.Scale) {
			s.Expose, s.CallersNamespace = "loadbalancer", ""
		}, "kubernetes.allowHttp"},
		"no exposure, no address": {func(s *Settings, _ *app.Scale) { s.Expose = "none" }, "kubernetes.url"},
		"a route to no gateway":   {func(s *Settings, _ *app.Scale) { s.Expose, s.GatewayNamespace = "gateway", "gws" }, "kubernetes.gateway"},
		"a redirect to itself": {func(s *Settings, _ *app.Scale) {
			s.Expose, s.Gateway, s.GatewayNamespace, s.GatewayHTTPListener = "gateway", "public", "gws", "https"
		}, "kubernetes.gatewayHttpListener"},
		"a gateway somewhere":     {func(s *Settings, _ *app.Scale) { s.Expose, s.Gateway = "gateway", "public" }, "kubernetes.gatewayNamespace"},
		"no processor at all":     {func(_ *Settings, s *app.Scale) { s.CPU = "0.0" }, "cpu"},
		"an address that is not":  {func(s *Settings, _ *app.Scale) { s.URL = "api.example.org" }, "kubernetes.url"},
		"a namespace in capitals": {func(s *Settings, _ *app.Scale) { s.Namespace = "Shop" }, "kubernetes.namespace"},
		"the cluster's own":       {func(s *Settings, _ *app.Scale) { s.Namespace = "kube-system" }, "kubernetes.namespace"},
		"nowhere to push":         {func(s *Settings, _ *app.Scale) { s.Repository = "" }, "kubernetes.repository"},
		"a repository with a tag": {func(s *Settings, _ *app.Scale) { s.Repository = "ghcr.io/you/api:v1" }, "kubernetes.repository"},
		"a label with a space":    {func(s *Settings, _ *app.Scale) { s.Labels = map[string]string{"my team": "x"} }, "kubernetes.labels"},
		"a label's long value":    {func(s *Settings, _ *app.Scale) { s.Labels = map[string]string{"t": long} }, "kubernetes.labels"},
		"a label that is set":     {func(s *Settings, _ *app.Scale) { s.Labels = map[string]string{"environment": "x"} }, "kubernetes.labels"},
		"an annotation":           {func(s *Settings, _ *app.Scale) { s.Annotations = map[string]string{"a b": "x"} }, "kubernetes.annotations"},
		"a snippet": {func(s *Settings, _ *app.Scale) {
			s.Annotations = map[string]string{"nginx.ingress.kubernetes.io/server-snippet": "x"}
		}, "kubernetes.annotations"},
		"a gateway unread":     {func(s *Settings, _ *app.Scale) { s.Gateway = "public" }, "kubernetes.gateway"},
		"no login in it":       {func(s *Settings, _ *app.Scale) { s.DockerConfig = "{}" }, "kubernetes.dockerConfig"},
		"a certificate's name": {func(s *Settings, _ *app.Scale) { s.TLSSecret = "My Cert" }, "kubernetes.tlsSecret"},
		"no proxy named":       {func(s *Settings, _ *app.Scale) { s.CallersNamespace = "" }, "kubernetes.callersNamespace"},
		"callers":              {func(s *Settings, _ *app.Scale) { s.CallersNamespace = "a.b" }, "kubernetes.callersNamespace"},
		"callers from outside": {func(s *Settings, _ *app.Scale) {
			s.Expose, s.AllowHTTP, s.CallersNamespace = "loadbalancer", true, "ingress-nginx"
		}, "kubernetes.callersNamespace"},
		"no pods":           {func(_ *Settings, s *app.Scale) { s.MinInstances = 0 }, "minInstances"},
		"too little memory": {func(_ *Settings, s *app.Scale) { s.Memory = "8Mi" }, "memory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, size := settings(), scale()
			test.change(&s, &size)
			_, err := New(platformtest.App("dev", "", size), s, nil)
			platformtest.Refused(t, err, test.key)
		})
	}
}

func TestARegistrysLoginInPlaintextIsRefused(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Encrypted = false
	s.DockerConfig = `{"auths":{"ghcr.io":{"auth":"` + platformtest.Canary + `"}}}`
	_, err := New(platformtest.App("dev", "", scale()), s, nil)
	if err == nil || !strings.Contains(err.Error(), "plaintext") || strings.Contains(err.Error(), platformtest.Canary) {
		t.Errorf("got %v", err)
	}
}

func TestAllProblemsComeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := New(platformtest.App("dev", "", app.Scale{CPU: "1", Memory: "1Mi"}), Settings{Namespace: "A", URL: "x"}, nil)
	for _, key := range []string{
		"kubernetes.host", "kubernetes.namespace", "kubernetes.url", "kubernetes.repository", "minInstances", "memory",
	} {
		if err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("%s is not in: %v", key, err)
		}
	}
}

func TestGoodSettings(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]Settings{
		"load balancer": {Expose: "loadbalancer", AllowHTTP: true, Repository: "localhost:5000/shop"},
		"gateway": {
			Expose: "gateway", Host: "api.example.org", Gateway: "public", GatewayNamespace: "gateways", Repository: "ghcr.io/you/api",
			ProxiesTrusted: true,
		},
		"none": {Expose: "none", URL: "http://127.0.0.1:8000", Repository: "ghcr.io/you/api"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned(t, "dev", "", good)
		})
	}
}
