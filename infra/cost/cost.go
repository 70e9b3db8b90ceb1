// Package cost estimates from a plan what a stack costs a month. It knows a
// small dated table of list prices and nothing of discounts, free tiers,
// requests, data out or what Astra costs; its figures say what a change does
// to the bill, not what the bill will be.
package cost

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// asOf is when the prices were noted down, some from memory and none checked
// against the list of that day: check them before a decision rests on them.
// They are in US dollars, for Google's regions of tier 1. An idle instance is
// one kept warm without a request.
const (
	asOf            = "November 2026"
	secondsAMonth   = 730 * 3600
	busyCPUSecond   = 0.000024
	busyGiBSecond   = 0.0000025
	idleCPUSecond   = 0.0000025
	idleGiBSecond   = 0.0000025
	alwaysCPUSecond = 0.000018
	alwaysGiBSecond = 0.000002
)

// Estimate is dollars a month: Least with the fewest instances and no request,
// Most with all of them busy all month.
type Estimate struct{ Least, Most float64 }

// Of estimates a plan; false when nothing in it has a price here.
func Of(p *plan.Plan) (e Estimate, known bool) {
	for _, r := range p.Resources {
		if r.Type == "gcp:cloudrunv2/service:Service" {
			return cloudRun(r), true
		}
	}
	return e, false
}

// Print writes the estimate, or why there is none.
func Print(w io.Writer, p *plan.Plan) error {
	e, known := Of(p)
	text := "cost: no estimate; nothing in this plan is billed by what runs, or its prices are not known here\n"
	if known {
		text = fmt.Sprintf("cost, a rough estimate: %.0f to %.0f USD a month, from the fewest instances without a request to all of them busy; prices noted in %s and not checked since, without free tier, requests, data out and Astra\n", e.Least, e.Most, asOf)
	}
	_, err := io.WriteString(w, text)
	return err
}

func cloudRun(r plan.Resource) Estimate {
	template, _ := r.Inputs["template"].(map[string]any)
	scaling, _ := template["scaling"].(map[string]any)
	fewest, _ := scaling["minInstanceCount"].(float64)
	most, _ := scaling["maxInstanceCount"].(float64)
	var container map[string]any
	if containers, _ := template["containers"].([]any); len(containers) > 0 {
		container, _ = containers[0].(map[string]any)
	}
	resources, _ := container["resources"].(map[string]any)
	limits, _ := resources["limits"].(map[string]any)
	cpu, _ := strconv.ParseFloat(fmt.Sprint(limits["cpu"]), 64)
	gib := gibibytes(fmt.Sprint(limits["memory"]))
	idle := cpu*idleCPUSecond + gib*idleGiBSecond
	busy := cpu*busyCPUSecond + gib*busyGiBSecond
	if resources["cpuIdle"] == false {
		idle = cpu*alwaysCPUSecond + gib*alwaysGiBSecond
		busy = idle
	}
	return Estimate{Least: fewest * idle * secondsAMonth, Most: most * busy * secondsAMonth}
}

// gibibytes reads a size such as 512Mi or 2Gi, 0 for any other.
func gibibytes(size string) float64 {
	for unit, factor := range map[string]float64{"Mi": 1.0 / 1024, "Gi": 1} {
		if number, is := strings.CutSuffix(size, unit); is {
			n, _ := strconv.ParseFloat(number, 64)
			return n * factor
		}
	}
	return 0
}
