package main

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// planned is what up would make, without an account.
func planned(image string) (*plan.Plan, error) {
	return plan.Run(program, plan.Stack{Project: "hello", Name: "dev", Config: map[string]string{
		"gcp:project": "my-project-123", "gcp:region": "europe-west1", "hello:image": image,
	}})
}

func TestPlan(t *testing.T) {
	made, err := planned("us-docker.pkg.dev/cloudrun/container/hello@sha256:" + strings.Repeat("0", 64))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := made.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"gcp:cloudrunv2/service:Service hello-app-dev", "member: allUsers", "astradb:index:Gate"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the plan has no %q:\n%s", want, text.String())
		}
	}
}

func TestAnImageWithoutADigestIsRefused(t *testing.T) {
	if _, err := planned("us-docker.pkg.dev/cloudrun/container/hello:latest"); err == nil || !strings.Contains(err.Error(), "digest") {
		t.Errorf("got %v, want an error that asks for a digest", err)
	}
}
