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

func place() enginetest.Place {
	const image = "registry.example.org/team/killrvideo@sha256:"
	return enginetest.Place{
		Target: "kubernetes", Build: build, Cloud: standin.Cluster(),
		Group: func(url string) map[string]any {
			return map[string]any{"context": "laptop", "expose": "none", "url": url, "repository": "registry.example.org/team/killrvideo"}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Reason:  "another revision has the traffic",
		Version: "kubernetes:core/v1:Secret",
		First: []string{
			"kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount", "kubernetes:core/v1:ConfigMap",
			"kubernetes:networking.k8s.io/v1:NetworkPolicy",
		},
	}
}
