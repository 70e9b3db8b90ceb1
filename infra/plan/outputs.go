package plan

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// told are the properties that only a deployment fills, of the types whose
// properties others here use. A type that is not listed tells its id alone.
var told = map[string][]resource.PropertyKey{
	"astradb:index:Database": {"databaseId", "dataApiEndpoint"},
	"astradb:index:Token":    {"clientId"},
	"astradb:index:SigningKey": {"keyId", "previousKeyId", "previousIssuedUntil", "previousExpiresAt",
		"sessionsValidAfter", "fingerprint"},
	"astradb:index:Process":                                             {"instance", "logFile", "address"},
	"astradb:index:Owner":                                               {"mark"},
	"docker-build:index:Image":                                          {"digest"},
	"docker-build:index:Index":                                          {"ref"},
	"gcp:serviceaccount/account:Account":                                {"email", "member", "name"},
	"gcp:secretmanager/secret:Secret":                                   {"name", "project"},
	"gcp:secretmanager/secretVersion:SecretVersion":                     {"version", "name", "createTime"},
	"gcp:artifactregistry/repository:Repository":                        {"project", "name"},
	"gcp:cloudrunv2/service:Service":                                    {"uri", "generation"},
	"aws:secretsmanager/secretVersion:SecretVersion":                    {"versionId"},
	"aws:secretsmanager/secret:Secret":                                  {"arn"},
	"aws:ecs/taskDefinition:TaskDefinition":                             {"arn"},
	"aws:lb/targetGroup:TargetGroup":                                    {"arn", "arnSuffix"},
	"aws:cloudwatch/logGroup:LogGroup":                                  {"arn"},
	"aws:iam/role:Role":                                                 {"arn"},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider":               {"arn"},
	"gcp:iam/workloadIdentityPool:WorkloadIdentityPool":                 {"name"},
	"gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {"name"},
	"aws:ecs/cluster:Cluster":                                           {"arn"},
	"aws:ec2/eip:Eip":                                                   {"publicIp"},
	"aws:kms/key:Key":                                                   {"arn", "keyId"},
	"gcp:compute/address:Address":                                       {"address", "selfLink"},
	"gcp:compute/router:Router":                                         {"name"},
	"gcp:projects/serviceIdentity:ServiceIdentity":                      {"email", "member"},
	"aws:acm/certificate:Certificate":                                   {"arn"},
	"aws:ecr/repository:Repository":                                     {"arn", "repositoryUrl"},
	"aws:lb/loadBalancer:LoadBalancer":                                  {"arn", "arnSuffix", "dnsName", "zoneId"},
}

// hidden are those of them that are secret.
var hidden = map[string][]resource.PropertyKey{
	"astradb:index:Token":      {"token"},
	"astradb:index:SigningKey": {"current", "previous"},
	"astradb:index:Random":     {"value"},
	"astradb:index:Process":    {"token"},

	"astradb:index:OneTimeCodes": {"codes"},
}

// outputs names what a resource will tell, as ${NAME.PROPERTY}.
func outputs(kind, name string) resource.PropertyMap {
	all := resource.PropertyMap{}
	for _, property := range told[kind] {
		all[property] = resource.NewProperty(reference(name, property))
	}
	for _, property := range hidden[kind] {
		all[property] = resource.MakeSecret(resource.NewProperty(reference(name, property)))
	}
	if kind == "kubernetes:core/v1:Service" {
		at := resource.PropertyMap{"ip": resource.NewProperty(reference(name, "address"))}
		all["status"] = resource.NewProperty(resource.PropertyMap{"loadBalancer": resource.NewProperty(resource.PropertyMap{
			"ingress": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(at)}),
		})})
	}
	if kind == "gcp:cloudrunv2/service:Service" {
		// In a deployment that went well the newest revision is the ready one.
		newest := resource.NewProperty(reference(name, "latestReadyRevision"))
		all["latestReadyRevision"], all["latestCreatedRevision"] = newest, newest
	}
	return all
}

// named gives a Kubernetes object the name that the provider will make up, and
// the id that the cluster will give it.
func named(kind, name string, inputs resource.PropertyMap) resource.PropertyMap {
	metadata, ok := inputs["metadata"]
	if !strings.HasPrefix(kind, "kubernetes:") || !ok || !metadata.IsObject() {
		return inputs
	}
	object := metadata.ObjectValue().Copy()
	if !object.HasValue("name") {
		object["name"] = resource.NewProperty(reference(name, "metadata.name"))
	}
	object["uid"] = resource.NewProperty(reference(name, "metadata.uid"))
	inputs["metadata"] = resource.NewProperty(object)
	return inputs
}

func reference(name string, property resource.PropertyKey) string {
	return "${" + name + "." + string(property) + "}"
}
