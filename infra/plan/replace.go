package plan

import (
	"slices"
	"strings"
)

// anew are the inputs, by type, whose change makes a new resource instead of
// changing the one that is there. Only types that targets use are here; they
// are facts about the providers, and a type without a row is changed in place.
func anew() map[string][]string {
	return map[string][]string{
		"gcp:artifactregistry/repository:Repository":       {"format", "kmsKeyName", "location", "mode", "project", "repositoryId"},
		"gcp:cloudrun/domainMapping:DomainMapping":         {"location", "metadata", "name", "project", "spec"},
		"gcp:cloudrunv2/service:Service":                   {"location", "name", "project"},
		"gcp:cloudrunv2/serviceIamMember:ServiceIamMember": {"condition", "location", "member", "name", "project", "role"},
		"gcp:projects/service:Service":                     {"project", "service"},
		"gcp:secretmanager/secret:Secret":                  {"project", "replication", "secretId"},
		"gcp:secretmanager/secretIamMember:SecretIamMember": {
			"condition", "member", "project", "role", "secretId"},
		"gcp:secretmanager/secretVersion:SecretVersion":       {"isSecretDataBase64", "secret", "secretData"},
		"gcp:serviceaccount/account:Account":                  {"accountId", "project"},
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
		"aws:iam/role:Role":                                   {"name", "namePrefix", "path"},
		"aws:iam/rolePolicy:RolePolicy":                       {"name", "namePrefix", "role"},
		"aws:lb/listener:Listener":                            {"loadBalancerArn"},
		"aws:lb/loadBalancer:LoadBalancer":                    {"internal", "loadBalancerType", "name", "namePrefix"},
		"aws:lb/targetGroup:TargetGroup":                      {"name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId"},
		"aws:secretsmanager/secret:Secret":                    {"name", "namePrefix"},
		"aws:secretsmanager/secretVersion:SecretVersion":      {"secretBinary", "secretId", "secretString"},
		"aws:ecs/taskDefinition:TaskDefinition": {"containerDefinitions", "cpu", "executionRoleArn", "family", "memory",
			"networkMode", "requiresCompatibilities", "runtimePlatform", "taskRoleArn", "volumes"},
		"kubernetes:core/v1:Secret":    {"data", "stringData", "type"},
		"kubernetes:core/v1:ConfigMap": {"data", "binaryData"},
		"killrvideo:astra:Token":       {"generation", "databaseId", "keyspace", "given", "roleId"},
		"killrvideo:rollout:Gate":      {"url", "revision", "triggers", "mode", "timeoutSeconds", "intervalMillis"},
	}
}

// Replaces tells whether the change of an input makes a new resource.
func Replaces(kind, input string) bool { return slices.Contains(anew()[kind], input) }

// oldFirst tells whether the old one must go before its replacement can come:
// the program says so, or it is an object of Kubernetes with a name of its own.
func oldFirst(r Resource) bool {
	metadata, _ := r.Inputs["metadata"].(map[string]any)
	_, fixed := metadata["name"]
	return r.DeleteFirst || fixed && strings.HasPrefix(r.Type, "kubernetes:")
}

// restarts says what a change of a resource restarts, nothing for most.
func restarts(kind string) string {
	switch {
	case kind == "gcp:cloudrunv2/service:Service":
		return "Cloud Run starts a new revision and moves the traffic when it is ready"
	case strings.HasSuffix(kind, ":Deployment"):
		return "the pods are replaced one after the other"
	case kind == "aws:ecs/taskDefinition:TaskDefinition":
		return "the service replaces its tasks"
	case kind == "killrvideo:local:Process":
		return "the process is restarted"
	}
	return ""
}
