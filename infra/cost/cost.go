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
// Typical with one busy instance more than the fewest for a third of the time,
// and Most with all of them busy all month.
type Estimate struct {
	Least   float64 `json:"least"`
	Typical float64 `json:"typical"`
	Most    float64 `json:"most"`
}

// typicalBusy is the part of a typical month in which requests come: 8 hours a day.
const typicalBusy = 1.0 / 3

// estimateOf is instances of which idle and busy ones cost that much a month.
func estimateOf(fewest, most, idle, busy float64) Estimate {
	typical := (1-typicalBusy)*fewest*idle + typicalBusy*min(fewest+1, most)*busy
	return Estimate{Least: fewest * idle, Typical: typical, Most: most * busy}
}

// fixed costs the same, busy or not.
func fixed(monthly float64) Estimate { return Estimate{monthly, monthly, monthly} }

// Rounded is the estimate to the cent.
func (e Estimate) Rounded() Estimate {
	return Estimate{rounded(e.Least), rounded(e.Typical), rounded(e.Most)}
}

// Item is what one resource costs.
type Item struct {
	// Resource is its TYPE NAME.
	Resource string `json:"resource"`
	Estimate
}

// Items are the resources that cost something, in the order of the plan; false
// when nothing in the plan has a price here.
func Items(p *plan.Plan) (items []Item, known bool) {
	for _, r := range p.Resources {
		one, priced := priceOf(r, p)
		known = known || priced
		if one.Most > 0 {
			items = append(items, Item{r.Label(), one})
		}
	}
	return items, known
}

// Of estimates a plan; false when nothing in it has a price here.
func Of(p *plan.Plan) (e Estimate, known bool) {
	items, known := Items(p)
	for _, one := range items {
		e = e.plus(one.Estimate)
	}
	return e, known
}

func (e Estimate) plus(other Estimate) Estimate {
	return Estimate{e.Least + other.Least, e.Typical + other.Typical, e.Most + other.Most}
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
	case "gcp:compute/routerNat:RouterNat":
		return cloudNAT(p), true
	case "kubernetes:core/v1:Service":
		return balanced(r), false
	case "aws:lb/loadBalancer:LoadBalancer":
		return fixed(balancerMonth(r)), true
	case "aws:cloudwatch/metricAlarm:MetricAlarm":
		metrics := metricsOf(r)
		return fixed(alarmMetricMonth * float64(metrics)), metrics > 0
	}
	monthly := standing[r.Type]
	return fixed(monthly), monthly > 0
}

// standing is what a month of a resource costs that is there whether anyone
// uses it or not.
var standing = map[string]float64{
	"aws:ec2/eip:Eip":                               addressHour * hoursAMonth, // of the NAT gateway
	"aws:ec2/natGateway:NatGateway":                 natHour * hoursAMonth,
	"aws:kms/key:Key":                               keyMonth,
	"aws:secretsmanager/secret:Secret":              secretMonth,
	"gcp:cloudscheduler/job:Job":                    schedulerJobMonth,
	"gcp:compute/address:Address":                   addressHour * hoursAMonth,
	"gcp:kms/cryptoKey:CryptoKey":                   keyVersionMonth,
	"gcp:secretmanager/secretVersion:SecretVersion": versionMonth,
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

// processors reads an amount such as 250m or 2, 0 for any other.
func processors(amount string) float64 {
	number, milli := strings.CutSuffix(amount, "m")
	n, _ := strconv.ParseFloat(number, 64)
	if milli {
		return n / 1000
	}
	return n
}
