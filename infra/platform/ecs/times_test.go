package ecs

import (
	"encoding/json"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	made, err := New(platformtest.App("dev", "", scale()), settings())
	if err != nil {
		t.Fatal(err)
	}
	p := planned(t, "dev", given, settings())
	var containers []container
	text, _ := platformtest.Find(t, p, "aws:ecs/taskDefinition:TaskDefinition")[0].Inputs["containerDefinitions"].(string)
	if err := json.Unmarshal([]byte(text), &containers); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, v := range containers[0].Environment {
		env[v.Name] = v.Value
	}
	idle, _ := platformtest.Find(t, p, "aws:lb/loadBalancer:LoadBalancer")[0].Inputs["idleTimeout"].(float64)
	delay, _ := platformtest.Find(t, p, "aws:lb/targetGroup:TargetGroup")[0].Inputs["deregistrationDelay"].(float64)
	platformtest.Times(t, made.Times(), env, app.DeclaredTimes{
		"idle time-out of the balancer": int(idle), "request limit": int(idle), "deregistration": int(delay), "stop": containers[0].StopTimeout,
	})
}
