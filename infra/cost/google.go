package cost

import (
	"fmt"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func cloudRun(r plan.Resource) Estimate {
	scaling := below(r.Inputs, "template", "scaling")
	fewest, _ := scaling["minInstanceCount"].(float64)
	most, _ := scaling["maxInstanceCount"].(float64)
	resources := below(r.Inputs, "template", "containers", "resources")
	limits := below(resources, "limits")
	cpu, gib := processors(fmt.Sprint(limits["cpu"])), gibibytes(fmt.Sprint(limits["memory"]))
	idle := cpu*idleCPUSecond + gib*idleGiBSecond
	busy := cpu*busyCPUSecond + gib*busyGiBSecond
	if resources["cpuIdle"] == false {
		idle = cpu*alwaysCPUSecond + gib*alwaysGiBSecond
		busy = idle
	}
	return estimateOf(fewest, most, idle*secondsMonth, busy*secondsMonth)
}

// cloudNAT is billed by the instances behind it, up to a number of them.
func cloudNAT(p *plan.Plan) Estimate {
	var fewest, most float64
	for _, r := range p.Resources {
		if r.Type == "gcp:cloudrunv2/service:Service" {
			scaling := below(r.Inputs, "template", "scaling")
			fewest, _ = scaling["minInstanceCount"].(float64)
			most, _ = scaling["maxInstanceCount"].(float64)
		}
	}
	const each = natInstanceHour * hoursAMonth
	return estimateOf(min(fewest, natInstances), min(most, natInstances), each, each)
}
