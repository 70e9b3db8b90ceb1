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
		"an estimate from list prices, November 2026, compared with no bill": service("1", "1Gi", 1, 1, true),
	} {
		var text strings.Builder
		if err := Print(&text, p); err != nil || !strings.Contains(text.String(), want) {
			t.Errorf("got %q (%v), want %q", text.String(), err, want)
		}
	}
}

// TestPrintByResource groups what costs the same and adds it all up.
func TestPrintByResource(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	if err := Print(&text, onAmazon("X86_64")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"97 to 241 USD a month, typically 103",
		"  USD a month                                  least   typical      most\n",
		"  aws:ecs/taskDefinition:TaskDefinition it     36.04     42.05    180.20\n",
		"  2 × aws:secretsmanager/secret:Secret          0.80      0.80      0.80\n",
		"  together                                     97.07    103.07    241.23\n", typical,
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, &text)
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
		"more": {small, warm, []string{"before      13.14 to 69.64 USD", "after       26.28 to 278.57 USD",
			"difference  +13.14 to +208.93 USD"}},
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
