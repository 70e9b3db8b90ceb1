package cost

import (
	"strconv"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/sizes"
)

// quota is what an account may lack to run the plan at its most, as a line.
func quota(p *plan.Plan) string {
	units, most := 0, 0
	for _, r := range p.Resources {
		switch r.Type {
		case "aws:ecs/taskDefinition:TaskDefinition":
			cpu, _ := r.Inputs["cpu"].(string)
			units, _ = strconv.Atoi(cpu)
		case "aws:appautoscaling/target:Target":
			capacity, _ := r.Inputs["maxCapacity"].(float64)
			most = int(capacity)
		}
	}
	if warning := sizes.FargateQuota(units, most); warning != "" {
		return "quota: " + warning + "\n"
	}
	return ""
}
