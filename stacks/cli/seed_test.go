package cli

import (
	"errors"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func TestSeedArgs(t *testing.T) {
	t.Parallel()
	stack := stateResource{Type: "pulumi:pulumi:Stack", Outputs: map[string]any{"astraEndpoint": "http://127.0.0.1:8181"}}
	astra := stateResource{URN: "urn:pulumi:dev::killrvideo::x::astra-dev", Type: resource.ProcessType,
		Outputs: map[string]any{"url": "http://127.0.0.1:8181", "dir": "/run/astra", "instance": "i"}}
	api := stateResource{URN: "urn:pulumi:dev::killrvideo::x::killrvideo-dev", Type: resource.ProcessType,
		Outputs: map[string]any{"url": "", "dir": "/a b/api", "instance": "j"}}
	got, err := deployment{Resources: []stateResource{stack, astra, api}}.seedArgs()
	want := []string{"-endpoint", "http://127.0.0.1:8181", "-token-file", "/a b/api/secrets/j/ASTRA_DB_APPLICATION_TOKEN"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, missing := range [][]stateResource{nil, {stack, astra}, {api}} {
		if _, err := (deployment{Resources: missing}).seedArgs(); !errors.Is(err, errNotDeployed) {
			t.Errorf("%v gave %v", missing, err)
		}
	}
}
