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

// TestCrashing deploys pods that do not start.
func TestCrashing(t *testing.T) { enginetest.Crashing(t, place(), "CrashLoopBackOff") }

// TestRefused has settings that nobody knows, and values of other types.
func TestRefused(t *testing.T) {
	enginetest.Refused(t, place(), map[string]any{"contxt": "x", "expose": 3},
		"kubernetes.contxt: is no setting of the group kubernetes; did you mean context?", "kubernetes.expose: is not a text", "kubernetes.host: is not set",
		"kubernetes.callersNamespace: is not set")
}

func place() enginetest.Place {
	const image = "registry.example.org/team/killrvideo@sha256:"
	return enginetest.Place{
		Target: "kubernetes", Build: build, Cloud: standin.Cluster(),
		Group: func(url string) map[string]any {
			return map[string]any{"context": "laptop", "expose": "none", "url": url, "repository": "registry.example.org/team/killrvideo"}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Reason:  "another revision has the traffic",
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
