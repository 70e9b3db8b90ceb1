package kubernetes

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// store is the arguments of the second service.
func store() ServiceArgs {
	return ServiceArgs{App: platformtest.Store(), Host: "store.example.org", CallersNamespace: "ingress-nginx"}
}

func plannedStore(t *testing.T, args ServiceArgs) *plan.Plan {
	t.Helper()
	return platformtest.Run(t, "test", func(ctx *pulumi.Context) error {
		_, err := NewService(ctx, "store-test", &args)
		return err
	})
}

// TestAnyService: port, command, sidecar, files and a TCP probe.
func TestAnyService(t *testing.T) {
	t.Parallel()
	p := plannedStore(t, store())
	platformtest.Promises(t, p, "test", "infra:kubernetes:Service store-test")
	for name, made := range map[string]*plan.Plan{"store": p} {
		if result := restricted(t, deploymentOf(t, made)); !result.Allowed {
			t.Errorf("%s is refused: %s", name, result.ForbiddenDetail())
		}
	}
	pod := platformtest.At(find(t, p, "Deployment")[0].Inputs, "spec.template.spec")
	for path, want := range map[string]any{
		"containers.0.name": "app", "containers.0.ports.0.containerPort": 3000., "containers.0.command.0": "node",
		"containers.0.args.0":                        "server.js",
		"containers.0.readinessProbe.tcpSocket.port": "http", "containers.0.startupProbe.tcpSocket.port": "http",
		"containers.0.livenessProbe":                          nil,
		"containers.0.securityContext.readOnlyRootFilesystem": false,
		"containers.0.volumeMounts.0.mountPath":               "/etc/store/tls", "volumes.0.secret.items.0.path": "key.pem",
		"volumes.0.secret.secretName": "${store-files-test.metadata.name}",
		"containers.1.name":           "proxy", "containers.1.args.0": "--quiet", "containers.1.env.0.value": "warn",
		"containers.1.env.1.valueFrom.secretKeyRef.key": "API_KEY",
	} {
		if got := platformtest.At(pod, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if text := platformtest.Printed(t, p); strings.Contains(text, "shop") || !strings.Contains(text, `PORT: "3000"`) {
		t.Errorf("the plan of a store names another service:\n%s", text)
	}
}

// TestProbesByCommand, and with a pace of their own.
func TestProbesByCommand(t *testing.T) {
	t.Parallel()
	args := store()
	args.App.Probes = app.Probes{
		Readiness:      app.Probe{Command: []string{"check", "-v"}, PeriodSeconds: 7, TimeoutSeconds: 2, Failures: 4},
		Liveness:       app.Probe{HTTPPath: "/alive"},
		StartupSeconds: 60,
	}
	container := platformtest.At(find(t, plannedStore(t, args), "Deployment")[0].Inputs, "spec.template.spec.containers.0")
	for path, want := range map[string]any{
		"readinessProbe.exec.command.1": "-v", "readinessProbe.periodSeconds": 7., "readinessProbe.timeoutSeconds": 2.,
		"readinessProbe.failureThreshold": 4.,
		"livenessProbe.httpGet.path":      "/alive", "startupProbe.httpGet.path": "/alive", "startupProbe.failureThreshold": 20.,
	} {
		if got := platformtest.At(container, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func TestWhatDoesNothingIsRefused(t *testing.T) {
	t.Parallel()
	for key, change := range map[string]func(*ServiceArgs){
		"app.schedules":     func(args *ServiceArgs) { args.App.Schedules = platformtest.Schedules() },
		"concurrency":       func(args *ServiceArgs) { args.App.Scale.Concurrency = 80 },
		"requestsPerMinute": func(args *ServiceArgs) { args.App.Scale.RequestsPerMinute = 100 },
		"kubernetes.namespace": func(args *ServiceArgs) {
			args.Namespace, args.NewNamespace = pulumi.String("shared"), "store"
		},
		"kubernetes.repository": func(args *ServiceArgs) { args.App.Image, args.App.Build = nil, &app.Build{Context: "."} },
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			args := store()
			change(&args)
			platformtest.Refused(t, args.Validate(), key)
		})
	}
}

// TestOwnResources: a namespace that is there is neither made nor closed to
// others in it, and an account that is there is used.
func TestOwnResources(t *testing.T) {
	t.Parallel()
	args := store()
	args.Namespace, args.ServiceAccount = pulumi.String("shared"), pulumi.String("cloud-identity")
	p := plannedStore(t, args)
	for _, r := range p.Resources {
		if kind := r.Inputs["kind"]; kind == "Namespace" || kind == "ServiceAccount" {
			t.Errorf("%s is made", r.Label())
		}
		if r.Inputs["kind"] != nil && at(r.Inputs, "metadata", "namespace") != "shared" {
			t.Errorf("%s is in namespace %v", r.Label(), at(r.Inputs, "metadata", "namespace"))
		}
	}
	policies := find(t, p, "NetworkPolicy")
	if len(policies) != 1 || at(policies[0].Inputs, "spec", "podSelector", "matchLabels", "app.kubernetes.io/name") != "store" {
		t.Errorf("the policies of the namespace are %v", policies)
	}
	if got := at(find(t, p, "Deployment")[0].Inputs, "spec", "template", "spec", "serviceAccountName"); got != "cloud-identity" {
		t.Errorf("the pods run as %v", got)
	}
}
