package main

import (
	"context"
	"io"
	"testing"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/cloudrun"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// TestLife deploys, changes, rotates, fails, recovers and destroys with the
// real engine. The service is throttled, so that it has a job of Cloud Scheduler.
func TestLife(t *testing.T) {
	throttled := place()
	throttled.Group = func(url string) map[string]any {
		group := place().Group(url)
		group["alwaysCpu"] = false
		return group
	}
	enginetest.Life(t, throttled)
}

// TestBuilt does not say which image to deploy.
func TestBuilt(t *testing.T) { enginetest.Built(t, place()) }

// TestRefused sets unknown settings, and values of other types.
func TestRefused(t *testing.T) {
	enginetest.Refused(t, place(), map[string]any{"projct": "x", "public": "perhaps", "labels": 3},
		"cloudrun.projct: unknown setting of the group cloudrun; did you mean project?", "cloudrun.public: must be true or "+
			"false", "cloudrun.labels: must be ")
}

func place() enginetest.Place {
	const image = "europe-west1-docker.pkg.dev/example/killrvideo/killrvideo@sha256:"
	return enginetest.Place{
		Target: "cloudrun", Build: build, Store: operate.NewStore, Cloud: standin.Google(),
		Group: func(string) map[string]any {
			return map[string]any{"project": "example-project", "region": "europe-west1", "public": true, "permissionSeconds": 1}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Repository: "gcp:artifactregistry/repository:Repository",
		Reason:     "but the newest one that is ready is", Unproved: enginetest.GoesOn, Instances: 1,
		Former: enginetest.Former{
			Added: []string{"create astradb:index:CloudRunServing", "create astradb:index:CloudRunTraffic",
				"update gcp:cloudrunv2/service:Service", "update astradb:index:Gate"},
			Properties: map[string]any{"traffics": []any{map[string]any{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}}},
		},
		Version: "gcp:secretmanager/secretVersion:SecretVersion", Removes: "disable",
		First: []string{"gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:projects/service:Service",
			"gcp:serviceaccount/account:Account"},
	}
}

// TestDrain rotates under an old instance that still answers.
func TestDrain(t *testing.T) { enginetest.Drain(t, place()) }

// TestProtectedDestroy destroys a production stack without make.
func TestProtectedDestroy(t *testing.T) { enginetest.Protected(t, place()) }

// TestCrashing deploys a revision that does not get ready.
func TestCrashing(t *testing.T) { enginetest.Crashing(t, place(), "is not ready") }

// TestUnproved deploys a ready revision that does not answer.
func TestUnproved(t *testing.T) { enginetest.Unproved(t, place()) }

// TestTrafficInSteps gives a revision its traffic bit by bit.
func TestTrafficInSteps(t *testing.T) { enginetest.TrafficInSteps(t, place()) }

// TestRefreshed refreshes after such a one.
func TestRefreshed(t *testing.T) { enginetest.Refreshed(t, place()) }

// TestDomain gives a new stack a domain.
func TestDomain(t *testing.T) {
	enginetest.Domain(t, place(), "api.example.com", "api CNAME ghs.googlehosted.com.")
}

// TestPinned pins the traffic by hand.
func TestPinned(t *testing.T) { enginetest.Pinned(t, place()) }

// TestFormerNames takes over a state of an earlier version.
func TestFormerNames(t *testing.T) { enginetest.FormerNames(t, place()) }

// TestPolicyRefuses takes the protection of a production stack away.
func TestPolicyRefuses(t *testing.T) { enginetest.PolicyRefuses(t, place()) }

// TestFailures makes each step of a first deployment and of rotations fail.
func TestFailures(t *testing.T) { enginetest.Failures(t, place()) }

// TestMessages is refused by the cloud, and finds another revision serving.
func TestMessages(t *testing.T) { enginetest.Messages(t, place(), command) }

// TestDeletedByHand deletes behind a stack what the next up needs.
func TestDeletedByHand(t *testing.T) {
	enginetest.DeletedByHand(t, place(), command, "gcp:secretmanager/secret:Secret", "gcp:cloudrunv2/service:Service")
}

// TestUnknownRegion is refused before Google is asked.
func TestUnknownRegion(t *testing.T) {
	enginetest.Refuses(t, place(), command, map[string]string{"region": "europe-west99"},
		`cloudrun.region: "europe-west99" is not a known region`)
}

// TestOperate runs the commands of day two, and makes the transcripts of the
// target's page.
func TestOperate(t *testing.T) {
	enginetest.Operate(t, place(), "docs/targets/cloudrun.md", []enginetest.Edit{
		{
			Type: "gcp:secretmanager/secretVersion:SecretVersion", Key: "enabled",
			Change: enginetest.Set(false), Says: "enabled is false",
		},
		{
			Type: "gcp:cloudrunv2/service:Service", Key: "template",
			Change: enginetest.Set(99.0, "scaling", "maxInstanceCount"), Says: "scaling.maxInstanceCount is 99",
		},
	}, command)
}

// command runs a command behind make.
func command(ctx context.Context, build stacks.Builder, out, errs io.Writer, args ...string) error {
	return cli.Run(ctx, "cloudrun", build, on(), cli.Streams{Out: out, Err: errs}, args...)
}
