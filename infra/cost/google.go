package cost

import (
	"fmt"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func cloudRun(r plan.Resource) Estimate {
	fewest, most := instances(r)
	resources := plan.At(r.Inputs, "template.containers.resources")
	cpu, gib := processors(fmt.Sprint(plan.At(resources, "limits.cpu"))), gibibytes(fmt.Sprint(plan.At(resources, "limits.memory")))
	idle := cpu*idleCPUSecond + gib*idleGiBSecond
	busy := cpu*busyCPUSecond + gib*busyGiBSecond
	if plan.At(resources, "cpuIdle") == false {
		idle = cpu*alwaysCPUSecond + gib*alwaysGiBSecond
		busy = idle
	}
	return estimateOf(fewest, most, idle*secondsMonth, busy*secondsMonth)
}

// instances are how few and how many a service of Cloud Run may run.
func instances(r plan.Resource) (fewest, most float64) {
	scaling := plan.At(r.Inputs, "template.scaling")
	return plan.Number(scaling, "minInstanceCount"), plan.Number(scaling, "maxInstanceCount")
}

// cloudNAT is billed by the instances behind it, up to a number of them.
func cloudNAT(p *plan.Plan) Estimate {
	var fewest, most float64
	for _, r := range p.Resources {
		if r.Type == "gcp:cloudrunv2/service:Service" {
			fewest, most = instances(r)
		}
	}
	const each = natInstanceHour * hoursAMonth
	return estimateOf(min(fewest, natInstances), min(most, natInstances), each, each)
}
