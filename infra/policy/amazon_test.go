package policy

// amazonExamples break the rules about an account one by one.
func amazonExamples() []example {
	return []example{
		{"a certificate is for one name", amazonCertificate, "domainName", "*.example.org"},
		{"a certificate is for one name", amazonCertificate, "options.certificateTransparencyLoggingPreference", "DISABLED"},
		{"no policy of Amazon's own", amazonRole, "managedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"}},
		{"no policy of Amazon's own", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "arn:aws:iam::aws:policy/IAMFullAccess"},
		{"security groups say what they are for", amazonGroup, "description", nil},
		{"security groups say what they are for", amazonGroup, "ingress", []any{map[string]any{"fromPort": float64(22)}}},
		{"what is made is used", amazonBalancer, "securityGroups", nil},
		{"what is made is used", "aws:ec2/natGateway:NatGateway", "allocationId", nil},
		{"a name points at something made", amazonRecord, "aliases", nil},
		{"the way out is a gateway", amazonRoute, "natGatewayId", nil},
		{"a task keeps nothing", amazonTask, "volumes", []any{map[string]any{"name": "files"}}},
	}
}
