package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
)

// The types of a traffic target.
const (
	toLatest   = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
	toRevision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
)

// traffic is what Cloud Run keeps of a service: which revisions are ready, and
// which of them have traffic or a tag.
type traffic struct {
	revisions  map[string]running // by their short names
	latest     string
	targets    []any
	generation int
	// shifts are the shares of the traffic, as they were set by themselves.
	shifts []string
	asked  int
	// failAt is the share at which a revision stops to answer, 0 for none.
	failAt float64
}

// FailAt makes a revision stop to answer once it has this share of the traffic; 0
// ends that.
func (c *Cloud) FailAt(percent float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failAt = percent
	c.silent = nil
}

// Shifts are the shares that the revisions had, one line for each time that the
// traffic was set without the service.
func (c *Cloud) Shifts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	shifts := c.shifts
	c.shifts = nil
	return shifts
}

// Pin moves the traffic to an old revision, as an operator does by hand. Tags
// stay.
func (c *Cloud) Pin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	const byHand = "pinned-by-hand"
	c.revisions[byHand] = running{revision: byHand}
	targets := []any{map[string]any{"type": toRevision, "revision": byHand, "percent": 100.0}}
	for _, target := range c.targets {
		if tag := text(target, "tag"); tag != "" {
			targets = append(targets, map[string]any{"type": text(target, "type"), "tag": tag})
		}
	}
	c.aim(targets)
}

// ToLatest gives the traffic to the latest revision and takes the tags away, as
// earlier versions deployed.
func (c *Cloud) ToLatest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.aim([]any{map[string]any{"type": toLatest, "percent": 100.0}})
}

// googleRoutes keeps a revision that is ready, and gives the traffic to whom the
// service says.
func googleRoutes(c *Cloud, service Thing, next running, ready bool) {
	if c.revisions == nil {
		c.revisions = map[string]running{}
	}
	if ready {
		c.latest = path.Base(text(service.Props, "latestCreatedRevision"))
		c.revisions[c.latest] = next
		c.meet(next.revision)
	}
	targets := list(service.Props, "traffics")
	if len(targets) == 0 {
		targets = []any{map[string]any{"type": toLatest, "percent": 100.0}}
	}
	c.aim(targets)
}

// aim sets the targets. The cloud's lock is held, as below.
func (c *Cloud) aim(targets []any) {
	c.targets, c.generation = targets, c.generation+1
	most := 0.0
	for _, target := range targets {
		percent, _ := at(target, "percent").(float64)
		if percent > most {
			most = percent
			c.serve(c.revisions[c.targeted(target)])
		}
		if name := c.targeted(target); percent > 0 && percent == c.failAt && name == c.latest {
			c.silent = map[string]bool{c.revisions[name].revision: true}
		}
	}
}

// targeted is the revision of a target.
func (c *Cloud) targeted(target any) string {
	if name := text(target, "revision"); name != "" {
		return path.Base(name)
	}
	return c.latest
}

// answering is the revision that answers at a path: that of a tag, or the next one
// by the shares of the traffic.
func (c *Cloud) answering(at string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	for _, target := range c.targets {
		if tag := text(target, "tag"); tag != "" && tag == first {
			return c.revisions[c.targeted(target)].revision
		}
	}
	c.asked += 37 // no two shares see only every second request
	place := c.asked % 100
	for _, target := range c.targets {
		percent, _ := target.(map[string]any)["percent"].(float64)
		if place -= int(percent); place < 0 {
			return c.revisions[c.targeted(target)].revision
		}
	}
	return c.serving.revision
}

// trafficOf answers for the service, and leaves the rest to another handler.
func (c *Cloud) trafficOf(service Thing, rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /run/"+service.ID, func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		_ = json.NewEncoder(w).Encode(c.described(service))
	})
	mux.HandleFunc("PATCH /run/"+service.ID, func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Etag    string
			Traffic []any
		}
		_ = json.NewDecoder(r.Body).Decode(&asked)
		c.mu.Lock()
		defer c.mu.Unlock()
		if r.FormValue("updateMask") != "traffic" || asked.Etag != fmt.Sprint(c.generation) {
			w.WriteHeader(http.StatusConflict)
			return
		}
		if problem := c.shift(asked.Traffic); problem != "" {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(body{"error": body{"status": "INVALID_ARGUMENT", "message": problem}})
			return
		}
		c.aim(asked.Traffic)
		c.note("shift", service)
		_ = json.NewEncoder(w).Encode(body{"name": "operations/1", "done": true})
	})
	mux.Handle("/", rest)
	return authorized(http.StatusForbidden, mux)
}

// shift notes the shares, and says what Google would refuse.
func (c *Cloud) shift(targets []any) string {
	var words []string
	sum := 0.0
	for _, target := range targets {
		percent, _ := at(target, "percent").(float64)
		if sum += percent; percent == 0 {
			continue
		}
		name := c.targeted(target)
		if _, known := c.revisions[name]; !known {
			return "revision " + name + " does not exist or is not ready"
		}
		words = append(words, fmt.Sprintf("%s=%v", c.revisions[name].revision, percent))
	}
	if sum != 100 {
		return fmt.Sprintf("the percents sum up to %v", sum)
	}
	c.shifts = append(c.shifts, strings.Join(words, " "))
	return ""
}

// described is the service as the API has it.
func (c *Cloud) described(service Thing) body {
	name := func(n int) string {
		return fmt.Sprintf("%s/revisions/%s-%05d", service.ID, text(service.Props, "name"), n)
	}
	statuses := []any{}
	for _, target := range c.targets {
		percent := at(target, "percent")
		if percent == nil {
			percent = 0
		}
		statuses = append(statuses, body{
			"type": text(target, "type"), "revision": c.targeted(target), "percent": percent, "tag": text(target, "tag"),
		})
	}
	return body{
		"name": service.ID, "generation": fmt.Sprint(c.generation), "etag": fmt.Sprint(c.generation), "traffic": c.targets,
		"template": templateOf(service), "trafficStatuses": statuses,
		"latestCreatedRevision": name(c.made[service.ID]), "latestReadyRevision": name(c.newest),
	}
}

// templateOf is a service's template in the words of the API.
func templateOf(service Thing) body {
	containers, volumes := []any{}, []any{}
	for _, c := range list(service.Props, "template", "containers") {
		containers = append(containers, body{"image": text(c, "image"), "env": list(c, "envs")})
	}
	for _, v := range list(service.Props, "template", "volumes") {
		volumes = append(volumes, body{"name": text(v, "name"), "secret": at(v, "secret")})
	}
	return body{"containers": containers, "volumes": volumes}
}
