package standin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Amazon stands in for ECS on Fargate and Secrets Manager.
func Amazon() Kind {
	return Kind{
		Package: "aws", Service: "aws:ecs/service:Service",
		Slow: []string{"aws:iam/rolePolicy:RolePolicy"},
		Told: amazonTells, Run: amazonRuns,
		Replaces: map[string][]string{
			"aws:appautoscaling/policy:Policy":                    {"name", "resourceId", "scalableDimension", "serviceNamespace"},
			"aws:appautoscaling/target:Target":                    {"resourceId", "scalableDimension", "serviceNamespace"},
			"aws:cloudwatch/logGroup:LogGroup":                    {"logGroupClass", "name", "namePrefix"},
			"aws:ec2/route:Route":                                 {"destinationCidrBlock", "routeTableId"},
			"aws:ec2/routeTable:RouteTable":                       {"vpcId"},
			"aws:ec2/routeTableAssociation:RouteTableAssociation": {"gatewayId", "subnetId"},
			"aws:ec2/securityGroup:SecurityGroup":                 {"description", "name", "namePrefix", "vpcId"},
			"aws:ec2/subnet:Subnet":                               {"availabilityZone", "cidrBlock", "vpcId"},
			"aws:ec2/vpc:Vpc":                                     {"cidrBlock"},
			"aws:ecr/repository:Repository":                       {"encryptionConfigurations", "name"},
			"aws:ecs/cluster:Cluster":                             {"name"},
			"aws:ecs/service:Service":                             {"cluster", "iamRole", "launchType", "name", "schedulingStrategy"},
			"aws:ecs/taskDefinition:TaskDefinition":               {"containerDefinitions", "cpu", "executionRoleArn", "family", "memory", "networkMode", "requiresCompatibilities", "runtimePlatform", "taskRoleArn", "volumes"},
			"aws:iam/role:Role":                                   {"name", "namePrefix", "path"},
			"aws:iam/rolePolicy:RolePolicy":                       {"name", "namePrefix", "role"},
			"aws:lb/listener:Listener":                            {"loadBalancerArn"},
			"aws:lb/loadBalancer:LoadBalancer":                    {"internal", "loadBalancerType", "name", "namePrefix"},
			"aws:lb/targetGroup:TargetGroup":                      {"name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId"},
			"aws:secretsmanager/secret:Secret":                    {"name", "namePrefix"},
			"aws:secretsmanager/secretVersion:SecretVersion":      {"secretBinary", "secretId", "secretString"},
		},
	}
}

const amazonPlace = "eu-west-1:123456789012:"

func amazonTells(c *Cloud, made Thing) (string, map[string]any) {
	in, n := made.Props, c.Count(made.Type+made.Name)
	id := fmt.Sprintf("%s-%d", made.Name, n)
	switch made.Type {
	case "aws:secretsmanager/secretVersion:SecretVersion":
		version := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		return text(in, "secretId") + "|" + version, map[string]any{"versionId": version, "arn": text(in, "secretId")}
	case "aws:secretsmanager/secret:Secret":
		arn := "arn:aws:secretsmanager:" + amazonPlace + "secret:" + id
		return arn, map[string]any{"arn": arn, "name": id}
	case "aws:ecs/taskDefinition:TaskDefinition":
		arn := fmt.Sprintf("arn:aws:ecs:%stask-definition/%s:%d", amazonPlace, text(in, "family"), n)
		return arn, map[string]any{"arn": arn, "revision": n}
	case "aws:ecs/service:Service":
		arn := "arn:aws:ecs:" + amazonPlace + "service/" + text(in, "name")
		if c.stuck { // the circuit breaker went back to the tasks of before
			return arn, map[string]any{"taskDefinition": "the task definition of before"}
		}
		return arn, nil
	case "aws:iam/role:Role":
		return text(in, "name"), map[string]any{"arn": "arn:aws:iam::123456789012:role/" + text(in, "name")}
	case "aws:lb/loadBalancer:LoadBalancer":
		return id, map[string]any{
			"arn": "arn:aws:elasticloadbalancing:" + amazonPlace + "loadbalancer/app/" + id, "arnSuffix": "app/" + id,
			"dnsName": strings.TrimPrefix(c.URL(), "http://"), "zoneId": "Z0000000000000",
		}
	}
	arn := "arn:aws:any:" + amazonPlace + id
	return id, map[string]any{"arn": arn, "arnSuffix": id, "repositoryUrl": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/" + id}
}

// amazonRuns starts the service's task, whose execution role reads each pinned
// version.
func amazonRuns(c *Cloud, service Thing) (Running, error) {
	var running Running
	tasks := c.Find("aws:ecs/taskDefinition:TaskDefinition", map[string]any{"arn": text(service.Props, "taskDefinition")})
	if len(tasks) == 0 {
		if c.stuck {
			return c.serving, nil
		}
		return running, fmt.Errorf("task definition %s was not found", text(service.Props, "taskDefinition"))
	}
	var containers []struct {
		Environment []struct{ Name, Value string }
		Secrets     []struct{ Name, ValueFrom string }
	}
	if err := json.Unmarshal([]byte(text(tasks[0].Props, "containerDefinitions")), &containers); err != nil {
		return running, fmt.Errorf("container definitions of %s: %w", tasks[0].ID, err)
	}
	if len(containers) != 1 {
		return running, fmt.Errorf("task definition %s has %d containers, want 1", tasks[0].ID, len(containers))
	}
	for _, variable := range containers[0].Environment {
		if variable.Name == "REVISION" {
			running.Revision = variable.Value
		}
	}
	policies, readable := mayRead(c, text(tasks[0].Props, "executionRoleArn"))
	running.Uses = append(policies, Use(tasks[0]))
	for _, secret := range containers[0].Secrets {
		arn, version, pinned := strings.Cut(secret.ValueFrom, ":::")
		versions := c.Find("aws:secretsmanager/secretVersion:SecretVersion", map[string]any{"secretId": arn, "versionId": version})
		switch {
		case !pinned || len(versions) == 0:
			return running, fmt.Errorf("ResourceInitializationError: %s has no version %q", arn, version)
		case !slices.Contains(readable, arn):
			return running, fmt.Errorf("AccessDeniedException: the execution role may not read %s", arn)
		}
		running.Uses = append(running.Uses, Use(versions[0]))
	}
	return running, nil
}

// mayRead is the policies of a role, and the secrets they let it read.
func mayRead(c *Cloud, role string) (policies, arns []string) {
	for _, policy := range c.Find("aws:iam/rolePolicy:RolePolicy", nil) {
		if !strings.HasSuffix(role, "/"+text(policy.Props, "role")) {
			continue
		}
		var document struct {
			Statement []struct{ Action, Resource []string }
		}
		if json.Unmarshal([]byte(text(policy.Props, "policy")), &document) != nil {
			continue
		}
		policies = append(policies, Use(policy))
		for _, statement := range document.Statement {
			if slices.Contains(statement.Action, "secretsmanager:GetSecretValue") {
				arns = append(arns, statement.Resource...)
			}
		}
	}
	return policies, arns
}
