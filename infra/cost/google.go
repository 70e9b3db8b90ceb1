package cost

import (
	"fmt"
	"strconv"

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
	return Estimate{Least: fewest * idle * secondsMonth, Most: most * busy * secondsMonth}
}
