// Package cost estimates from a plan what a stack costs a month. It knows a
// small dated table of list prices and nothing of discounts, free tiers,
// requests, data out or what Astra costs; its figures say what a change does
// to the bill, not what the bill will be.
package cost

import (
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const (
	hoursAMonth  = 730
	secondsMonth = hoursAMonth * 3600
)

// Estimate is dollars a month: Least with the fewest instances and no request,
// Most with all of them busy all month.
type Estimate struct{ Least, Most float64 }

// Of estimates a plan; false when nothing in it has a price here.
func Of(p *plan.Plan) (e Estimate, known bool) {
	for _, r := range p.Resources {
		one, priced := priceOf(r, p)
		e.Least += one.Least
		e.Most += one.Most
		known = known || priced
	}
	return e, known
}

// priceOf is what one resource costs a month, with others of the plan saying
// how many there are of it.
func priceOf(r plan.Resource, p *plan.Plan) (Estimate, bool) {
	switch r.Type {
	case "gcp:cloudrunv2/service:Service":
		return cloudRun(r), true
	case "aws:ecs/taskDefinition:TaskDefinition":
		return fargate(r, p), true
	case "kubernetes:apps/v1:Deployment":
		return pods(r, p), true
	case "kubernetes:core/v1:Service":
		return balanced(r), false
	}
	monthly := standing(r)
	return Estimate{monthly, monthly}, monthly > 0
}

// standing is what a month of a resource costs that is there whether anybody
// uses it or not, 0 for one without a price here.
func standing(r plan.Resource) float64 {
	switch r.Type {
	case "aws:lb/loadBalancer:LoadBalancer":
		return balancerMonth(r)
	case "aws:ec2/natGateway:NatGateway":
		return natHour * hoursAMonth
	case "aws:ec2/eip:Eip": // of the NAT gateway
		return addressHour * hoursAMonth
	case "aws:secretsmanager/secret:Secret":
		return secretMonth
	case "gcp:secretmanager/secretVersion:SecretVersion":
		return versionMonth
	}
	return 0
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

// below walks into objects, and into the first of a list.
func below(object map[string]any, path ...string) map[string]any {
	for _, name := range path {
		next := object[name]
		if items, is := next.([]any); is && len(items) > 0 {
			next = items[0]
		}
		object, _ = next.(map[string]any)
	}
	return object
}

// processors reads an amount such as 250m or 2, 0 for any other.
func processors(amount string) float64 {
	number, milli := strings.CutSuffix(amount, "m")
	n, _ := strconv.ParseFloat(number, 64)
	if milli {
		return n / 1000
	}
	return n
}
