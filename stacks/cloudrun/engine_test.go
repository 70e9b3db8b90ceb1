package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// TestLife deploys, changes, rotates, fails, recovers and destroys with the
// real engine.
func TestLife(t *testing.T) { enginetest.Life(t, place()) }

// TestBuilt does not say which image to deploy.
func TestBuilt(t *testing.T) { enginetest.Built(t, place()) }

// TestRefused has settings that nobody knows, and values of other types.
func TestRefused(t *testing.T) {
	enginetest.Refused(t, place(), map[string]any{"projct": "x", "public": "perhaps", "labels": 3},
		"cloudrun.projct: is no setting of the group cloudrun; did you mean project?", "cloudrun.public: is not true or false", "cloudrun.labels: is not ")
}

func place() enginetest.Place {
	const image = "europe-west1-docker.pkg.dev/example/killrvideo/killrvideo@sha256:"
	return enginetest.Place{
		Target: "cloudrun", Build: build, Cloud: standin.Google(),
		Group: func(string) map[string]any {
			return map[string]any{"project": "example-project", "region": "europe-west1", "public": true, "permissionSeconds": 1}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Repository: "gcp:artifactregistry/repository:Repository",
		Reason:     "but the newest one that is ready is",
		Version:    "gcp:secretmanager/secretVersion:SecretVersion", Removes: "disable",
		First: []string{"gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:projects/service:Service", "gcp:serviceaccount/account:Account"},
	}
}

// TestDrain rotates under an old instance that still answers.
func TestDrain(t *testing.T) { enginetest.Drain(t, place()) }

// TestProtectedDestroy destroys a production stack without make.
func TestProtectedDestroy(t *testing.T) { enginetest.Protected(t, place()) }

// TestCrashing deploys a revision that does not get ready.
func TestCrashing(t *testing.T) { enginetest.Crashing(t, place(), "is not ready") }

// TestRefreshed refreshes after such a one.
func TestRefreshed(t *testing.T) { enginetest.Refreshed(t, place()) }

// TestPinned pins the traffic by hand.
func TestPinned(t *testing.T) { enginetest.Pinned(t, place()) }
