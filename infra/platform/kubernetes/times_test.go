package kubernetes

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	made, err := New(platformtest.App("dev", "", scale()), settings(), nil)
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
	platformtest.Times(t, made.Times(), env, app.DeclaredTimes{"preStop": int(preStop), "stop": int(all - preStop)})
}
