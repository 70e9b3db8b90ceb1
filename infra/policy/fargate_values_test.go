package policy

// fargateValueExamples are values that the provider takes and AWS refuses.
func fargateValueExamples() []example {
	const tracking = "targetTrackingScalingPolicyConfiguration."
	return []example{
		{"Fargate sells the size", amazonTask, "cpu", "300"},
		{"Fargate sells the size", amazonTask, "memory", "1536"},
		{"Fargate sells the size", amazonTask, "memory", "8192"},
		{"Fargate sells the size", amazonTask, "cpu", nil},
		{"the balancer asks a port of the task", amazonService, "loadBalancers.containerPort", float64(9000)},
		{"the balancer asks a port of the task", amazonService, "loadBalancers.containerName", "web"},
		{"the balancer asks a port of the task", amazonTask, "containerDefinitions", "[]"},
		{"autoscaling counts the tasks", amazonScale, "scalableDimension", "ec2:spot-fleet-request:TargetCapacity"},
		{"autoscaling counts the tasks", amazonScale, "serviceNamespace", "ec2"},
		{"autoscaling counts the tasks", amazonScaler, "serviceNamespace", "ECS"},
		{"autoscaling counts the tasks", amazonScaler, "resourceId", "killrvideo"},
		{"autoscaling has room", amazonScale, "minCapacity", float64(4)},
		{"autoscaling has room", amazonScale, "minCapacity", float64(0)},
		{"autoscaling follows a metric of ECS", amazonScaler, "policyType", "TargetTracking"},
		{"autoscaling follows a metric of ECS", amazonScaler, tracking + "predefinedMetricSpecification.predefinedMetricType", "CPU"},
		{"autoscaling follows a metric of ECS", amazonScaler, tracking + "predefinedMetricSpecification.resourceLabel", nil},
		{"autoscaling follows a metric of ECS", amazonScaler, tracking + "targetValue", float64(0)},
		{"ports are opened one by one", amazonIngress, "ipProtocol", "TPC"},
		{"ports are opened one by one", amazonIngress, "toPort", float64(99999)},
	}
}
