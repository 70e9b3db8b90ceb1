package main

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "kubernetes", build, "dev", "prod") }

// TestPolicy holds both plans to the rules; what the ledger excepts is
// that secrets are variables and no files.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for _, environment := range []string{"dev", "prod"} {
		root := filepath.Join(plantest.Checkout(t), "stacks", "testdata", "kubernetes-"+environment)
		plantest.Policy(t, root, environment, "kubernetes", build, "CKV_K8S_35")
	}
}

// TestAccess holds every right in the plans to the reviewed table.
func TestAccess(t *testing.T) { plantest.Access(t, "kubernetes", build, "dev", "prod") }

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
			plantest.Policy(t, root, "dev", "kubernetes", build, "CKV_K8S_35")
		})
	}
}
