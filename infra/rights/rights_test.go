package rights

import (
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func resource(kind string, inputs map[string]any) plan.Resource {
	return plan.Resource{Type: kind, Name: "it", Inputs: inputs}
}

func TestOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of   plan.Resource
		want []string
		wide bool // and without a reason
	}{
		"a secret of Google": {resource("gcp:secretmanager/secretIamMember:SecretIamMember",
			map[string]any{"member": "serviceAccount:api", "role": "roles/secretmanager.secretAccessor", "secretId": "key"}),
			[]string{"serviceAccount:api may roles/secretmanager.secretAccessor on Secret key"}, false},
		"a whole project": {resource("gcp:projects/iAMMember:IAMMember",
			map[string]any{"member": "serviceAccount:api", "role": "roles/run.admin"}),
			[]string{"serviceAccount:api may roles/run.admin on the project *"}, true},
		"anyone reads": {resource("gcp:secretmanager/secretIamMember:SecretIamMember",
			map[string]any{"member": "allUsers", "role": "roles/x.y", "secretId": "key"}),
			[]string{"allUsers may roles/x.y on Secret key"}, true},
		"members of a role": {resource("gcp:secretmanager/secretIamBinding:SecretIamBinding",
			map[string]any{"members": []any{"serviceAccount:api", "allUsers"}, "role": "roles/x.y", "secretId": "key"}),
			[]string{"allUsers may roles/x.y on Secret key", "serviceAccount:api may roles/x.y on Secret key"}, true},
		"a whole policy of Google": {resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
			map[string]any{"policyData": `{"bindings":[{"role":"roles/run.invoker","members":["user:a"]}]}`, "name": "api"}),
			[]string{"user:a may roles/run.invoker on Service api"}, false},
		"an unreadable policy of Google": {resource("gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
			map[string]any{"policyData": `{}`, "bucket": "b"}), []string{"* may * on Bucket b"}, true},
		"an unknown policy of Google": {resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
			map[string]any{"policyData": plan.Unknown, "name": "api"}),
			[]string{"it may use gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy on *"}, true},
		"a policy to attach": {resource("aws:iam/policy:Policy",
			map[string]any{"policy": `{"Statement":[{"Action":["a:B"],"Resource":["*"]}]}`}), []string{"who has it may a:B on *"}, true},
		"a policy of a secret": {resource("aws:secretsmanager/secretPolicy:SecretPolicy",
			map[string]any{"policy": `{"Statement":[{"Principal":{"AWS":"*"},"Action":["a:B"],"Resource":["arn"]}]}`}),
			[]string{"AWS * may a:B on the secret it"}, true},
		"members that are not known yet": {resource("gcp:secretmanager/secretIamBinding:SecretIamBinding",
			map[string]any{"members": plan.Unknown, "role": "roles/x.y", "secretId": "key"}),
			[]string{"it may use gcp:secretmanager/secretIamBinding:SecretIamBinding on *"}, true},
		"a policy that only denies": {resource("aws:s3/bucketPolicy:BucketPolicy",
			map[string]any{"policy": `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}}`}), nil, false},
		"an attachable policy that only denies": {resource("aws:iam/policy:Policy",
			map[string]any{"policy": `{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`}), nil, false},
		"texts instead of lists": {resource("aws:s3/bucketPolicy:BucketPolicy",
			map[string]any{"policy": `{"Statement":{"Effect":"Allow","Principal":{"AWS":["a","b"]},"Action":"s3:GetObject","Resource":"arn"}}`}),
			[]string{"AWS a may s3:GetObject on the bucket it", "AWS b may s3:GetObject on the bucket it"}, false},
		"a policy for all": {resource("aws:s3/bucketPolicy:BucketPolicy",
			map[string]any{"policy": `{"Statement":{"Principal":"*","Action":"s3:GetObject","Resource":"arn"}}`}),
			[]string{"AWS * may s3:GetObject on the bucket it"}, true},
		"a policy": {resource("aws:iam/rolePolicy:RolePolicy",
			map[string]any{"role": "r", "policy": `{"Statement":[{"Action":["a:B","a:C"],"Resource":["arn"]}]}`}),
			[]string{"the role r may a:B on arn", "the role r may a:C on arn"}, false},
		"a policy on everything": {resource("aws:iam/rolePolicy:RolePolicy",
			map[string]any{"role": "r", "policy": `{"Statement":[{"Action":["a:B"],"Resource":["*"]}]}`}),
			[]string{"the role r may a:B on *"}, true},
		"a policy on the rest": {resource("aws:iam/rolePolicy:RolePolicy",
			map[string]any{"role": "r", "policy": `{"Statement":[{"NotAction":["a:B"],"NotResource":["arn"]}]}`}),
			[]string{"the role r may * on *"}, true},
		"a trust in any principal": {resource("aws:iam/role:Role",
			map[string]any{"name": "r", "assumeRolePolicy": trust(`"AWS":"*"`, "a", "b")}),
			[]string{"AWS * may sts:AssumeRole on the role r"}, true},
		"a trust": {resource("aws:iam/role:Role",
			map[string]any{"name": "r", "assumeRolePolicy": trust(`"Service":"x"`, "aws:SourceAccount", "123456789012")}),
			[]string{"Service x may sts:AssumeRole on the role r"}, false},
		"a trust in jobs": {resource("aws:iam/role:Role",
			map[string]any{"name": "r", "assumeRolePolicy": `{"Statement":[{"Principal":{"Federated":"x"},"Action":["sts:B"],` +
				`"Condition":{"StringEquals":{"t:aud":"z","t:sub":["a","b"]}}}]}`}),
			[]string{"Federated x for a may sts:B on the role r", "Federated x for b may sts:B on the role r"}, false},
		"an issuer": {resource("aws:iam/openIdConnectProvider:OpenIdConnectProvider", map[string]any{"url": "https://x"}),
			[]string{"tokens of https://x may be believed on the account"}, false},
		"an issuer at Google": {resource("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
			map[string]any{"workloadIdentityPoolId": "p", "oidc": map[string]any{"issuerUri": "https://x"},
				"attributeCondition": "assertion.repository_id == '1' && assertion.sub in ['repo:a']"}),
			[]string{"tokens of https://x with assertion.repository_id == '1' && assertion.sub in ['repo:a'] may be believed on the pool p"}, false},
		"an empty pool": {resource("gcp:iam/workloadIdentityPool:WorkloadIdentityPool", nil), nil, false},
		"a bucket": {resource("gcp:storage/bucketIAMMember:BucketIAMMember",
			map[string]any{"member": "m", "role": "roles/x.y", "bucket": "b"}),
			[]string{"m may roles/x.y on Bucket b"}, false},
		"the state": {resource("aws:iam/rolePolicy:RolePolicy",
			map[string]any{
				"role":   "r",
				"policy": `{"Statement":[{"Action":["s3:GetObject"],"Resource":["arn:b/.pulumi/stacks/shop/staging.*"]}]}`,
			}),
			[]string{"the role r may s3:GetObject on arn:b/.pulumi/stacks/shop/staging.* " +
				"(Pulumi names the objects of a stack's state as it makes them)"},
			false},
		"a managed policy": {resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment",
			map[string]any{"role": "r", "policyArn": "arn"}),
			[]string{"the role r may use all of arn on *"}, true},
		"a grant that is not read here": {resource("aws:iam/groupMembership:GroupMembership", map[string]any{"users": []any{"a"}}),
			[]string{"it may use aws:iam/groupMembership:GroupMembership on *"}, true},
		"rights in a cluster": {resource("kubernetes:rbac.authorization.k8s.io/v1:Role", nil), []string{"it may * on the cluster"}, true},
		"a role on Astra": {resource("astradb:index:Role", map[string]any{"keyspace": "k"}),
			[]string{"a token with it may read on keyspace k of its database"}, false},
		"a role with actions": {resource("astradb:index:Role", map[string]any{"keyspace": "k", "actions": []any{"drop"}}),
			[]string{"a token with it may drop on keyspace k of its database"}, false},
		"a secret": {resource("gcp:secretmanager/secret:Secret", nil), nil, false},
	} {
		var got []string
		wide := false
		for _, right := range Of(&plan.Plan{Resources: []plan.Resource{c.of}}, []string{"read"}) {
			got = append(got, right.String())
			wide = wide || right.Wide() && right.Reason() == ""
		}
		if !slices.Equal(got, c.want) || wide != c.wide {
			t.Errorf("%s: %q, wide %v", name, got, wide)
		}
	}
}

// trust lets a role be assumed by a principal, on a condition.
func trust(principal, key, value string) string {
	return `{"Statement":[{"Principal":{` + principal + `},"Action":["sts:AssumeRole"],` +
		`"Condition":{"StringEquals":{"` + key + `":"` + value + `"}}}]}`
}
