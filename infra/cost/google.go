package cost

import (
	"fmt"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Cloud Run's list for regions of tier 1, a second. An idle instance is one
// kept warm without a request.
const (
	busyCPUSecond   = 0.000024
	busyGiBSecond   = 0.0000025
	idleCPUSecond   = 0.0000025
	idleGiBSecond   = 0.0000025
	alwaysCPUSecond = 0.000018
	alwaysGiBSecond = 0.000002
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
	return Estimate{Least: fewest * idle * secondsMonth, Most: most * busy * secondsMonth}
}
