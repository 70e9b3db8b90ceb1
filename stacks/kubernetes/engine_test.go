package main

import (
	"context"
	"io"
	"testing"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/kubernetes"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// TestLife deploys, changes, rotates, fails, recovers and destroys with the
// real engine.
func TestLife(t *testing.T) { enginetest.Life(t, place()) }

// TestBuilt does not say which image to deploy.
func TestBuilt(t *testing.T) { enginetest.Built(t, place()) }

// TestCrashing deploys pods that do not start.
func TestCrashing(t *testing.T) { enginetest.Crashing(t, place(), "CrashLoopBackOff") }

// TestUnproved deploys ready pods that do not answer.
func TestUnproved(t *testing.T) { enginetest.Unproved(t, place()) }

// TestRefused sets unknown settings, and values of other types.
func TestRefused(t *testing.T) {
	enginetest.Refused(t, place(), map[string]any{"contxt": "x", "expose": 3},
		"kubernetes.contxt: unknown setting of the group kubernetes; did you mean context?", "kubernetes.expose: must be a text",
		"kubernetes.host: is not set",
		"kubernetes.callersNamespace: is not set")
}

func place() enginetest.Place {
	const image = "registry.example.org/team/killrvideo@sha256:"
	return enginetest.Place{
		Target: "kubernetes", Build: build, Store: operate.NewStore, Cloud: standin.Cluster(),
		Group: func(url string) map[string]any {
			return map[string]any{"context": "laptop", "expose": "none", "url": url, "repository": "registry.example.org/team/killrvideo"}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Reason: "another revision has the traffic", Unproved: enginetest.ServesAgain,
		Version: "kubernetes:core/v1:Secret", Removes: "delete",
		First: []string{
			"kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount", "kubernetes:core/v1:ConfigMap",
			"kubernetes:networking.k8s.io/v1:NetworkPolicy",
		},
	}
}

// TestDrain rotates under an old instance that still answers.
func TestDrain(t *testing.T) { enginetest.Drain(t, place()) }

// TestProtectedDestroy destroys a production stack without make.
func TestProtectedDestroy(t *testing.T) { enginetest.Protected(t, place()) }

// TestPreviewsAnnounceNoRevision: the name that a preview gives an object is
// another one each time, and must not be shown as a revision to come.
func TestPreviewsAnnounceNoRevision(t *testing.T) { enginetest.Previewed(t, place()) }

// TestFormerNames takes over a state of an earlier version.
func TestFormerNames(t *testing.T) { enginetest.FormerNames(t, place()) }

// TestFailures makes each step of a first deployment and of rotations fail.
func TestFailures(t *testing.T) { enginetest.Failures(t, place()) }

// TestUnderLoad rotates and rolls back under two instances of the real service
// that users read and write through.
func TestUnderLoad(t *testing.T) { enginetest.UnderLoad(t, place()) }

// TestMessages is refused by the cloud, and finds another revision serving.
func TestMessages(t *testing.T) { enginetest.Messages(t, place(), command) }

// TestDeletedByHand deletes behind a stack what the next up needs.
func TestDeletedByHand(t *testing.T) {
	enginetest.DeletedByHand(t, place(), command, "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Namespace")
}

// TestGatewayWithoutItsAPI asks the cluster in a preview whether it knows the
// objects of the Gateway API.
func TestGatewayWithoutItsAPI(t *testing.T) {
	const group = "gateway.networking.k8s.io/v1"
	standin.UseKubectl(t, 33)
	again := enginetest.Refuses(t, place(), command, map[string]string{
		"expose": "gateway", "host": "api.example.org", "gatewayClass": "example", "gatewayNamespace": "gateways",
		"callersNamespace": "gateways",
	}, "kubernetes.expose: the cluster does not know "+group, "the server could not find the requested resource", "kubectl apply -f ")
	standin.UseKubectl(t, 33, group)
	again()
}

// TestOperate runs the commands of day two, and makes the transcripts of the
// target's page.
func TestOperate(t *testing.T) {
	enginetest.Operate(t, place(), "docs/targets/kubernetes.md", []enginetest.Edit{
		{
			Type: "kubernetes:apps/v1:Deployment", Key: "spec",
			Change: enginetest.Set(7.0, "replicas"), Says: "spec.replicas is 7",
		},
		{
			Type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", Key: "spec",
			Change: enginetest.Set(50.0, "maxReplicas"), Says: "spec.maxReplicas is 50",
		},
	}, command)
}

// command runs a command behind make.
func command(ctx context.Context, build stacks.Builder, out, errs io.Writer, args ...string) error {
	return cli.Run(ctx, "kubernetes", build, on(), cli.Streams{Out: out, Err: errs}, args...)
}
