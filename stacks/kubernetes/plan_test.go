package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "kubernetes", build, "dev", "prod", "full") }

// TestPolicyOfEveryWayIn holds what the reviewed plans do not make to the rules
// too.
func TestPolicyOfEveryWayIn(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for name, group := range map[string]string{
		"a load balancer":    "{expose: loadbalancer, allowHttp: true}",
		"a gateway":          "{expose: gateway, gateway: public, gatewayNamespace: gateways}",
		"none":               "{expose: none, url: 'http://127.0.0.1:8000'}",
		"a private registry": "{dockerConfig: {secure: made up}, callersNamespace: ingress-nginx}",
	} {
		t.Run(name, func(t *testing.T) {
			root := plantest.Write(t, "kubernetes", plantest.Case{Group: group})
			plantest.Policy(t, root, "dev", "kubernetes", build)
		})
	}
}

func TestMetricsTakeAToken(t *testing.T) { plantest.Metrics(t, "kubernetes", "", build) }

// TestTrustedProxies: only what is in front of the pods may say who the client
// is, and the stack's own setting wins.
func TestTrustedProxies(t *testing.T) {
	plantest.Proxies(t, "kubernetes", build, map[string]plantest.Case{
		"kubernetes":              {},
		"kubernetes-loadbalancer": {Group: "{expose: loadbalancer, allowHttp: true}"},
		"kubernetes-none":         {Group: "{expose: none, url: 'http://127.0.0.1:8000'}"},
		"cloudrun":                {General: "service: {trustedProxies: 169.254.0.0/16}"},
	})
}
