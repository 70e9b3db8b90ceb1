package standin

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// made adds a thing to a cloud as its provider does, and gives it with what the
// cloud told.
func made(t *testing.T, c *Cloud, kind, name string, props map[string]any) Thing {
	t.Helper()
	thing := Thing{Type: kind, Name: name, Props: maps.Clone(props)}
	if thing.Props == nil {
		thing.Props = map[string]any{}
	}
	id, told := c.kind.told(c, thing)
	thing.ID = id
	maps.Copy(thing.Props, told)
	if err := c.put("create", thing); err != nil {
		t.Fatalf("%s %s: %v", kind, name, err)
	}
	return thing
}

// TestWhatCloudsTell has the ids and outputs that targets rely on.
func TestWhatCloudsTell(t *testing.T) {
	t.Parallel()
	type props = map[string]any
	google, _ := Start(t, Google())
	amazon, _ := Start(t, Amazon())
	cluster, _ := Start(t, Cluster())
	at := strings.TrimPrefix(amazon.URL(), "http://")
	// A revision is named in full, not by its last word.
	const revision1 = "projects/example-project/locations/europe-west1/services/api/revisions/api-00001"
	for _, c := range []struct {
		cloud  *Cloud
		kind   string
		inputs props
		id     string
		told   props
	}{
		{google, "gcp:serviceaccount/account:Account", props{"accountId": "api"},
			"projects/example-project/serviceAccounts/api@example-project.iam.gserviceaccount.com",
			props{"email": "api@example-project.iam.gserviceaccount.com", "member": "serviceAccount:api@example-project.iam.gserviceaccount.com"}},
		{google, "gcp:secretmanager/secret:Secret", props{"secretId": "key"}, "projects/example-project/secrets/key",
			props{"name": "projects/example-project/secrets/key", "project": "example-project"}},
		{google, "gcp:secretmanager/secretVersion:SecretVersion", props{"secret": "projects/p/secrets/key"}, "projects/p/secrets/key/versions/1",
			props{"version": "1"}},
		{google, "gcp:secretmanager/secretVersion:SecretVersion", props{"secret": "projects/p/secrets/key"}, "projects/p/secrets/key/versions/2",
			props{"version": "2"}},
		{google, "gcp:artifactregistry/repository:Repository", props{"location": "europe-west1", "repositoryId": "images"},
			"projects/example-project/locations/europe-west1/repositories/images", props{"name": "images", "project": "example-project"}},
		{google, "gcp:cloudrunv2/service:Service", props{"location": "europe-west1", "name": "api"},
			"projects/example-project/locations/europe-west1/services/api",
			props{"uri": google.URL(), "latestCreatedRevision": revision1, "latestReadyRevision": revision1}},
		{amazon, "aws:secretsmanager/secret:Secret", nil, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:it-1",
			props{"arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:it-1"}},
		// The ARN of a version is that of its secret, and says no version.
		{amazon, "aws:secretsmanager/secretVersion:SecretVersion", props{"secretId": "arn:s"}, "arn:s|00000000-0000-4000-8000-000000000001",
			props{"arn": "arn:s", "versionId": "00000000-0000-4000-8000-000000000001"}},
		{amazon, "aws:ecs/taskDefinition:TaskDefinition", props{"family": "api"}, "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:1",
			props{"arn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:1", "revision": 1}},
		{amazon, "aws:iam/role:Role", props{"name": "runs"}, "runs", props{"arn": "arn:aws:iam::123456789012:role/runs"}},
		{amazon, "aws:lb/loadBalancer:LoadBalancer", nil, "it-1", props{"dnsName": at, "arnSuffix": "app/it-1"}},
		{amazon, "aws:ecr/repository:Repository", nil, "it-1", props{"repositoryUrl": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/it-1"}},
		{cluster, "kubernetes:core/v1:Namespace", props{"metadata": props{"name": "dev"}}, "dev", nil},
		{cluster, "kubernetes:core/v1:Secret", props{"metadata": props{"name": "s-1", "namespace": "dev"}}, "dev/s-1",
			props{"metadata": props{"name": "s-1", "namespace": "dev", "uid": "00000000-0000-4000-8000-000000000001"}}},
	} {
		got := made(t, c.cloud, c.kind, "it", c.inputs)
		if got.ID != c.id || !holds(got.Props, c.told) {
			t.Errorf("%s: id %s, told %v; want %s, %v", c.kind, got.ID, got.Props, c.id, c.told)
		}
	}
}

// TestGoogleRemovesAVersionByItsPolicy: what Google does not know destroys.
func TestGoogleRemovesAVersionByItsPolicy(t *testing.T) {
	t.Parallel()
	const version = "gcp:secretmanager/secretVersion:SecretVersion"
	for policy, want := range map[string]string{"DISABLE": "disable", "ABANDON": "abandon", "DELETE": "destroy", "disable": "destroy",
		"": "destroy"} {
		c, _ := Start(t, Google())
		thing := made(t, c, version, "it", map[string]any{"secret": "projects/p/secrets/key", "deletionPolicy": policy})
		c.Journal()
		if err := c.remove(version, "it", thing.ID); err != nil {
			t.Fatal(err)
		}
		if got := c.Journal()[0].Verb; got != want {
			t.Errorf("policy %q: %s, want %s", policy, got, want)
		}
	}
}

// onAmazon is a task whose role may read one secret, pinned as asked.
func onAmazon(t *testing.T, readable, pin string) (*Cloud, Thing) {
	t.Helper()
	c, _ := Start(t, Amazon())
	role := made(t, c, "aws:iam/role:Role", "runs", map[string]any{"name": "runs"})
	secret := made(t, c, "aws:secretsmanager/secret:Secret", "key", nil)
	made(t, c, "aws:secretsmanager/secretVersion:SecretVersion", "key", map[string]any{"secretId": secret.ID})
	if readable == "" {
		readable = secret.ID
	}
	made(t, c, "aws:iam/rolePolicy:RolePolicy", "reads", map[string]any{"role": "runs",
		"policy": `{"Statement":[{"Action":["secretsmanager:GetSecretValue"],"Resource":["` + readable + `"]}]}`})
	task := made(t, c, "aws:ecs/taskDefinition:TaskDefinition", "api", map[string]any{"family": "api", "executionRoleArn": role.Props["arn"],
		"containerDefinitions": `[{"environment":[{"name":"REVISION","value":"first"}],"secrets":[{"name":"KEY","valueFrom":"` + secret.ID +
			pin + `"}]}]`})
	return c, Thing{Type: Amazon().Service, Name: "api", ID: "api", Props: map[string]any{"taskDefinition": task.Props["arn"]}}
}

func TestATaskMustBeAbleToReadWhatItPins(t *testing.T) {
	t.Parallel()
	const pinned = ":::00000000-0000-4000-8000-000000000001"
	for name, bad := range map[string]struct{ readable, pin, want string }{
		"right":           {"", pinned, ""},
		"another secret":  {"arn:other", pinned, "AccessDeniedException"},
		"another version": {"", ":::00000000-0000-4000-8000-000000000002", "has no version"},
		"no version":      {"", "", "has no version"},
	} {
		c, service := onAmazon(t, bad.readable, bad.pin)
		err := c.put("create", service)
		if right := bad.want == ""; right != (err == nil) || !right && !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v", name, err)
		}
		if (answered(t, c) == "first") != (err == nil) {
			t.Errorf("%s: %q answers", name, answered(t, c))
		}
	}
	c, service := onAmazon(t, "", pinned)
	service.Props["taskDefinition"] = "arn:none"
	if err := c.put("create", service); err == nil || !strings.Contains(err.Error(), "arn:none was not found") {
		t.Errorf("an undefined task: %v", err)
	}
}

// inCluster is a Deployment that needs these objects.
func inCluster(secret, revision string) Thing {
	container := map[string]any{
		"env": []any{map[string]any{"name": "REVISION", "value": revision}},
		"envFrom": []any{map[string]any{"secretRef": map[string]any{"name": secret}},
			map[string]any{"configMapRef": map[string]any{"name": "settings"}}},
	}
	return Thing{Type: Cluster().Service, Name: "api", ID: "dev/api", Props: map[string]any{
		"metadata": map[string]any{"name": "api", "namespace": "dev"},
		"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
			"serviceAccountName": "api", "containers": []any{container}}}},
	}}
}

func TestAPodNeedsItsObjects(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Cluster())
	for _, object := range []struct{ kind, name string }{
		{"kubernetes:core/v1:ServiceAccount", "api"}, {"kubernetes:core/v1:Secret", "secrets-1"}, {"kubernetes:core/v1:ConfigMap", "settings"},
	} {
		if err := c.put("create", inCluster("secrets-1", "first")); err == nil || !strings.Contains(err.Error(), object.name+`" not found`) {
			t.Errorf("without %s: %v", object.name, err)
		}
		made(t, c, object.kind, object.name, map[string]any{"metadata": map[string]any{"name": object.name, "namespace": "dev"}})
	}
	if err := c.put("create", inCluster("secrets-1", "first")); err != nil || answered(t, c) != "first" {
		t.Fatalf("%v, and %q answers", err, answered(t, c))
	}
	// A pod that does not start leaves the old one, and its objects, in use.
	c.Crash(true)
	made(t, c, "kubernetes:core/v1:Secret", "secrets-2", map[string]any{"metadata": map[string]any{"name": "secrets-2", "namespace": "dev"}})
	if err := c.put("update", inCluster("secrets-2", "second")); err != nil || answered(t, c) != "first" {
		t.Errorf("%v, and %q answers", err, answered(t, c))
	}
	if failed, err := c.awaited(Cluster().Service); err == nil ||
		!slices.ContainsFunc(failed.Reasons, func(r string) bool { return strings.Contains(r, "CrashLoopBackOff") }) {
		t.Errorf("the provider's wait times out, and it says %v", failed)
	}
	if err := c.remove("kubernetes:core/v1:Secret", "secrets-1", "dev/secrets-1"); err != nil || len(c.Broken()) != 1 {
		t.Errorf("%v, %v", err, c.Broken())
	}
	c.Crash(false)
	if err := c.put("update", inCluster("secrets-2", "second")); err != nil || answered(t, c) != "second" {
		t.Errorf("%v, and %q answers", err, answered(t, c))
	}
	if c.Mute(true); answered(t, c) != "" {
		t.Error("a mute one answers")
	}
}
