package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/target/sizes"
)

const (
	amazonScale  = "aws:appautoscaling/target:Target"
	amazonScaler = "aws:appautoscaling/policy:Policy"
)

// fargateValues are the demands on values that nobody checks before AWS is
// asked. The protocol and the ports of a security group, a trust policy's
// statements, and the certificate of a listener have rules of their own.
func fargateValues() []Rule {
	return []Rule{
		{Name: "Fargate sells the size", Types: []string{amazonTask}, Cure: "set cpu and memory to a pair that Fargate offers", Check: func(r plan.Resource, _ *plan.Plan) []string {
			cpu, _ := strconv.Atoi(text(r.Inputs["cpu"]))
			memory, _ := strconv.Atoi(text(r.Inputs["memory"]))
			offered, sold := sizes.Fargate(cpu)
			return when(!sold || !offered.Holds(memory), fmt.Sprintf("%v units of processor do not go with %v MiB", r.Inputs["cpu"], r.Inputs["memory"]))
		}},
		{Name: "the balancer asks a port of the task", Types: []string{amazonService}, Cure: "name a container of the task and one of its ports", Check: portOfTask},
		{Name: "autoscaling counts the tasks", Types: []string{amazonScale, amazonScaler}, Cure: "scale ecs:service:DesiredCount of the namespace ecs", Check: scalesTasks},
		{Name: "autoscaling has room", Types: []string{amazonScale}, Cure: "set minInstances to maxInstances or less", Check: func(r plan.Resource, _ *plan.Plan) []string {
			low, high := number(r.Inputs["minCapacity"]), number(r.Inputs["maxCapacity"])
			return when(low < 1 || low > high, fmt.Sprintf("%v to %v tasks is no range", low, high))
		}},
		{Name: "autoscaling follows a metric of ECS", Types: []string{amazonScaler}, Cure: "track ECSServiceAverageCPUUtilization or ALBRequestCountPerTarget", Check: tracksMetric},
	}
}

// portOfTask asks every task definition of the plan: which one the service
// runs is known only to AWS.
func portOfTask(r plan.Resource, in *plan.Plan) (wrong []string) {
	for _, door := range list(r.Inputs["loadBalancers"]) {
		name, port := text(at(door, "containerName")), number(at(door, "containerPort"))
		for _, other := range in.Resources {
			if other.Type == amazonTask && !hasPort(other, name, port) {
				wrong = append(wrong, fmt.Sprintf("%s has no port %v of a container %q", other.Name, port, name))
			}
		}
	}
	return wrong
}

func hasPort(task plan.Resource, name string, port float64) bool {
	var all containers
	if err := json.Unmarshal([]byte(text(task.Inputs["containerDefinitions"])), &all); err != nil {
		return false
	}
	for _, c := range all {
		for _, mapped := range c.PortMappings {
			if c.Name == name && mapped.ContainerPort == port && port >= 1 && port <= 65535 {
				return true
			}
		}
	}
	return false
}

var scaledService = regexp.MustCompile(`^service/[^/]+/[^/]+$`)

func scalesTasks(r plan.Resource, _ *plan.Plan) []string {
	dimension, space, what := text(r.Inputs["scalableDimension"]), text(r.Inputs["serviceNamespace"]), text(r.Inputs["resourceId"])
	return append(when(dimension != "ecs:service:DesiredCount" || space != "ecs", fmt.Sprintf("it counts %q of %q", dimension, space)),
		when(!scaledService.MatchString(what), fmt.Sprintf("%q is no service of a cluster", what))...)
}

func tracksMetric(r plan.Resource, _ *plan.Plan) []string {
	const tracking = "targetTrackingScalingPolicyConfiguration."
	metric := text(at(r.Inputs, tracking+"predefinedMetricSpecification.predefinedMetricType"))
	kind := text(r.Inputs["policyType"])
	wrong := when(kind != "TargetTrackingScaling", fmt.Sprintf("%q follows no metric", kind))
	wrong = append(wrong, when(number(at(r.Inputs, tracking+"targetValue")) <= 0, "it aims at nothing")...)
	switch metric {
	case "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization":
		return wrong
	case "ALBRequestCountPerTarget":
		labelled := text(at(r.Inputs, tracking+"predefinedMetricSpecification.resourceLabel")) != ""
		return append(wrong, when(!labelled, "it does not say whose requests are counted")...)
	}
	return append(wrong, fmt.Sprintf("%q is no metric of a service", metric))
}
