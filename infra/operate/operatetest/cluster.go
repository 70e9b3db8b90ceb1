package operatetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Cluster is the API of a Kubernetes cluster for the pods of one Deployment, with
// one container. It wants the token and the selector.
func Cluster(token, namespace, selector, container string, instances Instances) http.Handler {
	mux := http.NewServeMux()
	pods := "/api/v1/namespaces/" + namespace + "/pods"
	mux.HandleFunc("GET "+pods, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("labelSelector") != selector {
			answer(w, http.StatusBadRequest, object{"kind": "Status", "message": "selector " + r.FormValue("labelSelector")})
			return
		}
		items := []object{}
		for _, each := range instances() {
			items = append(items, pod(container, each))
		}
		answer(w, http.StatusOK, object{"kind": "PodList", "items": items})
	})
	mux.HandleFunc("GET "+pods+"/{name}/log", func(w http.ResponseWriter, r *http.Request) {
		i, known := instances.named(r.PathValue("name"))
		since, _ := time.Parse(time.RFC3339, r.FormValue("sinceTime"))
		switch {
		case !known:
			answer(w, http.StatusNotFound, object{"kind": "Status", "message": "pods not found"})
			return
		case r.FormValue("container") != container || r.FormValue("timestamps") != "true", (r.FormValue("previous") == "true") != i.Failed:
			answer(w, http.StatusBadRequest, object{"kind": "Status", "message": "asked was " + r.URL.RawQuery})
			return
		}
		most, _ := strconv.Atoi(r.FormValue("tailLines"))
		for n, line := range i.Log {
			if at := i.loggedAt(n); !at.Before(since) && n >= len(i.Log)-most {
				_, _ = fmt.Fprintf(w, "%s %s\n", at.UTC().Format(time.RFC3339Nano), line)
			}
		}
	})
	mux.HandleFunc("GET /api/v1/namespaces/"+namespace+"/events", func(w http.ResponseWriter, r *http.Request) {
		items := []object{}
		for _, each := range instances() {
			if strings.Contains(r.FormValue("fieldSelector"), "involvedObject.name="+each.Name+",") && each.Reason != "" {
				items = append(items, object{"type": "Warning", "reason": "Unhealthy", "message": each.Reason, "lastTimestamp": each.StartedAt})
			}
		}
		answer(w, http.StatusOK, object{"kind": "EventList", "items": items})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+token {
			answer(w, http.StatusUnauthorized, object{"kind": "Status", "message": "Unauthorized"})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// pod is an instance as the cluster describes it. One that failed waits for its
// next start.
func pod(container string, i Instance) object {
	state, last := object{"waiting": object{"reason": "ContainerCreating"}}, object{}
	switch {
	case i.Failed:
		state = object{"waiting": object{"reason": "CrashLoopBackOff", "message": i.Reason}}
		last = object{"terminated": object{"reason": "Error", "exitCode": 1}}
	case i.Running:
		state = object{"running": object{"startedAt": i.StartedAt}}
	}
	ready := "False"
	if i.Ready {
		ready = "True"
	}
	status := object{"name": container, "imageID": "registry.example.org/shop@" + i.Digest, "state": state, "lastState": last}
	return object{
		"metadata": object{"name": i.Name, "creationTimestamp": i.StartedAt},
		"spec":     object{"containers": []object{{"name": container, "env": []object{{"name": "REVISION", "value": i.Revision}}}}},
		"status": object{
			"phase": "Running", "startTime": i.StartedAt, "conditions": []object{{"type": "Ready", "status": ready}},
			"containerStatuses": []object{status},
		},
	}
}
