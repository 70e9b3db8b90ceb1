package policy

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// good is a plan that breaks no rule, made anew.
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
		if items := list(next); len(items) > 0 {
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
	p.Resources = append(p.Resources, plan.Resource{Type: e.kind, Name: "added", Parent: "group", Inputs: map[string]any{e.path: e.value}})
}

func examples() []example {
	const pull, grant = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "gcp:secretmanager/secretIamMember:SecretIamMember"
	const jobs = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
	const version, kept = "gcp:secretmanager/secretVersion:SecretVersion", "kubernetes:core/v1:Secret"
	all := []example{
		{"secrets stay secret", version, "secretData", "in clear"},
		{"secrets stay secret", kept, "stringData.KEY", "in clear"},
		{"everybody may call only if asked for", grant, "member", "allUsers"},
		{"images, states and keys are not public", pull, "member", "allUsers"},
		{"images, states and keys are not public", "gcp:storage/bucketIAMMember:BucketIAMMember", "member", "allAuthenticatedUsers"},
		{"jobs are known by their names", jobs, "attributeCondition", nil},
		{"jobs are known by their names", jobs, "attributeCondition", "assertion.repository_id == '1'"},
		{"jobs are known by their names", jobs, "attributeCondition", "assertion.repository_id == '1' && assertion.sub in ['repo:a/*']"},
		{"no basic role", grant, "role", "roles/editor"},
		{"no role on the project or an account", "gcp:projects/iAMMember:IAMMember", "role", "roles/run.admin"},
		{"no key of a service account", "gcp:serviceaccount/key:Key", "serviceAccountId", "x"},
		{"a service runs as an account of its own", runService, "template.serviceAccount", nil},
		{"Cloud Run runs a digest", runService, "template.containers.image", "docker.io/x:latest"},
		{"Cloud Run pins its secrets", runService, "template.containers.envs.valueSource.secretKeyRef.version", "latest"},
		{"Cloud Run pins its secrets", runService, "template.containers.envs.value", "in clear"},
		{"Cloud Run probes", runService, "template.containers.startupProbe", nil},
		{"Cloud Run probes", runService, "template.containers.livenessProbe", nil},
		{"Cloud Run is bounded and isolated", runService, "template.scaling.maxInstanceCount", nil},
		{"traffic goes to the newest revision", runService, "traffics", nil},
		{"an old secret version is kept", version, "deletionPolicy", "DELETE"},
		{"namespace of its own", deployment, "metadata.namespace", "default"},
		{"restricted pods only", "kubernetes:core/v1:Namespace", "metadata.labels", nil},
		{"no token mounted by the account", "kubernetes:core/v1:ServiceAccount", "automountServiceAccountToken", true},
		{"no rights in the cluster", "kubernetes:rbac.authorization.k8s.io/v1:Role", "rules", []any{}},
		{"secrets are immutable and named anew", kept, "metadata.name", "fixed"},
		{"secrets are immutable and named anew", kept, "immutable", nil},
		{"pods are walled in", networkPolicy, "spec.podSelector.matchLabels", map[string]any{"app": "x"}},
		{"a rollout keeps all pods", deployment, "spec.strategy.rollingUpdate.maxUnavailable", "25%"},
		{"no port on every node", "kubernetes:core/v1:Service", "spec.type", "NodePort"},
		{"no port on every node", "kubernetes:core/v1:Service", "spec.ports.port", float64(22)},
		{"only name servers are asked for names", networkPolicy, "spec.egress", []any{map[string]any{"ports": []any{map[string]any{"port": float64(53)}}}}},
		{"only name servers are asked for names", networkPolicy, "spec.egress", []any{map[string]any{}}},
		{"a load balancer keeps the client's address", "kubernetes:core/v1:Service", "spec.type", "LoadBalancer"},
		{"an Ingress with a certificate redirects", "kubernetes:networking.k8s.io/v1:Ingress", "metadata.annotations", map[string]any{}},
		{"no platform's probe asks the database", deployment, "spec.template.spec.containers.readinessProbe.httpGet.path", "/health/ready"},
		{"no platform's probe asks the database", runService, "template.containers.startupProbe.httpGet.path", "/health/ready"},
		{"no platform's probe asks the database", amazonTargets, "healthCheck.path", "/health/ready"},
		{"awaited", deployment, "metadata.annotations", map[string]any{"pulumi.com/skipAwait": "true"}},
	}
	return slices.Concat(all, cloudRunValueExamples(), fargateExamples(), fargateValueExamples(), amazonExamples(), podExamples(), wiringExamples())
}

// podExamples takes away what must be there and sets what must not be.
func podExamples() (all []example) {
	bad := map[string]any{
		"not privileged": true, "no host processes": true, "no host IPC": true, "no host network": true,
		"no port of the node": float64(80), "high ports": float64(443), "no names of its own": []any{map[string]any{"ip": "1.2.3.4"}}, "no old account field": "default",
		"no kernel settings": []any{map[string]any{"name": "kernel.msgmax"}}, "its own view of processes": "Unmasked", "no labels of SELinux": map[string]any{"type": "x"},
		"no processes of a Windows node": map[string]any{"hostProcess": true}, "no volume from outside": []any{map[string]any{"name": "x", "nfs": map[string]any{}}},
		"no container before it": []any{map[string]any{"name": "x"}},
		"no added capability":    []any{"SYS_ADMIN"}, "no path of the node": map[string]any{"path": "/"},
		"secrets as files": []any{map[string]any{"secretRef": map[string]any{"name": "x"}}},
	}
	for _, d := range demands() {
		all = append(all, example{"pod: " + d.name, deployment, "spec.template.spec." + d.path, bad[d.name]})
	}
	return all
}
