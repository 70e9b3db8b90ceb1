package kubernetes

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	made, err := New(build(), "dev", scale(), settings())
	if err != nil {
		t.Fatal(err)
	}
	p := planned(t, "dev", given, settings())
	env := map[string]string{}
	for name, value := range at(find(t, p, "ConfigMap")[0].Inputs, "data").(map[string]any) {
		env[name], _ = value.(string)
	}
	pod := at(find(t, p, "Deployment")[0].Inputs, "spec", "template", "spec")
	containers, _ := at(pod, "containers").([]any)
	preStop, _ := at(containers[0], "lifecycle", "preStop", "sleep", "seconds").(float64)
	all, _ := at(pod, "terminationGracePeriodSeconds").(float64)
	targettest.Times(t, made.Times(), env, target.DeclaredTimes{"preStop": int(preStop), "stop": int(all - preStop)})
}
