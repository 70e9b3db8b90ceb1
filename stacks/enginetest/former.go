package enginetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// FormerNames takes over a state that names the native provider and its
// resources as earlier versions did: refresh, up, a rotation and destroy work,
// and up replaces nothing.
func FormerNames(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	s.writeFormerNames(t)
	ended := s.answersAllTheTime()
	defer ended()
	_, err := s.auto.Refresh(t.Context())
	must(t, err)
	if state := s.stateText(t); !strings.Contains(state, "killrvideo:astra:Token") || strings.Contains(state, "astradb:") {
		t.Errorf("a refresh renamed resources:\n%s", state)
	}
	for _, step := range s.up() { // the engine's own default provider has no program to alias it
		added := slices.ContainsFunc(place.Former.Added, func(words string) bool { return strings.HasPrefix(step, words+" ") })
		if !added && !strings.HasPrefix(step, "create infra:") && !strings.HasPrefix(step, "create pulumi:providers:astradb default") &&
			!strings.HasPrefix(step, "delete pulumi:providers:killrvideo default") {
			t.Errorf("taking the state over did %s", step)
		}
	}
	if state := s.stateText(t); strings.Contains(state, "killrvideo:astra:") || strings.Contains(state, "killrvideo:target:") ||
		strings.Contains(state, "providers:killrvideo") {
		t.Errorf("up left former names in the state:\n%s", state)
	}
	ended()
	s.tokensAre(t, 1)
	s.again(t)

	s.writeFormerNames(t)
	s.set("astraTokenGeneration", "2")
	done := s.up()
	done.inOrder(t, "create "+token, "update "+place.Cloud.Service, "update "+gate, "delete "+place.Version)
	done.inOrder(t, "update "+gate, "delete killrvideo:astra:Token")
	s.tokensAre(t, 1)

	s.writeFormerNames(t)
	s.gone()
}

// writeFormerNames puts the former names, types and parents into the stack's
// state.
func (s *stack) writeFormerNames(t *testing.T) {
	t.Helper()
	former := FormerState(t, s.place.Former.state(t, s.place.Cloud.Service, s.export()))
	must(t, s.auto.Import(t.Context(), apitype.UntypedDeployment{Version: 3, Deployment: former}))
	if s.place.Former.Properties != nil {
		s.cloud.ToLatest()
	}
}

// Former is what earlier versions deployed otherwise than today.
type Former struct {
	// Added are the steps of taking a stack over. What is created in them is in no
	// former state.
	Added []string
	// Properties of the service were these.
	Properties map[string]any
}

// state takes out of an exported state what a former one does not have.
func (f Former) state(t *testing.T, service string, exported []byte) []byte {
	t.Helper()
	var all map[string]any
	must(t, json.Unmarshal(exported, &all))
	resources, _ := all["resources"].([]any)
	resources = slices.DeleteFunc(resources, func(r any) bool {
		kind, _ := r.(map[string]any)["type"].(string)
		return slices.Contains(f.Added, "create "+kind)
	})
	all["resources"] = resources
	for _, r := range resources {
		one := r.(map[string]any)
		for _, part := range []string{"inputs", "outputs"} {
			if properties, is := one[part].(map[string]any); is && one["type"] == service {
				maps.Copy(properties, f.Properties)
			}
		}
		dependencies, _ := one["dependencies"].([]any)
		gone := func(urn any) bool { return strings.Contains(urn.(string), ":CloudRun") }
		one["dependencies"] = slices.DeleteFunc(dependencies, gone)
		of, _ := one["propertyDependencies"].(map[string]any)
		for name, urns := range of {
			list, _ := urns.([]any)
			of[name] = slices.DeleteFunc(list, gone)
		}
	}
	text, err := json.Marshal(all)
	must(t, err)
	return text
}

// answersAllTheTime asks the service until the function that it returns is called.
func (s *stack) answersAllTheTime() (end func()) {
	missed := 0
	stop := repeat(5*time.Millisecond, func() {
		if s.answering() == "" {
			missed++
		}
	})
	return sync.OnceFunc(func() {
		if stop(); missed > 0 {
			s.t.Errorf("%d requests were not answered", missed)
		}
	})
}

// stateText is the stack's state without the values of secrets.
func (s *stack) stateText(t *testing.T) string {
	t.Helper()
	var deployment struct {
		Resources []struct{ URN, Type, Provider string }
	}
	must(t, json.Unmarshal(s.export(), &deployment))
	var lines []string
	for _, r := range deployment.Resources {
		lines = append(lines, r.URN+" "+r.Type+" "+r.Provider)
	}
	return strings.Join(lines, "\n")
}
