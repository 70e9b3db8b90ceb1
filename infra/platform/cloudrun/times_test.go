package cloudrun

import (
	"strconv"
	"strings"
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
	service := platformtest.Find(t, planned(t, "dev", "", settings()), "gcp:cloudrunv2/service:Service")[0]
	template, _ := service.Inputs["template"].(map[string]any)
	containers, _ := template["containers"].([]any)
	envs, _ := containers[0].(map[string]any)["envs"].([]any)
	env := map[string]string{}
	for _, each := range envs {
		variable, _ := each.(map[string]any)
		name, _ := variable["name"].(string)
		env[name], _ = variable["value"].(string)
	}
	limit, err := strconv.Atoi(strings.TrimSuffix(template["timeout"].(string), "s"))
	if err != nil {
		t.Fatal(err)
	}
	platformtest.Times(t, made.Times(), env, app.DeclaredTimes{"request limit": limit})
	// Whatever the setting, the platform waits longer than the service.
	for _, seconds := range []int{21, 3600} {
		s := settings()
		s.RequestTimeoutSeconds = seconds
		other, err := New(platformtest.App("dev", "", scale()), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range other.Times().Problems() {
			t.Errorf("with %d s: %s", seconds, wrong)
		}
	}
}
