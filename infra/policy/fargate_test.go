package policy

import "strings"

// fargateExamples break the rules of AWS one by one.
func fargateExamples() []example {
	const group, network = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:ec2/subnet:Subnet"
	const trust = `{"Statement":[{"Principal":{"AWS":"*"},"Action":["sts:AssumeRole"]}]}`
	federated := func(key, value string) string {
		return `{"Statement":[{"Principal":{"Federated":"github"},"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":{"` + key + `":"` + value + `"}}}]}`
	}
	rights := func(action, resource string) string {
		return `{"Statement":[{"Action":["` + action + `"],"Resource":["` + resource + `"]}]}`
	}
	all := []example{
		{"the load balancer drops bad headers", amazonBalancer, "dropInvalidHeaderFields", nil},
		{"the load balancer drops bad headers", amazonBalancer, "desyncMitigationMode", "monitor"},
		{"production keeps its load balancer", amazonBalancer, "enableDeletionProtection", false},
		{"TLS is 1.2 or newer", amazonListener, "certificateArn", ""},
		{"TLS is 1.2 or newer", amazonListener, "sslPolicy", "ELBSecurityPolicy-2016-08"},
		{"requests come by HTTPS", amazonListener, "protocol", "HTTP"},
		{"targets are asked for their health", amazonTargets, "healthCheck", nil},
		{"ports are opened one by one", amazonIngress, "fromPort", float64(22)},
		{"ports are opened one by one", amazonIngress, "ipProtocol", "-1"},
		{"ports are opened one by one", amazonIngress, "description", nil},
		{"ports are opened one by one", amazonEgress, "toPort", float64(65536)},
		{"the default security group is closed", group, "ingress", []any{map[string]any{"protocol": "-1"}}},
		{"subnets give no public address", network, "mapPublicIpOnLaunch", true},
		{"logs do not stay for ever", "aws:cloudwatch/logGroup:LogGroup", "retentionInDays", nil},
		{"images in ECR stay what they are", "aws:ecr/repository:Repository", "imageTagMutability", "MUTABLE"},
		{"images in ECR stay what they are", "aws:ecr/repository:Repository", "imageScanningConfiguration", nil},
		{"the cluster is observed", "aws:ecs/cluster:Cluster", "settings.value", "disabled"},
		{"ECS rolls out safely", amazonService, "networkConfiguration.assignPublicIp", true},
		{"ECS rolls out safely", amazonService, "waitForSteadyState", nil},
		{"ECS rolls out safely", amazonService, "deploymentCircuitBreaker.rollback", false},
		{"a task is hardened", amazonTask, "executionRoleArn", "task"},
		{"a task is hardened", amazonTask, "pidMode", "host"},
		{"a task is hardened", amazonTask, "containerDefinitions", "no JSON"},
		{"a role names who takes it on", amazonRole, "assumeRolePolicy", trust},
		{"a role names who takes it on", amazonRole, "assumeRolePolicy", "{}"},
		{"a role names who takes it on", amazonRole, "assumeRolePolicy", federated("token:aud", "sts.amazonaws.com")},
		{"a role names who takes it on", amazonRole, "assumeRolePolicy", federated("token:sub", "repo:team/*")},
		{"rights name what they are for", amazonRights, "policy", rights("s3:*", "arn:x")},
		{"rights name what they are for", amazonRights, "policy", rights("s3:GetObject", "*")},
		{"rights name what they are for", amazonRights, "policy", `{"Statement":[{"NotAction":["iam:PassRole"],"Resource":["arn:x"]}]}`},
		{"rights name what they are for", amazonRights, "policy", `{"Statement":[{"Action":["s3:GetObject"],"NotResource":["arn:x"]}]}`},
	}
	for was, is := range map[string]string{
		`"privileged":false`: `"privileged":true`, `"readonlyRootFilesystem":true`: `"readonlyRootFilesystem":false`,
		`65532`: `0`, `:::1`: ``, `"name":"PORT"`: `"name":"JWT_SECRET_KEY"`, `@sha256:`: `:latest`,
		`x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`: ``,
	} {
		all = append(all, example{"a task is hardened", amazonTask, "containerDefinitions", strings.ReplaceAll(goodContainer, was, is)})
	}
	return all
}

// goodContainer is the one of the good plan.
const goodContainer = `[{"name":"api","portMappings":[{"containerPort":8000}],"image":"x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","user":"65532","privileged":false,` +
	`"readonlyRootFilesystem":true,"environment":[{"name":"PORT"}],"secrets":[{"name":"JWT_SECRET_KEY","valueFrom":"arn:::1"}]}]`
