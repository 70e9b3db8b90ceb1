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
	return Estimate{Least: fewest * idle * secondsMonth, Most: most * busy * secondsMonth}
}
