// Package operatetest answers questions about running instances as the APIs of
// the platforms do. It is for tests alone.
package operatetest

import (
	"encoding/json"
	"net/http"
	"time"
)

// Instance is a copy of a service that runs, or did.
type Instance struct {
	Name, Revision, Digest string
	// Running and Ready are false while it starts, and when it has failed.
	Running, Ready, Failed bool
	// Reason is why it failed or is not ready.
	Reason    string
	StartedAt time.Time
	// Log are its lines, oldest first, a second apart from its start on.
	Log []string
	// Pins are the versions of secrets that it reads, as the platform names them: on
	// Google SECRET/VERSION, on AWS the reference of a task definition.
	Pins []string
}

// loggedAt is when a line was logged.
func (i Instance) loggedAt(line int) time.Time {
	return i.StartedAt.Add(time.Duration(line) * time.Second)
}

// Instances are those that there are at the moment, the newest first.
type Instances func() []Instance

func (all Instances) named(name string) (Instance, bool) {
	for _, each := range all() {
		if each.Name == name {
			return each, true
		}
	}
	return Instance{}, false
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

type object = map[string]any
