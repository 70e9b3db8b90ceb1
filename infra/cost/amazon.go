package cost

import (
	"strconv"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// balancerMonth is a load balancer with, unless callers are inside alone, a
// public address in each of its subnets.
func balancerMonth(r plan.Resource) float64 {
	addresses := len(plan.List(r.Inputs, "subnets"))
	if r.Inputs["internal"] == true {
		addresses = 0
	}
	return (balancerAWSHour + float64(addresses)*addressHour) * hoursAMonth
}

// fargate is the tasks of a definition, as many as the autoscaler may run.
func fargate(task plan.Resource, p *plan.Plan) Estimate {
	cpu, gib := x86CPUHour, x86GiBHour
	if task.Text("runtimePlatform.cpuArchitecture") == "ARM64" {
		cpu, gib = armCPUHour, armGiBHour
	}
	each := (units(task.Text("cpu"))*cpu + units(task.Text("memory"))*gib) * hoursAMonth
	fewest, most := bounds(p, "aws:appautoscaling/target:Target", "minCapacity", "maxCapacity")
	return estimateOf(fewest, most, each, each)
}

// units are processors or gibibytes; ECS says both in 1024ths, as text.
func units(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n / 1024
}

// bounds are how few and how many the plan's autoscaler may run.
func bounds(p *plan.Plan, scaler, least, most string) (float64, float64) {
	for _, r := range p.Resources {
		if r.Type != scaler {
			continue
		}
		inputs := r.Inputs
		if spec, nested := inputs["spec"].(map[string]any); nested {
			inputs = spec
		}
		return plan.Number(inputs, least), plan.Number(inputs, most)
	}
	return 1, 1
}

// metricsOf is how many metrics an alarm compares. A query without one is an
// expression.
func metricsOf(alarm plan.Resource) int {
	queries := plan.List(alarm.Inputs, "metricQueries")
	if len(queries) == 0 {
		return 1
	}
	count := 0
	for _, query := range queries {
		if plan.At(query, "metric") != nil {
			count++
		}
	}
	return count
}
