package enginetest

import (
	"hash/crc32"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
)

// referee strikes one step of an update: the one that it was told, or the first
// that it has not struck before. It notes every step that it is asked about.
type referee struct {
	mu      sync.Mutex
	kill    func() error
	version string
	// target is the one step that fails, by the name that it counts as; "" for the
	// first that was not struck.
	target string
	kinds  []fault.Kind
	struck map[string]bool
	seen   []string
	hit    fault.Step
	how    fault.Kind // of hit, None before a step was struck
}

// arm lets the next step fail that has not failed yet, in one of these ways; no
// way lets none fail.
func (r *referee) arm(kinds ...fault.Kind) { r.aim("", kinds...) }

// aim lets one step fail.
func (r *referee) aim(name string, kinds ...fault.Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target, r.kinds, r.how, r.seen = name, kinds, fault.None, nil
}

// disarm tells which step failed and how, None if there was none.
func (r *referee) disarm() (fault.Step, fault.Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kinds = nil
	return r.hit, r.how
}

// steps are those of the update since it was armed, by the names that they count
// as, each once, in their order.
func (r *referee) steps() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.seen)
}

// Before is a referee's method. A wrong clock stays wrong until the update ends.
func (r *referee) Before(step fault.Step) (fault.Kind, time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := r.nameOf(step)
	if !slices.Contains(r.seen, name) {
		r.seen = append(r.seen, name)
	}
	switch {
	case len(r.kinds) == 0:
		return fault.None, 0
	case r.how != fault.None:
		return fault.None, r.how.Jump()
	}
	kind := r.kinds[int(crc32.ChecksumIEEE([]byte(name)))%len(r.kinds)]
	if r.target != "" && r.target != name || r.target == "" && r.struck[name] || !befalls(kind, name) {
		return fault.None, 0
	}
	r.struck[name], r.hit, r.how = true, step, kind
	return kind, kind.Jump()
}

// After is a referee's method: the step was to end with the engine.
func (r *referee) After(fault.Step) {
	if err := r.kill(); err != nil {
		panic(err)
	}
}

// nameOf is what a step counts as: of a cloud's resources that are not a version
// of a secret, one of each type does for all.
func (r *referee) nameOf(step fault.Step) string {
	if strings.HasPrefix(step.Type, resource.Package+":") || step.Type == r.version {
		return step.String()
	}
	return step.Verb + " " + step.Type
}

// befalls tells whether a step of a name can fail in a way: few read the clock.
func befalls(kind fault.Kind, name string) bool {
	if kind.Jump() == 0 {
		return kind != fault.None
	}
	verb, rest, _ := strings.Cut(name, " ")
	of, _, _ := strings.Cut(rest, " ")
	return slices.Contains([]string{key, gate, resource.CloudRunTrafficType}, of) && verb != "delete"
}
