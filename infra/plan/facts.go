package plan

import "strings"

// fact is what a provider does with the inputs of a type. Names are paths from
// a resource's inputs, through objects and each item of a list.
type fact struct{ needs, anew, secret []string }

// factsOf knows the types that targets use; the inputs of another, and those
// that are not named, are optional, plain and changed in place.
func factsOf(kind string) fact {
	provider, _, _ := strings.Cut(kind, ":")
	row := tables()[provider][kind]
	f := fact{strings.Fields(row[0]), strings.Fields(row[1]), strings.Fields(row[2])}
	if provider == "kubernetes" { // where an object is cannot be changed
		f.anew = append(f.anew, "metadata.name", "metadata.namespace")
	}
	return f
}

// row holds the three lists of a [fact], each as words.
type row [3]string

// tables hold facts about the providers, by provider and type: what a resource
// needs, what makes it anew, what is secret.
func tables() map[string]map[string]row {
	return map[string]map[string]row{"gcp": google(), "aws": amazon(), "kubernetes": cluster(), "killrvideo": native()}
}

func google() map[string]row {
	return map[string]row{
		"gcp:artifactregistry/repository:Repository": {"format repositoryId",
			"format kmsKeyName location mode project remoteRepositoryConfig repositoryId"},
		"gcp:cloudrun/domainMapping:DomainMapping":          {"location spec", "location metadata name project spec"},
		"gcp:cloudrunv2/service:Service":                    {"location template", "location name project"},
		"gcp:cloudrunv2/serviceIamMember:ServiceIamMember":  {"member role", "condition location member name project role"},
		"gcp:projects/service:Service":                      {"service", "project service"},
		"gcp:secretmanager/secret:Secret":                   {"replication secretId", "project replication secretId"},
		"gcp:secretmanager/secretIamMember:SecretIamMember": {"member role secretId", "condition member project role secretId"},
		"gcp:secretmanager/secretVersion:SecretVersion":     {"secret secretData", "isSecretDataBase64 secret secretData", "secretData"},
		"gcp:serviceaccount/account:Account":                {"accountId", "accountId project"},
	}
}

func amazon() map[string]row {
	const placed = "name resourceId scalableDimension serviceNamespace"
	return map[string]row{
		"aws:acm/certificate:Certificate": {"",
			"certificateAuthorityArn domainName keyAlgorithm subjectAlternativeNames validationMethod validationOptions"},
		"aws:acm/certificateValidation:CertificateValidation": {"certificateArn", "certificateArn validationRecordFqdns"},
		"aws:appautoscaling/policy:Policy":                    {placed, placed},
		"aws:appautoscaling/target:Target": {"maxCapacity minCapacity resourceId scalableDimension serviceNamespace",
			"resourceId scalableDimension serviceNamespace"},
		"aws:cloudwatch/logGroup:LogGroup":                          {"", "logGroupClass name namePrefix"},
		"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":         {"", "vpcId"},
		"aws:ec2/eip:Eip":                                           {"", "address domain networkBorderGroup publicIpv4Pool"},
		"aws:ec2/natGateway:NatGateway":                             {"subnetId", "allocationId connectivityType privateIp secondaryPrivateIpAddressCount subnetId"},
		"aws:ec2/route:Route":                                       {"routeTableId", "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId routeTableId"},
		"aws:ec2/routeTable:RouteTable":                             {"vpcId", "vpcId"},
		"aws:ec2/routeTableAssociation:RouteTableAssociation":       {"routeTableId", "gatewayId subnetId"},
		"aws:ec2/securityGroup:SecurityGroup":                       {"", "description name namePrefix vpcId"},
		"aws:ec2/subnet:Subnet":                                     {"vpcId", "availabilityZone availabilityZoneId cidrBlock ipv6Native outpostArn vpcId"},
		"aws:ec2/vpc:Vpc":                                           {"", "cidrBlock ipv4IpamPoolId ipv4NetmaskLength"},
		"aws:ecr/lifecyclePolicy:LifecyclePolicy":                   {"policy repository", "policy repository"},
		"aws:ecr/repository:Repository":                             {"name", "encryptionConfigurations name"},
		"aws:ecs/cluster:Cluster":                                   {"name", "name"},
		"aws:ecs/service:Service":                                   {"name", "cluster deploymentController.type iamRole launchType name schedulingStrategy"},
		"aws:iam/role:Role":                                         {"assumeRolePolicy", "name namePrefix path"},
		"aws:iam/rolePolicy:RolePolicy":                             {"policy role", "name namePrefix role"},
		"aws:lb/listener:Listener":                                  {"defaultActions loadBalancerArn", "loadBalancerArn"},
		"aws:lb/loadBalancer:LoadBalancer":                          {"", "customerOwnedIpv4Pool internal loadBalancerType name namePrefix"},
		"aws:lb/targetGroup:TargetGroup":                            {"", "ipAddressType name namePrefix port protocol protocolVersion targetType vpcId"},
		"aws:route53/record:Record":                                 {"name type zoneId", "name zoneId"},
		"aws:secretsmanager/secret:Secret":                          {"", "name namePrefix"},
		"aws:secretsmanager/secretVersion:SecretVersion":            {"secretId", "secretBinary secretId secretString", "secretBinary secretString"},
		"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   {"ipProtocol securityGroupId", "securityGroupId"},
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {"ipProtocol securityGroupId", "securityGroupId"},
		"aws:ecs/taskDefinition:TaskDefinition": {"containerDefinitions family",
			"containerDefinitions cpu ephemeralStorage executionRoleArn family inferenceAccelerators ipcMode memory networkMode " +
				"pidMode placementConstraints proxyConfiguration requiresCompatibilities runtimePlatform taskRoleArn volumes"},
	}
}

func cluster() map[string]row {
	return map[string]row{
		"kubernetes:apps/v1:Deployment": {"spec", "spec.selector"},
		"kubernetes:core/v1:ConfigMap":  {"", "binaryData data"},
		"kubernetes:core/v1:Secret":     {"", "data stringData type", "data stringData"},
	}
}

// native are our own provider's; its resources refuse what they lack in words
// of their own.
func native() map[string]row {
	return map[string]row{
		"killrvideo:astra:Role":    {"databaseId keyspace", "actions databaseId keyspace"},
		"killrvideo:astra:Schema":  {"databaseId keyspace tables", "databaseId keyspace"},
		"killrvideo:astra:Token":   {"databaseId keyspace", "databaseId generation given keyspace readOnly roleId", "given"},
		"killrvideo:rollout:Wait":  {"for", ""},
		"killrvideo:secret:Random": {"", "generation"},
		"killrvideo:rollout:Gate":  {"revision url", "consecutive intervalMillis logFile mode reason revision timeoutSeconds triggers url"},
	}
}
