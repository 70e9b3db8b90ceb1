package cost

import (
	"fmt"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// pods is what the pods ask for, as many as the autoscaler may run.
func pods(deployment plan.Resource, p *plan.Plan) Estimate {
	requests := plan.At(deployment.Inputs, "spec.template.spec.containers.resources.requests")
	cpu, gib := processors(fmt.Sprint(plan.At(requests, "cpu"))), gibibytes(fmt.Sprint(plan.At(requests, "memory")))
	each := (cpu*nodeCPUHour + gib*nodeGiBHour) * hoursAMonth
	fewest, most := bounds(p, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "minReplicas", "maxReplicas")
	return estimateOf(fewest, most, each, each)
}

// balanced is the load balancer that a Service may ask its cloud for.
func balanced(service plan.Resource) Estimate {
	if service.Text("spec.type") != "LoadBalancer" {
		return Estimate{}
	}
	return fixed(balancerHour * hoursAMonth)
}

// nodes says what the estimate of a cluster's plan supposes.
func nodes(p *plan.Plan) string {
	for _, r := range p.Resources {
		if r.Type == "kubernetes:apps/v1:Deployment" {
			return "; as if the pods paid for their share of common nodes, " +
				"while the cluster's own price (0.10 USD an hour on GKE and EKS) is not in it"
		}
	}
	return ""
}
