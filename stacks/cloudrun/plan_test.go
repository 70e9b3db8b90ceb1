package main

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestGoldenPlans(t *testing.T) { plantest.Golden(t, "cloudrun", build, "dev", "prod", "full") }

// TestTheCommittedProductionStackHasAPlan is make plan STACK=prod.
func TestTheCommittedProductionStackHasAPlan(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	got := plantest.Plan(t, plantest.Checkout(t), "prod", "cloudrun", build)
	if !strings.Contains(got, "gcp:cloudrunv2/service:Service killrvideo-api-prod") {
		t.Errorf("no service is in it:\n%s", got)
	}
}

// TestPolicyOfOtherSettings holds what the reviewed plans do not make to the
// rules too.
func TestPolicyOfOtherSettings(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	for name, c := range map[string]plantest.Case{
		"inside only": {General: "gate: \"off\"\ngateReason: it is reached from the network alone", Group: "{ingress: internal}"},
		"eight processors": {General: "cpu: 8\nmemory: 32Gi\ngate: \"off\"\ngateReason: a trial",
			Group: "{alwaysCpu: true, requestTimeoutSeconds: 3600}"},
	} {
		t.Run(name, func(t *testing.T) {
			plantest.Policy(t, plantest.Write(t, "cloudrun", c), "dev", "cloudrun", build)
		})
	}
}

func TestMetricsTakeAToken(t *testing.T) { plantest.Metrics(t, "cloudrun", "{public: true}", build) }

// TestSweepsAreScheduled where the service's own background jobs may not run, and
// nowhere else. The token is in no plan.
func TestSweepsAreScheduled(t *testing.T) {
	t.Setenv("KILLRVIDEO_ROOT", plantest.Checkout(t))
	const closed = "\ngate: \"off\"\ngateReason: it is private"
	for name, c := range map[string]struct {
		plantest.Case
		scheduled, identified bool
	}{
		"kept warm":                 {plantest.Case{General: "minInstances: 1", Group: "{public: true}"}, false, false},
		"kept warm, throttled":      {plantest.Case{General: "minInstances: 1", Group: "{public: true, alwaysCpu: false}"}, true, false},
		"scaled to zero":            {plantest.Case{General: "minInstances: 0", Group: "{public: true}"}, true, false},
		"scaled to zero, processor": {plantest.Case{General: "minInstances: 0", Group: "{public: true, alwaysCpu: true}"}, true, false},
		"scaled to zero, private":   {plantest.Case{General: "minInstances: 0" + closed, Group: "{public: false}"}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			root := plantest.Write(t, "cloudrun", c.Case)
			text := plantest.Plan(t, root, "dev", "cloudrun", build)
			for part, want := range map[string]bool{
				"gcp:cloudscheduler/job:Job killrvideo-sweep-dev": c.scheduled, "astradb:index:Random sweep-dev": c.scheduled,
				"name: SWEEP_TOKEN": c.scheduled, "X-Sweep-Token: '[secret]'": c.scheduled, "cloudscheduler.googleapis.com": c.scheduled,
				"oidcToken:": c.identified, "allUsers": !c.identified,
			} {
				if strings.Contains(text, part) != want {
					t.Errorf("%q is in the plan: %v", part, !want)
				}
			}
			plantest.Policy(t, root, "dev", "cloudrun", build)
		})
	}
}

// TestTrustedProxies: only Google's own proxy may say who the client is.
func TestTrustedProxies(t *testing.T) {
	plantest.Proxies(t, "cloudrun", build, map[string]plantest.Case{"cloudrun": {Group: "{public: true}"}})
}
