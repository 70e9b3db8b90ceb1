package kubernetes

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes/api"
)

// namespaces has objects of the stack and of others in namespace shop-prod.
func namespaces(t *testing.T) (*operatetest.Namespaces, map[string]any, *[]operatetest.Object) {
	t.Helper()
	ours := map[string]string{
		"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "prod", "app.kubernetes.io/managed-by": "pulumi", "environment": "prod",
	}
	dev := map[string]string{"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "dev", "app.kubernetes.io/managed-by": "pulumi"}
	named := map[string]string{autonamed: "true"}
	var objects []operatetest.Object
	for i, o := range []operatetest.Object{
		{Kind: "secrets", Name: "known", Labels: ours, Annotations: named}, {Kind: "secrets", Name: "lost", Labels: ours, Annotations: named},
		{Kind: "secrets", Name: "of-dev", Labels: dev, Annotations: named}, {Kind: "secrets", Name: "of-others"},
		{Kind: "secrets", Name: "by-hand", Labels: ours}, {Kind: "configmaps", Name: "lost", Labels: ours, Annotations: named},
		{Kind: "secrets", Name: "of-a-deployment", Labels: ours, Annotations: named},
		{Kind: "secrets", Name: "of-a-set", Labels: ours, Annotations: named},
		{Kind: "secrets", Name: "of-an-empty-set", Labels: ours, Annotations: named},
		{Kind: "secrets", Name: "of-a-pod", Labels: ours, Annotations: named},
		{Kind: "secrets", Name: "of-an-account", Labels: ours, Annotations: named},
		{Kind: "configmaps", Name: "of-a-pod", Labels: ours, Annotations: named},
	} {
		o.Namespace, o.UID, o.Created = "shop-prod", fmt.Sprint("uid-", i), time.Date(2026, 11, 29, 12, 0, i, 0, time.UTC)
		objects = append(objects, o)
	}
	type object = map[string]any
	template := func(replicas int, spec object) object {
		return object{"spec": object{"replicas": replicas, "template": object{"spec": spec}}}
	}
	workloads := map[string][]any{
		"deployments": {template(0, object{"containers": []any{
			object{"envFrom": []any{object{"secretRef": object{"name": "of-a-deployment"}}}},
		}})},
		"replicasets": {
			template(1, object{"volumes": []any{object{"secret": object{"secretName": "of-a-set"}}}}),
			template(0, object{"volumes": []any{object{"secret": object{"secretName": "of-an-empty-set"}}}}),
		},
		"pods": {object{"spec": object{"initContainers": []any{object{"env": []any{
			object{"valueFrom": object{"secretKeyRef": object{"name": "of-a-pod"}}},
			object{"valueFrom": object{"configMapKeyRef": object{"name": "of-a-pod"}}},
		}}}}}},
		"serviceaccounts": {object{"imagePullSecrets": []any{object{"name": "of-an-account"}}}},
	}
	n := &operatetest.Namespaces{
		Token: "generated", Objects: func() []operatetest.Object { return objects },
		Remove: func(gone operatetest.Object) {
			objects = slices.DeleteFunc(slices.Clone(objects), func(o operatetest.Object) bool { return o.UID == gone.UID })
		},
		Workloads: func(plural, _ string) []any { return workloads[plural] },
	}
	return n, object{"labels": ours, "namespace": "shop-prod", "name": "shop-prod"}, &objects
}

// storeOf is the store of a stack whose state has one object and its Secret `known`.
func storeOf(t *testing.T, n *operatetest.Namespaces, first operate.Resource) (operate.Store, operate.Stack) {
	t.Helper()
	server := httptest.NewTLSServer(n.Handler(http.NotFoundHandler()))
	t.Cleanup(server.Close)
	of := operate.Stack{Resources: []operate.Resource{
		{Type: "pulumi:providers:kubernetes", Inputs: map[string]any{"kubeconfig": kubeconfig(server), "context": "laptop"}},
		first, {Type: secret.state, ID: "shop-prod/known"},
	}}
	store, err := NewStore(of)
	if err != nil {
		t.Fatal(err)
	}
	return store, of
}

// names are the kinds and names of objects, with why they are kept.
func names(all []operate.Stored) (names []string) {
	for _, one := range all {
		names = append(names, strings.TrimSuffix(one.Name+": "+one.Keep, ": "))
	}
	slices.Sort(names)
	return names
}

// TestLostObjects finds them by any object of the state, and keeps what is in use.
func TestLostObjects(t *testing.T) {
	t.Parallel()
	n, metadata, objects := namespaces(t)
	for _, first := range []operate.Resource{
		{Type: "kubernetes:apps/v1:Deployment", Outputs: map[string]any{"metadata": metadata}},
		{Type: "kubernetes:core/v1:Namespace", Outputs: map[string]any{
			"metadata": map[string]any{"name": "shop-prod", "labels": metadata["labels"]},
		}},
	} {
		store, stack := storeOf(t, n, first)
		all, err := store.Stored(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, want := names(stack.Lost(all)), []string{
			"ConfigMap shop-prod/lost", "ConfigMap shop-prod/of-a-pod: " + operate.InUse,
			"Secret shop-prod/by-hand: Pulumi did not name it, so a person may have made it", "Secret shop-prod/lost",
			"Secret shop-prod/of-a-deployment: " + operate.InUse, "Secret shop-prod/of-a-pod: " + operate.InUse,
			"Secret shop-prod/of-a-set: " + operate.InUse, "Secret shop-prod/of-an-account: " + operate.InUse, "Secret shop-prod/of-an-empty-set",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("with %s lost are\n%s\nwant\n%s", first.Type, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	store, stack := storeOf(t, n, operate.Resource{Type: "kubernetes:core/v1:ServiceAccount", Inputs: map[string]any{"metadata": metadata}})
	all, err := store.Stored(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := len(*objects)
	for _, one := range stack.Lost(all) {
		if one.Name != "Secret shop-prod/lost" && one.Name != "ConfigMap shop-prod/lost" {
			continue
		}
		if one.Created.Year() != 2026 || !strings.HasSuffix(one.Removal, " delete "+strings.ToLower(strings.Fields(one.Name)[0])+" lost") {
			t.Errorf("got %+v", one)
		}
		for range 2 { // it may be gone already
			if done, err := store.Remove(t.Context(), one); err != nil || done != "deleted" {
				t.Errorf("%s: %s, %v", one.Name, done, err)
			}
		}
	}
	if len(*objects) != before-2 || slices.ContainsFunc(*objects, func(o operatetest.Object) bool { return o.Name == "lost" }) {
		t.Errorf("left are %+v", *objects)
	}
	// Another object that has the name now stays.
	stale := all[slices.IndexFunc(all, func(one operate.Stored) bool { return one.Name == "Secret shop-prod/of-an-empty-set" })]
	for i := range *objects {
		(*objects)[i].UID += "-again"
	}
	if _, err := store.Remove(t.Context(), stale); err == nil || !strings.Contains(err.Error(), "409") || len(*objects) != before-2 {
		t.Errorf("an object of the same name: %v", err)
	}
}

// TestMissingRights are named, what can be listed is, and nothing of which the use
// is unknown may be removed.
func TestMissingRights(t *testing.T) {
	t.Parallel()
	n, metadata, objects := namespaces(t)
	n.Forbidden = []string{"list secrets", "list pods", "delete configmaps"}
	store, stack := storeOf(t, n, operate.Resource{Type: "kubernetes:apps/v1:Deployment", Inputs: map[string]any{"metadata": metadata}})
	all, err := store.Stored(t.Context())
	for _, words := range []string{"the verb list on secrets", "the verb list on pods", "403 Forbidden"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q is missing: %v", words, err)
		}
	}
	got, want := names(stack.Lost(all)), []string{
		"ConfigMap shop-prod/lost: " + operate.MayBeInUse, "ConfigMap shop-prod/of-a-pod: " + operate.MayBeInUse,
	}
	if !slices.Equal(got, want) {
		t.Errorf("lost are %q, want %q", got, want)
	}
	before := len(*objects)
	if _, err := store.Remove(t.Context(), all[0]); err == nil || !strings.Contains(err.Error(), "the verb delete on configmaps") ||
		len(*objects) != before {
		t.Errorf("without the right to delete: %v", err)
	}
}

// TestNoPlace: a state with nothing of the stack in a cluster names no namespace.
func TestNoPlace(t *testing.T) {
	t.Parallel()
	for _, r := range []operate.Resource{
		{}, {Type: "kubernetes:core/v1:Namespace", Outputs: map[string]any{"metadata": map[string]any{"name": "unlabelled"}}},
		{Type: "aws:x", Outputs: map[string]any{"metadata": map[string]any{"namespace": "shop"}}},
	} {
		if _, err := NewStore(operate.Stack{Resources: []operate.Resource{r}}); !errors.Is(err, operate.ErrNotDeployed) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// TestNoValueIsAsked: the API is asked for metadata alone.
func TestNoValueIsAsked(t *testing.T) {
	t.Parallel()
	n, metadata, _ := namespaces(t)
	handler := n.Handler(http.NotFoundHandler())
	var answers []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		handler.ServeHTTP(recorded, r)
		answers = append(answers, recorded.Body.String())
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes())
	}))
	t.Cleanup(server.Close)
	store, err := NewStore(operate.Stack{Resources: []operate.Resource{
		{Type: "pulumi:providers:kubernetes", Inputs: map[string]any{"kubeconfig": kubeconfig(server), "context": "laptop"}},
		{Type: "kubernetes:core/v1:ServiceAccount", Inputs: map[string]any{"metadata": metadata}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Stored(t.Context()); err != nil || strings.Contains(strings.Join(answers, ""), operatetest.Value) {
		t.Errorf("%v; the cluster sent a value", err)
	}
	cluster, err := api.Connect(kubeconfig(server), "laptop")
	if err != nil {
		t.Fatal(err)
	}
	var any struct{}
	if err := cluster.Read(t.Context(), "/api/v1/namespaces/shop-prod/secrets", nil, &any); err != nil ||
		!strings.Contains(answers[len(answers)-1], operatetest.Value) {
		t.Errorf("%v; a caller that asks for everything gets no value", err)
	}
}
