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
			units, _ = strconv.Atoi(r.Text("cpu"))
		case "aws:appautoscaling/target:Target":
			most = int(plan.Number(r.Inputs, "maxCapacity"))
		}
	}
	if warning := sizes.FargateQuota(units, most); warning != "" {
		return "quota: " + warning + "\n"
	}
	return ""
}
