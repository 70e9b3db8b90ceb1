package operatetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Object is a Secret or a ConfigMap of a cluster.
type Object struct {
	// Kind is its plural: secrets or configmaps.
	Kind, Namespace, Name, UID string
	Labels, Annotations        map[string]string
	Created                    time.Time
}

// Namespaces is the API of a Kubernetes cluster for what is in its namespaces.
type Namespaces struct {
	Token   string
	Objects func() []Object
	Remove  func(Object)
	// Workloads are the items of deployments, replicasets, pods or serviceaccounts.
	Workloads func(plural, namespace string) []any
	// Forbidden are what the caller may not do, such as "list secrets".
	Forbidden []string
}

// Handler answers for it, and leaves the rest to another handler.
func (n *Namespaces) Handler(rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	for _, plural := range []string{"secrets", "configmaps"} {
		mux.HandleFunc("GET /api/v1/namespaces/{namespace}/"+plural, n.allowed("list", plural, func(w http.ResponseWriter, r *http.Request) {
			n.list(w, r, plural)
		}))
		mux.HandleFunc("DELETE /api/v1/namespaces/{namespace}/"+plural+"/{name}",
			n.allowed("delete", plural, func(w http.ResponseWriter, r *http.Request) { n.remove(w, r, plural) }))
	}
	for plural, api := range map[string]string{
		"pods": "/api/v1", "serviceaccounts": "/api/v1", "deployments": "/apis/apps/v1", "replicasets": "/apis/apps/v1",
	} {
		all := n.allowed("list", plural, func(w http.ResponseWriter, r *http.Request) {
			items := n.Workloads(plural, r.PathValue("namespace"))
			answer(w, http.StatusOK, object{"kind": "List", "items": append([]any{}, items...)})
		})
		mux.HandleFunc("GET "+api+"/namespaces/{namespace}/"+plural, func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("labelSelector") != "" { // of one service
				rest.ServeHTTP(w, r)
				return
			}
			all(w, r)
		})
	}
	mux.Handle("/", rest)
	return mux
}

// allowed refuses as a cluster does.
func (n *Namespaces) allowed(verb, plural string, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Header.Get("Authorization") != "Bearer "+n.Token:
			answer(w, http.StatusUnauthorized, object{"kind": "Status", "message": "Unauthorized"})
		case slices.Contains(n.Forbidden, verb+" "+plural):
			answer(w, http.StatusForbidden, object{"kind": "Status", "reason": "Forbidden", "message": plural + ` is forbidden: User "ada" cannot ` +
				verb + ` resource "` + plural + `" in the namespace "` + r.PathValue("namespace") + `"`})
		default:
			handle(w, r)
		}
	}
}

// Value is in every object, for a caller that asks for more than the metadata.
const Value = "generated-value-of-an-object"

func (n *Namespaces) list(w http.ResponseWriter, r *http.Request, plural string) {
	items := []object{}
	for _, o := range n.Objects() {
		if o.Kind != plural || o.Namespace != r.PathValue("namespace") || !o.selected(r.FormValue("labelSelector")) {
			continue
		}
		item := object{"metadata": object{"name": o.Name, "namespace": o.Namespace, "uid": o.UID, "labels": o.Labels,
			"annotations": o.Annotations, "creationTimestamp": o.Created.UTC().Format(time.RFC3339)}}
		if !strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadataList") {
			item["data"] = object{"KEY": Value}
		}
		items = append(items, item)
	}
	answer(w, http.StatusOK, object{"items": items})
}

func (o Object) selected(selector string) bool {
	for _, want := range strings.Split(selector, ",") {
		if name, value, _ := strings.Cut(want, "="); selector != "" && o.Labels[name] != value {
			return false
		}
	}
	return true
}

func (n *Namespaces) remove(w http.ResponseWriter, r *http.Request, plural string) {
	var options struct{ Preconditions struct{ UID string } }
	_ = json.NewDecoder(r.Body).Decode(&options)
	for _, o := range n.Objects() {
		switch {
		case o.Kind != plural || o.Namespace != r.PathValue("namespace") || o.Name != r.PathValue("name"):
			continue
		case options.Preconditions.UID != "" && options.Preconditions.UID != o.UID:
			answer(w, http.StatusConflict, object{"kind": "Status", "message": "the UID in the precondition does not match"})
		default:
			n.Remove(o)
			answer(w, http.StatusOK, object{"kind": "Status", "status": "Success"})
		}
		return
	}
	answer(w, http.StatusNotFound, object{"kind": "Status", "message": plural + ` "` + r.PathValue("name") + `" not found`})
}
