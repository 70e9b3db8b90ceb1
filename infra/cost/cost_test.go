package cost

import (
	"math"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func service(cpu, memory string, fewest, most float64, cpuIdle bool) *plan.Plan {
	return &plan.Plan{Resources: []plan.Resource{{Type: "gcp:cloudrunv2/service:Service", Name: "api", Inputs: map[string]any{
		"template": map[string]any{
			"scaling": map[string]any{"minInstanceCount": fewest, "maxInstanceCount": most},
			"containers": []any{map[string]any{"resources": map[string]any{
				"cpuIdle": cpuIdle, "limits": map[string]any{"cpu": cpu, "memory": memory},
			}}},
		},
	}}}}
}

func TestOf(t *testing.T) {
	t.Parallel()
	// A month has 2 628 000 seconds.
	for name, c := range map[string]struct {
		plan        *plan.Plan
		least, most float64
	}{
		"nothing kept warm":        {service("1", "1Gi", 0, 1, true), 0, 2_628_000 * 0.0000265},
		"one processor, two warm":  {service("1", "1Gi", 2, 4, true), 2 * 2_628_000 * 0.000005, 4 * 2_628_000 * 0.0000265},
		"half a gibibyte":          {service("1", "512Mi", 1, 1, true), 2_628_000 * 0.00000375, 2_628_000 * 0.00002525},
		"a processor always there": {service("2", "1Gi", 1, 3, false), 2_628_000 * 0.000038, 3 * 2_628_000 * 0.000038},
	} {
		got, known := Of(c.plan)
		if !known || math.Abs(got.Least-c.least) > 0.01 || math.Abs(got.Most-c.most) > 0.01 {
			t.Errorf("%s: got %+v, want %.2f to %.2f", name, got, c.least, c.most)
		}
	}
}

func TestPrintSaysThatItIsAnEstimate(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]*plan.Plan{
		"a rough estimate: 13 to 70 USD": service("1", "1Gi", 1, 1, true),
		"no estimate":                    {},
	} {
		var text strings.Builder
		if err := Print(&text, p); err != nil || !strings.Contains(text.String(), want) {
			t.Errorf("got %q (%v), want %q", text.String(), err, want)
		}
	}
}
