package plan

import "strings"

// fact is what a provider does with the inputs of a type. Names are paths from
// a resource's inputs, through objects and each item of a list.
type fact struct{ needs, replacing, secret []string }

// factsOf knows the types that targets use; the inputs of another, and those
// that are not named, are optional, plain and changed in place.
func factsOf(kind string) fact {
	provider, _, _ := strings.Cut(kind, ":")
	row := tables()[provider][kind]
	f := fact{strings.Fields(row[0]), strings.Fields(row[1]), strings.Fields(row[2])}
	if provider == "kubernetes" { // where an object is cannot be changed
		f.replacing = append(f.replacing, "metadata.name", "metadata.namespace")
	}
	return f
}

// KeyInputs is where each type that a key of the account can encrypt names that
// key, by type.
func KeyInputs() map[string]string {
	return map[string]string{
		"aws:cloudwatch/logGroup:LogGroup":                    "kmsKeyId",
		"aws:ecr/repository:Repository":                       "encryptionConfigurations.kmsKey",
		"aws:secretsmanager/secret:Secret":                    "kmsKeyId",
		"gcp:artifactregistry/repository:Repository":          "kmsKeyName",
		"gcp:cloudrunv2/service:Service":                      "template.encryptionKey",
		"gcp:logging/projectBucketConfig:ProjectBucketConfig": "cmekSettings.kmsKeyName",
		"gcp:secretmanager/secret:Secret":                     "replication.userManaged.replicas.customerManagedEncryption.kmsKeyName",
	}
}

// row holds the three lists of a [fact], each as words.
type row [3]string

// tables hold facts about the providers, by provider and type: what a resource
// needs, which inputs replace it, which are secret.
func tables() map[string]map[string]row {
	return map[string]map[string]row{"gcp": google(), "aws": amazon(), "kubernetes": cluster(), "astradb": native()}
}

func google() map[string]row {
	return map[string]row{
		"gcp:artifactregistry/repository:Repository": {"format repositoryId",
			"format kmsKeyName location mode project remoteRepositoryConfig repositoryId"},
		"gcp:cloudrun/domainMapping:DomainMapping":         {"location spec", "location metadata name project spec"},
		"gcp:cloudrunv2/service:Service":                   {"location template", "location name project"},
		"gcp:cloudrunv2/serviceIamMember:ServiceIamMember": {"member role", "condition location member name project role"},
		"gcp:cloudscheduler/job:Job":                       {"", "name project region"},
		"gcp:compute/address:Address": {"", "address addressType description ipVersion ipv6EndpointType name network networkTier " +
			"prefixLength project purpose region subnetwork"},
		"gcp:compute/firewall:Firewall":   {"network", "direction name network project"},
		"gcp:compute/network:Network":     {"", "autoCreateSubnetworks description enableUlaInternalIpv6 internalIpv6Range mtu name project"},
		"gcp:compute/router:Router":       {"network", "encryptedInterconnectRouter name network project region"},
		"gcp:compute/routerNat:RouterNat": {"router sourceSubnetworkIpRangesToNat", "endpointTypes name project region router type"},
		"gcp:compute/subnetwork:Subnetwork": {"ipCidrRange network",
			"description name network project purpose region"},
		"gcp:kms/cryptoKey:CryptoKey": {"keyRing",
			"cryptoKeyBackend destroyScheduledDuration importOnly keyRing name purpose skipInitialVersionCreation"},
		"gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember":       {"cryptoKeyId member role", "condition cryptoKeyId member role"},
		"gcp:kms/keyRing:KeyRing":                             {"location", "location name project"},
		"gcp:logging/projectBucketConfig:ProjectBucketConfig": {"bucketId location project", "bucketId location project"},
		"gcp:logging/projectExclusion:ProjectExclusion":       {"filter", "name project"},
		"gcp:logging/projectSink:ProjectSink":                 {"destination", "customWriterIdentity name project uniqueWriterIdentity"},
		"gcp:projects/serviceIdentity:ServiceIdentity":        {"service", "project service"},
		"gcp:projects/service:Service":                        {"service", "project service"},
		"gcp:secretmanager/secret:Secret":                     {"replication secretId", "project replication secretId"},
		"gcp:secretmanager/secretIamMember:SecretIamMember":   {"member role secretId", "condition member project role secretId"},
		"gcp:secretmanager/secretVersion:SecretVersion":       {"secret secretData", "isSecretDataBase64 secret secretData", "secretData"},
		"gcp:serviceaccount/account:Account":                  {"accountId", "accountId project"},
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
		"aws:cloudwatch/logGroup:LogGroup":                  {"", "logGroupClass name namePrefix"},
		"aws:cloudwatch/metricAlarm:MetricAlarm":            {"comparisonOperator evaluationPeriods", "name"},
		"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"", "vpcId"},
		"aws:ec2/eip:Eip":                                   {"", "address domain networkBorderGroup publicIpv4Pool"},
		"aws:ec2/natGateway:NatGateway": {
			"subnetId",
			"allocationId connectivityType privateIp secondaryPrivateIpAddressCount subnetId",
		},
		"aws:ec2/route:Route": {
			"routeTableId",
			"destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId routeTableId",
		},
		"aws:ec2/routeTable:RouteTable":                       {"vpcId", "vpcId"},
		"aws:ec2/routeTableAssociation:RouteTableAssociation": {"routeTableId", "gatewayId subnetId"},
		"aws:ec2/securityGroup:SecurityGroup":                 {"", "description name namePrefix vpcId"},
		"aws:ec2/subnet:Subnet": {
			"vpcId",
			"availabilityZone availabilityZoneId cidrBlock ipv6Native outpostArn vpcId",
		},
		"aws:ec2/vpc:Vpc":                         {"", "cidrBlock ipv4IpamPoolId ipv4NetmaskLength"},
		"aws:ecr/lifecyclePolicy:LifecyclePolicy": {"policy repository", "policy repository"},
		"aws:ecr/repository:Repository":           {"name", "encryptionConfigurations name"},
		"aws:ecs/cluster:Cluster":                 {"name", "name"},
		"aws:ecs/service:Service": {
			"name",
			"cluster deploymentController.type iamRole launchType name schedulingStrategy",
		},
		"aws:iam/role:Role":             {"assumeRolePolicy", "name namePrefix path"},
		"aws:iam/rolePolicy:RolePolicy": {"policy role", "name namePrefix role"},
		"aws:kms/alias:Alias":           {"targetKeyId", "name namePrefix"},
		"aws:kms/key:Key":               {"", "customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId"},
		"aws:lb/listener:Listener":      {"defaultActions loadBalancerArn", "loadBalancerArn"},
		"aws:lb/loadBalancer:LoadBalancer": {
			"",
			"customerOwnedIpv4Pool internal loadBalancerType name namePrefix",
		},
		"aws:lb/targetGroup:TargetGroup": {
			"",
			"ipAddressType name namePrefix port protocol protocolVersion targetType vpcId",
		},
		"aws:route53/record:Record":        {"name type zoneId", "name zoneId"},
		"aws:secretsmanager/secret:Secret": {"", "name namePrefix"},
		"aws:secretsmanager/secretVersion:SecretVersion": {
			"secretId",
			"secretBinary secretId secretString", "secretBinary secretString",
		},
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
		"astradb:index:Database":        {"cloudProvider name region", "cloudProvider keyspace name region"},
		"astradb:index:Keyspace":        {"databaseId name", "databaseId name"},
		"astradb:index:AccessList":      {"addresses databaseId", "databaseId"},
		"astradb:index:AccessListEntry": {"address databaseId", "address databaseId"},
		"astradb:index:Role":            {"databaseId keyspace", "actions databaseId keyspace"},
		"astradb:index:Schema":          {"databaseId keyspace tables", "databaseId keyspace"},
		"astradb:index:Token":           {"databaseId keyspace", "databaseId generation given keyspace readOnly roleId", "given"},
		"astradb:index:Wait":            {"for", ""},
		"astradb:index:Random":          {"", "generation"},

		"astradb:index:CloudRunServing": {"location project service", ""},
		"astradb:index:CloudRunTraffic": {"location project service to", ""},
		"astradb:index:Gate":            {"revision url", ""},
	}
}
