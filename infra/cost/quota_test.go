package cost

import (
	"bytes"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// TestThePlanWarnsOfFargatesQuota: a new account runs six processors.
func TestThePlanWarnsOfFargatesQuota(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cpu   string
		most  float64
		warns bool
	}{
		"three of one": {"1024", 3, false}, "four of one": {"1024", 4, true},
		"twenty of one": {"1024", 20, true}, "twelve of a quarter": {"256", 12, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := Print(&out, &plan.Plan{Resources: []plan.Resource{
				{Type: "aws:ecs/taskDefinition:TaskDefinition", Inputs: map[string]any{"cpu": test.cpu}},
				{Type: "aws:appautoscaling/target:Target", Inputs: map[string]any{"maxCapacity": test.most}},
			}})
			if err != nil || strings.Contains(out.String(), "servicequotas") != test.warns {
				t.Errorf("%v: %s", err, out.String())
			}
		})
	}
}
