package standin

import (
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
)

const (
	googleVersion = "gcp:secretmanager/secretVersion:SecretVersion"
	amazonSecret  = "aws:secretsmanager/secret:Secret"
	amazonVersion = "aws:secretsmanager/secretVersion:SecretVersion"
	clusterSecret = "kubernetes:core/v1:Secret"
	clusterConfig = "kubernetes:core/v1:ConfigMap"
)

// vault is what a cloud keeps of the versions of secrets beside the things.
type vault struct {
	// former are versions that Google has disabled.
	former []Thing
	// labels are those of AWS's versions, by the ARN of their secret: one that was
	// removed keeps the label that AWS gave it.
	labels map[string][]operatetest.Version
	// forbidden are rights that the caller of the API has not.
	forbidden []string
}

// Forbid takes rights from the caller of the platform's API, by the platform's own
// names; none gives all back.
func (c *Cloud) Forbid(rights ...string) { c.locked(func() { c.forbidden = rights }) }

// Repeat makes another thing like the first one of a type, as an update whose
// answer was lost; it gives its id.
func (c *Cloud) Repeat(t *testing.T, kind string) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.find(kind, nil)
	if len(found) == 0 {
		t.Fatalf("there is no %s", kind)
	}
	thing := found[0]
	thing.Props = maps.Clone(thing.Props)
	if metadata, is := thing.Props["metadata"].(map[string]any); is {
		metadata = maps.Clone(metadata)
		metadata["name"] = text(metadata, "name") + "-again"
		thing.Props["metadata"] = metadata
	}
	id, told := c.kind.told(c, thing)
	thing.ID = id
	maps.Copy(thing.Props, told)
	if err := c.put("create", thing); err != nil {
		t.Fatal(err)
	}
	return id
}

// removed keeps a version that was disabled. The cloud's lock is held, as below.
func (v *vault) removed(thing Thing) {
	if thing.Type == googleVersion {
		v.former = append(v.former, thing)
	}
}

// emptied forgets the versions of a secret that is gone.
func (v *vault) emptied(secret string) {
	v.former = slices.DeleteFunc(v.former, func(thing Thing) bool { return secretOf(thing) == secret })
	delete(v.labels, secret)
}

// added gives a new version of AWS the label AWSCURRENT.
func (v *vault) added(thing Thing) {
	if thing.Type != amazonVersion {
		return
	}
	if v.labels == nil {
		v.labels = map[string][]operatetest.Version{}
	}
	secret, before := secretOf(thing), ""
	for _, one := range v.labels[secret] {
		if slices.Contains(one.Labels, "AWSCURRENT") {
			before = one.Name
		}
	}
	made := operatetest.Version{Name: text(thing.Props, "versionId"), Created: thing.made}
	v.labels[secret] = append(v.labels[secret], made)
	operatetest.MoveLabel(v.labels[secret], "AWSCURRENT", before, made.Name)
}

// secretOf is the id of the secret that a version is of.
func secretOf(version Thing) string {
	if version.Type == googleVersion {
		return text(version.Props, "secret")
	}
	return text(version.Props, "secretId")
}

// Deprecated tells whether a cloud will delete a thing by itself: a version of AWS
// that has no label.
func (c *Cloud) Deprecated(thing Thing) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.labels[secretOf(thing)], func(v operatetest.Version) bool {
		return thing.Type == amazonVersion && v.Name == text(thing.Props, "versionId") && len(v.Labels) == 0
	})
}

// googleStores is Secret Manager.
func googleStores(c *Cloud, rest http.Handler) http.Handler {
	manager := &operatetest.SecretManager{
		Token: platformToken, Forbidden: c.denies(),
		Versions: func(secret string) (all []operatetest.Version, known bool) {
			c.mu.Lock()
			defer c.mu.Unlock()
			add := func(things []Thing, state string) {
				for _, thing := range things {
					if thing.Type == googleVersion && secretOf(thing) == secret {
						all = append(all, operatetest.Version{Name: text(thing.Props, "version"), State: state, Created: thing.made})
					}
				}
			}
			add(c.former, "DISABLED")
			add(c.things, "ENABLED")
			return all, c.index(googleSecret, secret) >= 0
		},
		Change: func(secret, version, _ string) {
			c.mu.Lock()
			defer c.mu.Unlock()
			_ = c.remove(googleVersion, "", secret+"/versions/"+version)
		},
	}
	return manager.Handler(rest)
}

// amazonStores is Secrets Manager.
func amazonStores(c *Cloud, rest http.Handler) http.Handler {
	manager := &operatetest.SecretsManager{
		Region: "eu-west-1", Forbidden: c.denies(),
		Versions: func(secret string) ([]operatetest.Version, bool) {
			c.mu.Lock()
			defer c.mu.Unlock()
			return slices.Clone(c.labels[secret]), c.index(amazonSecret, secret) >= 0
		},
		Move: func(secret, label, from, to string) {
			c.mu.Lock()
			defer c.mu.Unlock()
			operatetest.MoveLabel(c.labels[secret], label, from, to)
		},
	}
	return manager.Handler(rest)
}

// clusterStores is what is in the namespaces.
func clusterStores(c *Cloud, rest http.Handler) http.Handler {
	kinds := map[string]string{clusterSecret: "secrets", clusterConfig: "configmaps"}
	namespaces := &operatetest.Namespaces{
		Token: platformToken, Forbidden: c.denies(),
		Objects: func() (all []operatetest.Object) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, thing := range c.things {
				if kinds[thing.Type] == "" {
					continue
				}
				all = append(all, operatetest.Object{
					Kind: kinds[thing.Type], Namespace: text(thing.Props, "metadata", "namespace"), Name: text(thing.Props, "metadata", "name"),
					UID: text(thing.Props, "metadata", "uid"), Created: thing.made, Labels: texts(at(thing.Props, "metadata", "labels")),
					Annotations: texts(at(thing.Props, "metadata", "annotations")),
				})
			}
			return all
		},
		Remove: func(o operatetest.Object) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for kind, plural := range kinds {
				if plural == o.Kind {
					_ = c.remove(kind, o.Name, o.Namespace+"/"+o.Name)
				}
			}
		},
		Workloads: c.workloads,
	}
	return namespaces.Handler(rest)
}

// denies are the rights that the caller has not.
func (c *Cloud) denies() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forbidden
}

// texts are the texts of an object.
func texts(of any) map[string]string {
	all := map[string]string{}
	object, _ := of.(map[string]any)
	for name := range object {
		all[name] = text(object, name)
	}
	return all
}

// workloads are what refers to objects. Pods are of the templates that serve or
// drain, as are the ReplicaSets that have some; the newest one starts them.
func (c *Cloud) workloads(plural, namespace string) (items []any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	things := map[string]string{"deployments": c.kind.Service, "serviceaccounts": "kubernetes:core/v1:ServiceAccount"}
	for _, thing := range c.things {
		if thing.Type == things[plural] && text(thing.Props, "metadata", "namespace") == namespace {
			items = append(items, maps.Clone(thing.Props))
		}
	}
	for i, set := range c.sets {
		runs := c.answers(set.template)
		template, _ := set.template.(map[string]any)
		switch {
		case plural == "replicasets" && (runs || i == len(c.sets)-1):
			items = append(items, body{"spec": body{"replicas": 1, "template": template}})
		case plural == "replicasets":
			items = append(items, body{"spec": body{"replicas": 0, "template": template}})
		case plural == "pods" && runs:
			items = append(items, body{"spec": template["spec"]})
		}
	}
	return items
}

// answers tells whether instances of a template do.
func (c *Cloud) answers(template any) bool {
	revision := variable(list(template, "spec", "containers", 0, "env"), "REVISION")
	return revision != "" && (revision == c.serving.revision ||
		slices.ContainsFunc(c.draining, func(old drained) bool { return old.revision == revision }))
}

// pins are the versions that what serves reads, as Google names them.
func (r running) pins() (all []string) {
	for _, used := range r.uses {
		if id, is := strings.CutPrefix(used, googleVersion+" "); is {
			all = append(all, path.Base(path.Dir(path.Dir(id)))+"/"+path.Base(id))
		}
	}
	return all
}
