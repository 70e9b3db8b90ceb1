package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"time"
)

// cluster is what a cluster keeps beside its objects.
type cluster struct {
	// sets are the templates of the Deployment's ReplicaSets, the newest last.
	sets []replicaSet
	// manager changed the template last, "" for Pulumi's own.
	manager string
}

type replicaSet struct {
	template any
	made     time.Time
}

// history is how many old ReplicaSets a Deployment has.
const history = 3

// errConflict is what server-side apply answers when another manager changed a
// field.
var errConflict = errors.New("Apply failed with 1 conflict: .spec.template") // the cluster's own words

// clusterPlaced keeps the template.
func clusterPlaced(c *Cloud, deployment Thing) {
	template := at(deployment.Props, "spec", "template")
	c.sets = slices.DeleteFunc(c.sets, func(s replicaSet) bool { return reflect.DeepEqual(s.template, template) })
	c.sets = append(c.sets, replicaSet{template, time.Now()})
	c.sets = c.sets[max(0, len(c.sets)-1-history):]
	c.manager = ""
}

// conflicts is the refusal of an apply after another manager's change.
func (c *Cloud) conflicts(deployment Thing) error {
	if c.manager != "" && text(deployment.Props, "metadata", "annotations", "pulumi.com/patchForce") != "true" {
		return fmt.Errorf("%w, changed by %q", errConflict, c.manager)
	}
	return nil
}

const deploymentID = "00000000-0000-4000-8000-00000000000d"

// rollouts answers for the Deployment and its ReplicaSets, and leaves the rest to
// another handler.
func (c *Cloud) rollouts(rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	const apps = "/apis/apps/v1/namespaces/{namespace}/"
	mux.HandleFunc("GET "+apps+"deployments/{name}", func(w http.ResponseWriter, r *http.Request) {
		reply(w, c.deployment(r))
	})
	mux.HandleFunc("GET "+apps+"replicasets", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		items := []any{}
		for i, set := range c.sets {
			template, _ := set.template.(map[string]any)
			labelled := maps.Clone(template)
			metadata, _ := at(template, "metadata").(map[string]any)
			labels, _ := at(metadata, "labels").(map[string]any)
			labels, metadata = maps.Clone(labels), maps.Clone(metadata)
			labels["pod-template-hash"] = fmt.Sprint(i)
			metadata["labels"] = labels
			labelled["metadata"] = metadata
			owner := body{"apiVersion": "apps/v1", "kind": "Deployment", "name": "deployment", "uid": deploymentID, "controller": true}
			items = append(items, body{
				"metadata": body{"name": fmt.Sprint("set-", i), "creationTimestamp": set.made.UTC().Format(time.RFC3339),
					"ownerReferences": []any{owner}},
				"spec": body{"template": labelled},
			})
		}
		reply(w, body{"kind": "ReplicaSetList", "items": items})
	})
	mux.HandleFunc("PATCH "+apps+"deployments/{name}", c.patch)
	mux.Handle("/", rest)
	return authorized(http.StatusUnauthorized, mux)
}

// authorized refuses a request that has not the platform's token.
func authorized(refused int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+platformToken {
			w.WriteHeader(refused)
			return
		}
		next.ServeHTTP(w, r)
	})
}

type body = map[string]any

// reply is nothing found without a body.
func reply(w http.ResponseWriter, told body) {
	if told == nil {
		w.WriteHeader(http.StatusNotFound)
		told = body{"kind": "Status", "message": "not found"}
	}
	_ = json.NewEncoder(w).Encode(told)
}

func (c *Cloud) deployment(r *http.Request) body {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.index(c.kind.Service, r.PathValue("namespace")+"/"+r.PathValue("name"))
	if found < 0 {
		return nil
	}
	thing := c.things[found]
	return body{
		"metadata": body{"name": r.PathValue("name"), "namespace": r.PathValue("namespace"), "uid": deploymentID, "generation": 1},
		"spec":     thing.Props["spec"],
		"status":   body{"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
	}
}

// patch replaces the template, whose pods are ready at once.
func (c *Cloud) patch(w http.ResponseWriter, r *http.Request) {
	var patch []struct {
		Op, Path string
		Value    map[string]any
	}
	_ = json.NewDecoder(r.Body).Decode(&patch)
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.index(c.kind.Service, r.PathValue("namespace")+"/"+r.PathValue("name"))
	if found < 0 || len(patch) != 1 || patch[0].Op != "replace" || patch[0].Path != "/spec/template" ||
		r.Header.Get("Content-Type") != "application/json-patch+json" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	thing := c.things[found]
	spec, _ := thing.Props["spec"].(map[string]any)
	spec, thing.Props = maps.Clone(spec), maps.Clone(thing.Props)
	spec["template"] = patch[0].Value
	thing.Props["spec"] = spec
	running, err := clusterRuns(c, thing)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(body{"kind": "Status", "message": err.Error()})
		return
	}
	c.things[found] = thing
	if !c.stuck {
		c.serve(running)
	}
	clusterPlaced(c, thing)
	c.manager = r.FormValue("fieldManager")
	c.note("patch", thing)
	_ = json.NewEncoder(w).Encode(body{"kind": "Deployment"})
}
