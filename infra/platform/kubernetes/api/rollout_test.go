package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// shop is a cluster with a Deployment of one pod that runs the first of these
// revisions and has a ReplicaSet for each.
type shop struct {
	patched []string
	ready   int
}

func template(revision string, hash bool) map[string]any {
	labels := map[string]any{"app": "shop"}
	if hash {
		labels["pod-template-hash"] = revision
	}
	env := []any{map[string]any{"name": "REVISION", "value": revision}}
	return map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{
		map[string]any{"name": "proxy", "env": []any{map[string]any{"name": "REVISION", "value": "of-the-proxy"}}},
		map[string]any{"name": "api", "env": env},
	}}}
}

// start gives a Deployment of a cluster in which it runs r2, and ran r1 before.
func (s *shop) start(t *testing.T) Deployment {
	t.Helper()
	const apps = "/apis/apps/v1/namespaces/shop-prod/"
	write := func(w http.ResponseWriter, value any) { _ = json.NewEncoder(w).Encode(value) }
	set := func(revision, owner string, second int) any {
		owners := []any{map[string]any{"kind": "Deployment", "uid": owner, "controller": true}}
		made := fmt.Sprintf("2026-01-01T00:00:%02dZ", second)
		return map[string]any{
			"metadata": map[string]any{"name": revision, "creationTimestamp": made, "ownerReferences": owners},
			"spec":     map[string]any{"template": template(revision, true)},
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+apps+"deployments/shop-prod", func(w http.ResponseWriter, _ *http.Request) {
		write(w, map[string]any{
			"metadata": map[string]any{"uid": "own", "generation": 2},
			"spec": map[string]any{
				"replicas": 1, "selector": map[string]any{"matchLabels": map[string]any{"app": "shop"}}, "template": template("r2", false),
			},
			"status": map[string]any{"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": s.ready},
		})
	})
	mux.HandleFunc("GET "+apps+"replicasets", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("labelSelector") != "app=shop" {
			w.WriteHeader(http.StatusBadRequest)
		}
		write(w, map[string]any{"items": []any{set("r1", "own", 1), set("r2", "own", 2), set("r3", "another", 3)}})
	})
	mux.HandleFunc("PATCH "+apps+"deployments/shop-prod", func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		s.patched = append(s.patched, r.Header.Get("Content-Type")+" "+string(text))
		write(w, map[string]any{})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	cluster, err := Connect(fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: here,
clusters: [{name: here, cluster: {server: %q}}], contexts: [{name: here, context: {cluster: here}}]}`, server.URL), "")
	if err != nil {
		t.Fatal(err)
	}
	return Deployment{Cluster: cluster, Namespace: "shop-prod", Name: "shop-prod", Container: "api", Patience: time.Minute}
}

func TestADeploymentReturnsToARevision(t *testing.T) {
	t.Parallel()
	s := &shop{ready: 1}
	d := s.start(t)
	if changed, err := d.Run(t.Context(), "r2"); changed || err != nil || len(s.patched) > 0 {
		t.Errorf("the revision that runs: %v, %v, patched %q", changed, err, s.patched)
	}
	for _, gone := range []string{"r0", "r3"} { // the second is of another Deployment
		if _, err := d.Run(t.Context(), gone); err == nil || !strings.Contains(err.Error(), "has revision "+gone+" any more") {
			t.Errorf("%s: %v", gone, err)
		}
	}
	changed, err := d.Run(t.Context(), "r1")
	if !changed || err != nil || len(s.patched) != 1 {
		t.Fatalf("%v, %v, patched %q", changed, err, s.patched)
	}
	for word, want := range map[string]bool{
		"application/json-patch+json ": true, `"path":"/spec/template"`: true, `"value":"r1"`: true, "pod-template-hash": false,
	} {
		if strings.Contains(s.patched[0], word) != want {
			t.Errorf("%q is in the patch: %v\n%s", word, !want, s.patched[0])
		}
	}
}

// TestAReturnThatIsNotReadyFails within its time, and says how far it came.
func TestAReturnThatIsNotReadyFails(t *testing.T) {
	t.Parallel()
	d := (&shop{}).start(t)
	d.Patience = 300 * time.Millisecond
	changed, err := d.Run(t.Context(), "r1")
	if !changed || err == nil || !strings.Contains(err.Error(), "1 of 1 pods of the Deployment shop-prod are updated and 0 are ready") {
		t.Errorf("%v, %v", changed, err)
	}
}
