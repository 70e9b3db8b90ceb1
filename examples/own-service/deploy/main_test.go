package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// A secret that is valid nowhere.
const deployToken = "AstraCS:generated-for-this-test"

// planned is what up would make with these settings, without an account.
func planned(t *testing.T, settings map[string]string) (string, error) {
	t.Helper()
	all := map[string]string{
		name + ":port": "8080", name + ":healthPath": "/health", name + ":keyspace": "notes",
		name + ":astraDatabaseId": "00000000-0000-4000-8000-000000000001", name + ":astraRegion": "us-east1",
		name + ":astraDeployToken": deployToken,
	}
	maps.Copy(all, settings)
	made, err := plan.Run(program, plan.Stack{Project: name, Name: "dev", Config: all, Secrets: []string{name + ":astraDeployToken"}})
	if err != nil {
		return "", err
	}
	var text strings.Builder
	if err := made.Print(&text); err != nil {
		t.Fatal(err)
	}
	return text.String(), nil
}

var targets = map[string]map[string]string{
	"gcp:cloudrunv2/service:Service": {name + ":target": "cloudrun", "gcp:project": "my-project-123", "gcp:region": "europe-west1"},
	"aws:ecs/service:Service": {
		name + ":target": "ecs", "aws:region": "eu-west-1", name + ":domain": "api.example.org", name + ":hostedZone": "Z0123456789ABCDEFGHIJ",
	},
}

func TestPlan(t *testing.T) {
	for kind, settings := range targets {
		text, err := planned(t, settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{kind, "docker-build:index:Image", "astradb:index:Schema", "astradb:index:Token", "astradb:index:Gate"} {
			if !strings.Contains(text, "\n"+want+" ") {
				t.Errorf("the plan has no %s:\n%s", want, text)
			}
		}
		if strings.Contains(text, deployToken) {
			t.Error("the plan shows the deploy token")
		}
	}
}

func TestPlanWithoutADatabase(t *testing.T) {
	for kind, settings := range targets {
		settings = maps.Clone(settings)
		settings[name+":astraDatabaseId"] = ""
		text, err := planned(t, settings)
		if err != nil || !strings.Contains(text, "\n"+kind+" ") || strings.Contains(text, "astradb:index:Token") {
			t.Errorf("%s: %v\n%s", kind, err, text)
		}
	}
}

func TestWrongSettingsAreRefused(t *testing.T) {
	for _, kind := range []string{"gcp:cloudrunv2/service:Service", "aws:ecs/service:Service"} {
		for key, value := range map[string]string{name + ":target": "moon", name + ":image": "ghcr.io/you/it:latest", name + ":port": "70000"} {
			settings := maps.Clone(targets[kind])
			settings[key] = value
			if _, err := planned(t, settings); err == nil {
				t.Errorf("%s: %s = %s is not refused", kind, key, value)
			}
		}
	}
}
