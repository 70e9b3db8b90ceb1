package operatetest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Google is the API of Cloud Run below /run/ and that of Cloud Logging below
// /logging/, for the revisions of one service. It wants the token.
func Google(token, service string, instances Instances) http.Handler {
	g := google{service, instances}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /run/"+service, g.service)
	mux.HandleFunc("GET /run/"+service+"/revisions", g.revisions)
	mux.HandleFunc("GET /run/"+service+"/revisions/{name}", g.revision)
	mux.HandleFunc("POST /logging/entries:list", g.entries)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+token {
			answer(w, http.StatusForbidden, object{"error": object{"message": "the caller does not have permission"}})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

type google struct {
	name      string
	instances Instances
}

func (g google) service(w http.ResponseWriter, _ *http.Request) {
	all, traffic := g.instances(), []object{}
	for _, each := range all {
		if each.Ready {
			traffic = append(traffic, object{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": each.Name, "percent": 50})
		}
	}
	answer(w, http.StatusOK, object{
		"latestCreatedRevision": g.name + "/revisions/" + all[0].Name, "trafficStatuses": traffic,
		"template": object{"containers": []object{containerOf(all[0])}},
	})
}

// containerOf is the container of a revision.
func containerOf(i Instance) object {
	env := []object{{"name": "REVISION", "value": i.Revision}}
	for _, pin := range i.Pins {
		secret, version, _ := strings.Cut(pin, "/")
		env = append(env, object{"name": "PINNED", "valueSource": object{"secretKeyRef": object{"secret": secret, "version": version}}})
	}
	return object{"image": "example.org/shop@" + i.Digest, "env": env}
}

func (g google) revisions(w http.ResponseWriter, _ *http.Request) {
	list := []object{}
	for _, i := range g.instances() {
		list = append(list, g.described(i))
	}
	answer(w, http.StatusOK, object{"revisions": list})
}

func (g google) revision(w http.ResponseWriter, r *http.Request) {
	i, known := g.instances.named(r.PathValue("name"))
	if !known {
		answer(w, http.StatusNotFound, object{"error": object{"status": "NOT_FOUND", "message": "there is no such revision"}})
		return
	}
	answer(w, http.StatusOK, g.described(i))
}

// described is a revision as the API has it.
func (g google) described(i Instance) object {
	state := "CONDITION_RECONCILING"
	if i.Ready {
		state = "CONDITION_SUCCEEDED"
	}
	if i.Failed {
		state = "CONDITION_FAILED"
	}
	return object{
		"name": g.name + "/revisions/" + i.Name, "createTime": i.StartedAt, "containers": []object{containerOf(i)},
		"conditions": []object{{"type": "Ready", "state": state, "message": i.Reason}},
	}
}

// entries understands of the language of filters what package cloudrun uses.
func (g google) entries(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		ResourceNames              []string
		Filter, OrderBy, PageToken string
		PageSize                   int
	}
	_ = json.NewDecoder(r.Body).Decode(&asked)
	part := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(asked.Filter)
		if found == nil {
			return ""
		}
		return found[1]
	}
	parts := strings.Split(g.name, "/")
	if len(asked.ResourceNames) != 1 || asked.ResourceNames[0] != "projects/"+parts[1] || asked.OrderBy != "timestamp desc" ||
		part(`service_name="([^"]*)"`) != parts[5] || part(`location="([^"]*)"`) != parts[3] {
		answer(w, http.StatusBadRequest, object{"error": object{"message": "asked was " + asked.Filter}})
		return
	}
	since, _ := time.Parse(time.RFC3339Nano, part(`timestamp>="([^"]*)"`))
	request, severity, only := part(`request_id="([^"]*)"`), part(`severity>=(\w+)`), part(`AND resource.labels.revision_name="([^"]*)"`)
	without := part(`NOT resource.labels.revision_name="([^"]*)"`)
	var found []object
	for _, i := range g.instances() {
		if only != "" && only != i.Name || without == i.Name {
			continue
		}
		for n := range i.Log {
			line := logged(i, n)
			payload, _ := line["jsonPayload"].(object)
			if i.loggedAt(n).Before(since) || request != "" && payload["request_id"] != request ||
				payload != nil && severity != "" && rank[line["severity"].(string)] < rank[severity] {
				continue
			}
			found = append(found, line)
		}
	}
	// The newest first, a page at a time.
	slices.SortStableFunc(found, func(a, b object) int { return strings.Compare(b["timestamp"].(string), a["timestamp"].(string)) })
	begin := min(len(asked.PageToken), len(found))
	end := min(begin+min(asked.PageSize, page), len(found))
	told := object{"entries": found[begin:end]}
	if end < len(found) {
		told["nextPageToken"] = strings.Repeat("t", end)
	}
	answer(w, http.StatusOK, told)
}

var rank = map[string]int{"DEFAULT": 0, "DEBUG": 1, "INFO": 2, "WARNING": 3, "ERROR": 4}
