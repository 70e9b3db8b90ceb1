package ecs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func TestTheTaskPinsItsSecretsAndShowsNone(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	text, _ := platformtest.Find(t, p, "aws:ecs/taskDefinition:TaskDefinition")[0].Inputs["containerDefinitions"].(string)
	var containers []container
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&containers); err != nil || len(containers) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	c := containers[0]
	if len(c.Secrets) != 2 || c.Image != given {
		t.Fatalf("got %+v", c)
	}
	for _, s := range c.Secrets {
		if !strings.Contains(s.ValueFrom, ":::${") {
			t.Errorf("%s is not pinned: %s", s.Name, s.ValueFrom)
		}
	}
	for _, v := range c.Environment {
		if strings.Contains(v.Name, "TOKEN") || strings.Contains(v.Name, "SECRET") {
			t.Errorf("%s is in plaintext", v.Name)
		}
	}
}
