package policy

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// TestAComponentIsNoDependency: which children a component has when a resource
// depends on it is a matter of time.
func TestAComponentIsNoDependency(t *testing.T) {
	t.Parallel()
	proof := plan.Resource{Type: gate, Name: "proof", Parent: "infra:gate:Gate proof"}
	list := plan.Resource{Type: accessList, Name: "list", Inputs: map[string]any{"exclusive": false}, After: []string{proof.Parent}}
	if got := enforcedLast(list, []plan.Resource{proof}); len(got) != 1 {
		t.Errorf("a list that waits for the gate's component: %q", got)
	}
	list.After = []string{proof.Label()}
	if got := enforcedLast(list, []plan.Resource{proof}); len(got) != 0 {
		t.Errorf("a list that waits for the gate: %q", got)
	}
}
