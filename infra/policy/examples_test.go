package policy

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// good is a plan that breaks no rule, newly made.
func good(t *testing.T) *plan.Plan {
	t.Helper()
	text, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var loose any
	if err := yaml.Unmarshal(text, &loose); err != nil {
		t.Fatal(err)
	}
	// Through JSON, whose numbers are those of a plan.
	encoded, err := json.Marshal(loose)
	if err != nil {
		t.Fatal(err)
	}
	made := &plan.Plan{}
	if err := json.Unmarshal(encoded, &made.Resources); err != nil {
		t.Fatal(err)
	}
	return made
}

// set puts a value below an object; nil takes it away.
func set(object map[string]any, path string, value any) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		next := object[name]
		if items := plan.List(next, ""); len(items) > 0 {
			next = items[0]
		}
		inner, ok := next.(map[string]any)
		if !ok {
			inner = map[string]any{}
			object[name] = inner
		}
		object = inner
	}
	if last := names[len(names)-1]; value == nil {
		delete(object, last)
	} else {
		object[last] = value
	}
}

// example breaks one rule: by an input of the first resource of a type.
type example struct {
	rule, kind, path string
	value            any
}

func (e example) apply(t *testing.T, p *plan.Plan) {
	t.Helper()
	for i := range p.Resources {
		if p.Resources[i].Type == e.kind {
			set(p.Resources[i].Inputs, e.path, e.value)
			return
		}
	}
	p.Resources = append(
		p.Resources,
		plan.Resource{Type: e.kind, Name: "added", Parent: "group", Inputs: map[string]any{e.path: e.value}},
	)
}

// tasks is the containers of the good plan's task with one text replaced.
func tasks(old, text string) string {
	return strings.ReplaceAll(`[{"name":"api","image":"x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",`+
		`"environment":[{"name":"PORT"}],"secrets":[{"name":"JWT_SECRET_KEY","valueFrom":"arn:::1"}]}]`, old, text)
}

// trust lets a role be assumed by a principal, on a condition.
func trust(principal, key, value string) string {
	return `{"Statement":[{"Principal":{` + principal + `},"Action":["sts:AssumeRole"],` +
		`"Condition":{"StringEquals":{"` + key + `":"` + value + `"}}}]}`
}

func statement(action, resource string) string {
	return `{"Statement":[{"` + action + `,"` + resource + `}]}`
}

const amazonRole = "aws:iam/role:Role"

func examples() []example {
	const pull = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
	const jobs = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
	const pod = "spec.template.spec.containers."
	secret := "values of secrets are secret"
	immutable := "Secrets are immutable and auto-named"
	pinned := "images and secrets are pinned"
	narrow := "rights name principals, actions and resources"
	ports := "security groups open one port each"
	dns := "DNS is open to name servers only"
	ecs := "ECS waits for a roll-out and rolls back"
	return []example{
		{secret, googleVersion, "secretData", "plaintext"},
		{secret, clusterSecret, "stringData", map[string]any{"KEY": "plaintext"}},
		{secret, clusterConfig, "data", map[string]any{"JWT_SECRET_KEY": "plaintext"}},
		{"an earlier secret version can be restored", googleVersion, "deletionPolicy", "DELETE"},
		{immutable, clusterSecret, "metadata.name", "fixed"},
		{immutable, clusterSecret, "immutable", nil},
		{pinned, runService, "template.containers.image", "docker.io/x:latest"},
		{pinned, runService, "template.containers.image", ""},
		{pinned, runService, "template.containers.envs.valueSource.secretKeyRef.version", "latest"},
		{pinned, runService, "template.containers.envs.value", "plaintext"},
		{pinned, runService, "template.containers", nil},
		{pinned, amazonTask, "containerDefinitions", "no JSON"},
		{pinned, amazonTask, "containerDefinitions", tasks("@sha256:", ":latest")},
		{pinned, amazonTask, "containerDefinitions", tasks(":::1", "")},
		{pinned, amazonTask, "containerDefinitions", tasks(`"name":"PORT"`, `"name":"JWT_SECRET_KEY","value":"plaintext"`)},
		{pinned, deployment, pod + "image", "x:latest"},
		{pinned, deployment, pod + "env", []any{map[string]any{"name": "JWT_SECRET_KEY", "value": "plaintext"}}},
		{narrow, googleGrant, "member", "allUsers"},
		{narrow, googleGrant, "role", "roles/editor"},
		{narrow, googleGrant, "role", "secretmanager.secretAccessor"},
		{narrow, googleGrant, "role", "projects/p/roles/custom"},
		{narrow, pull, "member", "allUsers"},
		{narrow, "gcp:storage/bucketIAMMember:BucketIAMMember", "member", "allAuthenticatedUsers"},
		{narrow, "gcp:projects/iAMMember:IAMMember", "member", "serviceAccount:api"},
		{narrow, "gcp:serviceaccount/key:Key", "serviceAccountId", "x"},
		{narrow, jobs, "attributeCondition", nil},
		{narrow, jobs, "attributeCondition", "assertion.repository_id == '1'"},
		{narrow, jobs, "attributeCondition", "assertion.repository_id == '1' && assertion.sub in ['repo:a/*']"},
		{narrow, jobs, "attributeCondition", "assertion.repository_id == '1' && assertion.sub in ['repo:a/b'] || true"},
		{narrow, amazonRole, "assumeRolePolicy", "{}"},
		{narrow, amazonRole, "assumeRolePolicy", trust(`"AWS":"*"`, "a", "b")},
		{narrow, amazonRole, "assumeRolePolicy", trust(`"Service":"ecs-tasks.amazonaws.com"`, "a", "b")},
		{narrow, amazonRole, "assumeRolePolicy", trust(`"Service":"ecs-tasks.amazonaws.com"`, "aws:SourceAccount", "*")},
		{narrow, amazonRole, "assumeRolePolicy", trust(`"Federated":"github"`, "token:aud", "sts.amazonaws.com")},
		{narrow, amazonRole, "assumeRolePolicy", trust(`"Federated":"github"`, "token:sub", "repo:team/*")},
		{narrow, amazonRole, "assumeRolePolicy", trust(`"Federated":"github"`, "token:sub", "")},
		{narrow, amazonRole, "managedPolicyArns", []any{"arn:aws:iam::aws:policy/ReadOnlyAccess"}},
		{narrow, amazonRights, "policy", statement(`Action":["s3:*"]`, `Resource":["arn:x"]`)},
		{narrow, amazonRights, "policy", statement(`Action":["s3:GetObject"]`, `Resource":["*"]`)},
		{narrow, amazonRights, "policy", statement(`NotAction":["iam:PassRole"]`, `Resource":["arn:x"]`)},
		{narrow, amazonRights, "policy", statement(`Action":["s3:GetObject"]`, `NotResource":["arn:x"]`)},
		{narrow, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"},
		{narrow, "gcp:secretmanager/secretIamBinding:SecretIamBinding", "members", []any{"allUsers"}},
		{narrow, "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", "policyData", "{}"},
		{narrow, "aws:secretsmanager/secretPolicy:SecretPolicy", "policy", trust(`"AWS":"*"`, "a", "b")},
		{narrow, "kubernetes:rbac.authorization.k8s.io/v1:Role", "rules", []any{}},
		{"Cloud Run has a service account of its own", runService, "template.serviceAccount", nil},
		{ports, amazonIngress, "fromPort", float64(22)},
		{ports, amazonIngress, "ipProtocol", "-1"},
		{ports, amazonEgress, "toPort", float64(65536)},
		{ports, amazonRule, "type", "ingress"},
		{ports, amazonGroup, "ingress", []any{map[string]any{"protocol": "tcp", "fromPort": float64(22), "toPort": float64(22),
			"ipv6CidrBlocks": []any{"::/0"}}}},
		{ports, amazonGroup, "egress", []any{map[string]any{"protocol": "-1", "cidrBlocks": []any{"0.0.0.0/0"}}}},
		{dns, networkPolicy, "spec.egress", []any{map[string]any{"ports": []any{map[string]any{"port": float64(53)}}}}},
		{dns, networkPolicy, "spec.egress", []any{map[string]any{"ports": []any{
			map[string]any{"port": float64(443)}, map[string]any{"port": float64(1), "endPort": float64(1024)}}}}},
		{dns, networkPolicy, "spec.egress", []any{map[string]any{}}},
		{"production is protected", amazonBalancer, "enableDeletionProtection", false},
		{"keys outlive mistakes", amazonKey, "deletionWindowInDays", float64(7)},
		{"one key encrypts all of a service", "gcp:logging/projectBucketConfig:ProjectBucketConfig", "cmekSettings.kmsKeyName", "key"},
		{"one key encrypts all of a service", runService, "template.encryptionKey", "key"},
		{ecs, amazonService, "waitForSteadyState", nil},
		{ecs, amazonService, "enableExecuteCommand", true},
		{ecs, amazonService, "deploymentCircuitBreaker.rollback", false},
		{"the engine waits for readiness", deployment, "metadata.annotations", map[string]any{"pulumi.com/skipAwait": "true"}},
	}
}
