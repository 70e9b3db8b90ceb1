package main

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func TestPlan(t *testing.T) {
	const secret = "AstraCS:generated-for-this-test"
	made, err := plan.Run(program, plan.Stack{
		Project: "astra-only", Name: "dev",
		Config:  map[string]string{"astra-only:deployToken": secret},
		Secrets: []string{"astra-only:deployToken"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := made.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"Database", "Keyspace", "Schema", "Role", "Token"} {
		if !strings.Contains(text.String(), "astradb:index:"+kind+" notes\n") {
			t.Errorf("the plan has no %s:\n%s", kind, text.String())
		}
	}
	if strings.Contains(text.String(), secret) {
		t.Error("the plan shows the deploy token")
	}
}
