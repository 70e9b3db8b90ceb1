package cost

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func TestPrintSaysThatItIsAnEstimate(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]*plan.Plan{
		"a rough estimate: 13 to 70 USD":            service("1", "1Gi", 1, 1, true),
		"no estimate":                               {},
		"the cluster's own price (0.10 USD an hour": inACluster("ClusterIP"),
	} {
		var text strings.Builder
		if err := Print(&text, p); err != nil || !strings.Contains(text.String(), want) {
			t.Errorf("got %q (%v), want %q", text.String(), err, want)
		}
	}
}

func TestPrintChange(t *testing.T) {
	t.Parallel()
	small, warm := service("1", "1Gi", 1, 1, true), service("1", "1Gi", 2, 4, true)
	for name, c := range map[string]struct {
		before, after *plan.Plan
		want          []string
	}{
		"more":     {small, warm, []string{"before      13.14 to 69.64 USD", "after       26.28 to 278.57 USD", "difference  +13.14 to +208.93 USD"}},
		"less":     {warm, small, []string{"difference  -13.14 to -208.93 USD"}},
		"the same": {small, small, []string{"difference  none"}},
		"new":      {&plan.Plan{}, small, []string{"before      no estimate", "difference  +13.14 to +69.64 USD"}},
		"neither":  {&plan.Plan{}, &plan.Plan{}, []string{"no estimate; nothing in this plan"}},
	} {
		var text strings.Builder
		if err := PrintChange(&text, c.before, c.after); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: got\n%swant %q", name, &text, want)
			}
		}
	}
}

// TestAPrintedPlanCostsTheSame: the plan that a change is compared with may be
// a text.
func TestAPrintedPlanCostsTheSame(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*plan.Plan{
		"Cloud Run": service("1", "1Gi", 2, 4, true), "Fargate": onAmazon("ARM64"), "a cluster": inACluster("LoadBalancer"),
	} {
		var text strings.Builder
		if err := p.Print(&text); err != nil {
			t.Fatal(err)
		}
		read, err := plan.Parse(text.String())
		if err != nil {
			t.Fatal(err)
		}
		want, _ := Of(p)
		if got, known := Of(read); !known || got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
