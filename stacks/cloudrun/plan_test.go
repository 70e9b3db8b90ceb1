package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "cloudrun", build, "dev", "prod") }

// TestTheCommittedProductionStackHasAPlan is make plan STACK=prod.
func TestTheCommittedProductionStackHasAPlan(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	got := plantest.Plan(t, plantest.Checkout(t), "prod", "cloudrun", build)
	if !strings.Contains(got, "gcp:cloudrunv2/service:Service killrvideo-api-prod") {
		t.Errorf("no service is in it:\n%s", got)
	}
}

// TestPolicy holds both plans to the rules; what the ledger excepts is
// public access, where the stack asks for it.
func TestPolicy(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for _, environment := range []string{"dev", "prod"} {
		root := filepath.Join(plantest.Checkout(t), "stacks", "testdata", "cloudrun-"+environment)
		plantest.Policy(t, root, environment, "cloudrun", build, "CKV_GCP_102")
	}
}

// TestAccess holds every right in the plans to the reviewed table.
func TestAccess(t *testing.T) { plantest.Access(t, "cloudrun", build, "dev", "prod") }

// TestPolicyOfOtherSettings holds what the reviewed plans do not make to the
// rules too.
func TestPolicyOfOtherSettings(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for name, c := range map[string]plantest.Case{
		"inside only":      {General: "gate: \"off\"\ngateReason: it is reached from the network alone", Group: "{ingress: internal}"},
		"eight processors": {General: "cpu: 8\nmemory: 32Gi\ngate: \"off\"\ngateReason: a trial", Group: "{alwaysCpu: true, requestTimeoutSeconds: 3600}"},
	} {
		t.Run(name, func(t *testing.T) {
			plantest.Policy(t, plantest.Write(t, "cloudrun", c), "dev", "cloudrun", build)
		})
	}
}
