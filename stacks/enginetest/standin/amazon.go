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
		slow: []string{"aws:iam/rolePolicy:RolePolicy"},
		told: amazonTells, run: amazonRuns, platform: amazonPlatform, within: amazonIn, compares: []string{"taskDefinition"},
		stores: amazonStores,
		reads: func(c *Cloud, _ Thing) (outputs, inputs map[string]any) {
			return map[string]any{"taskDefinition": c.serving.task}, map[string]any{"taskDefinition": c.serving.task}
		},
	}
}

// amazonIn has the versions of a secret in it.
func amazonIn(thing Thing) (kind, id string) {
	if thing.Type == amazonVersion {
		return amazonSecret, text(thing.Props, "secretId")
	}
	return "", ""
}

const amazonPlace = "eu-west-1:123456789012:"

func amazonTells(c *Cloud, made Thing) (string, map[string]any) {
	in, n := made.Props, c.count(made.Type+made.Name)
	id := fmt.Sprintf("%s-%d", made.Name, n)
	switch made.Type {
	case amazonVersion:
		version := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		return text(in, "secretId") + "|" + version, map[string]any{"versionId": version, "arn": text(in, "secretId")}
	case amazonSecret:
		arn := "arn:aws:secretsmanager:" + amazonPlace + "secret:" + id
		return arn, map[string]any{"arn": arn, "name": id}
	case definitionType:
		arn := fmt.Sprintf("arn:aws:ecs:%stask-definition/%s:%d", amazonPlace, text(in, "family"), n)
		return arn, map[string]any{"arn": arn, "revision": n}
	case "aws:ecs/service:Service":
		arn := "arn:aws:ecs:" + amazonPlace + "service/" + text(in, "name")
		if before := c.index(made.Type, arn); c.stuck && before >= 0 { // the circuit breaker went back
			return arn, map[string]any{"taskDefinition": c.things[before].Props["taskDefinition"]}
		}
		return arn, nil
	case "aws:iam/role:Role":
		return text(in, "name"), map[string]any{"arn": "arn:aws:iam::123456789012:role/" + text(in, "name")}
	case "aws:ec2/eip:Eip":
		return id, map[string]any{"publicIp": fmt.Sprintf("192.0.2.%d", c.count("address"))}
	case "aws:kms/key:Key":
		return id, map[string]any{"keyId": id, "arn": "arn:aws:kms:" + amazonPlace + "key/" + id}
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
func amazonRuns(c *Cloud, service Thing) (running, error) {
	var r running
	tasks := c.find(definitionType, map[string]any{"arn": text(service.Props, "taskDefinition")})
	if len(tasks) == 0 {
		return r, fmt.Errorf("task definition %s was not found", text(service.Props, "taskDefinition"))
	}
	var containers []struct {
		Environment []struct{ Name, Value string }
		Secrets     []struct{ Name, ValueFrom string }
	}
	if err := json.Unmarshal([]byte(text(tasks[0].Props, "containerDefinitions")), &containers); err != nil {
		return r, fmt.Errorf("container definitions of %s: %w", tasks[0].ID, err)
	}
	if len(containers) != 1 {
		return r, fmt.Errorf("task definition %s has %d containers, want 1", tasks[0].ID, len(containers))
	}
	for _, variable := range containers[0].Environment {
		if variable.Name == "REVISION" {
			r.revision = variable.Value
		}
	}
	policies, readable := mayRead(c, text(tasks[0].Props, "executionRoleArn"))
	r.task, r.uses = tasks[0].ID, append(policies, use(tasks[0]))
	for _, secret := range containers[0].Secrets {
		arn, version, pinned := strings.Cut(secret.ValueFrom, ":::")
		versions := c.find(amazonVersion, map[string]any{"secretId": arn, "versionId": version})
		switch {
		case !pinned || len(versions) == 0:
			return r, fmt.Errorf("ResourceInitializationError: %s has no version %q", arn, version)
		case !slices.Contains(readable, arn):
			return r, fmt.Errorf("AccessDeniedException: the execution role may not read %s", arn)
		}
		r.uses = append(r.uses, use(versions[0]))
	}
	return r, nil
}

// mayRead is the policies of a role, and the secrets they let it read.
func mayRead(c *Cloud, role string) (policies, arns []string) {
	for _, policy := range c.find("aws:iam/rolePolicy:RolePolicy", nil) {
		if !strings.HasSuffix(role, "/"+text(policy.Props, "role")) {
			continue
		}
		var document struct {
			Statement []struct{ Action, Resource []string }
		}
		if json.Unmarshal([]byte(text(policy.Props, "policy")), &document) != nil {
			continue
		}
		policies = append(policies, use(policy))
		for _, statement := range document.Statement {
			if slices.Contains(statement.Action, "secretsmanager:GetSecretValue") {
				arns = append(arns, statement.Resource...)
			}
		}
	}
	return policies, arns
}
