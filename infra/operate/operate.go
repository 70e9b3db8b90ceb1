// Package operate answers questions about a deployed stack: what runs, what it
// logged, which revisions were proved, how old its credentials are. It reads a
// stack's state, in which secrets are encrypted and stay so, and asks the
// platform through the package of the same name below this one. Nothing here
// changes anything, but for a Store that is told to remove what no state knows,
// and no cloud's SDK may enter.
package operate

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Stack is what a stack's state says of it.
type Stack struct {
	Name      string
	Resources []Resource
	// Pending are those whose creation was begun and has an unknown outcome.
	Pending []Resource
	// Secret reads a secret setting of the stack, for the call that needs it.
	Secret func(ctx context.Context, key string) (string, error)
}

// ErrNotDeployed is a stack without a service.
var ErrNotDeployed = errors.New("nothing is deployed")

// ErrNoLog is an instance, or a time, of which no log is there.
var ErrNoLog = errors.New("there is no such log")

// Resource is one resource of a state.
type Resource struct {
	URN     string         `json:"urn"`
	Type    string         `json:"type"`
	ID      string         `json:"id"`
	Inputs  map[string]any `json:"inputs"`
	Outputs map[string]any `json:"outputs"`
	Protect bool           `json:"protect"`
	Delete  bool           `json:"delete"`
	Created time.Time      `json:"created"`
}

// Name is the resource's name in the program.
func (r Resource) Name() string { return r.URN[strings.LastIndex(r.URN, ":")+1:] }

// Text is an output that is a text, "" for any other and for a secret.
func (r Resource) Text(name string) string {
	text, _ := r.Outputs[name].(string)
	return text
}

// Of are the resources of a type; one that is to be deleted still does not count.
func (s Stack) Of(kind string) (found []Resource) {
	for _, r := range s.Resources {
		if r.Type == kind && !r.Delete {
			found = append(found, r)
		}
	}
	return found
}

// Output is an output of the stack, nil if there is none.
func (s Stack) Output(name string) any {
	for _, r := range s.Of("pulumi:pulumi:Stack") {
		return r.Outputs[name]
	}
	return nil
}

// Text is an output of the stack that is a text, "" for any other.
func (s Stack) Text(name string) string {
	text, _ := s.Output(name).(string)
	return text
}

// Platform is where a stack runs.
type Platform interface {
	// Instances are those that run and the last one that failed, the one that
	// serves first.
	Instances(ctx context.Context) ([]Instance, error)
	// Logs hands over lines, oldest first. With Follow it ends with ctx.
	Logs(ctx context.Context, query Query, emit func(Line) error) error
}

// Instance is a running copy of the service, or one that failed.
type Instance struct {
	Name     string `json:"name"`
	Revision string `json:"revision,omitempty"`
	Image    string `json:"image,omitempty"`
	// State is running, starting or failed.
	State string `json:"state"`
	// Ready tells that it answers and that its database does.
	Ready bool `json:"ready"`
	// Serves tells that it gets requests.
	Serves    bool      `json:"serves"`
	StartedAt time.Time `json:"startedAt,omitzero"`
	// Reason is why it is not ready, in the platform's or its own words.
	Reason string `json:"reason,omitempty"`
}

// The states of an instance.
const (
	Running  = "running"
	Starting = "starting"
	Failed   = "failed"
)
