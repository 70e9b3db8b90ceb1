package cli

import (
	"errors"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func TestSeedArgs(t *testing.T) {
	t.Parallel()
	stack := operate.Resource{Type: "pulumi:pulumi:Stack", Outputs: map[string]any{"astraEndpoint": "http://127.0.0.1:8181"}}
	astra := operate.Resource{URN: "urn:pulumi:dev::killrvideo::x::astra-dev", Type: resource.ProcessType,
		Outputs: map[string]any{"url": "http://127.0.0.1:8181", "dir": "/run/astra", "instance": "i"}}
	api := operate.Resource{URN: "urn:pulumi:dev::killrvideo::x::killrvideo-dev", Type: resource.ProcessType,
		Outputs: map[string]any{"url": "", "dir": "/a b/api", "instance": "j", "portVariable": "PORT"}}
	web := operate.Resource{URN: "urn:pulumi:dev::killrvideo::x::killrvideo-web-dev", Type: resource.ProcessType,
		Outputs: map[string]any{"url": "http://127.0.0.1:8080", "dir": "/run/web", "instance": "k"}}
	got, err := deployment{Stack: operate.Stack{Resources: []operate.Resource{stack, astra, api, web}}}.seedArgs()
	want := []string{"-endpoint", "http://127.0.0.1:8181", "-token-file", "/a b/api/secrets/j/ASTRA_DB_APPLICATION_TOKEN"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, missing := range [][]operate.Resource{nil, {stack, astra}, {stack, astra, web}, {api}} {
		if _, err := (deployment{Stack: operate.Stack{Resources: missing}}).seedArgs(); !errors.Is(err, operate.ErrNotDeployed) {
			t.Errorf("%v gave %v", missing, err)
		}
	}
}
