// Package standin is a cloud for tests that is none: a Pulumi provider that the
// real engine calls in the place of a cloud's own. It keeps a journal of what
// it was told, knows what a change replaces, refuses to run a service whose
// secrets it could not read, and fails on command. It starts nothing, charges
// nothing, and says nothing about what a cloud accepts beyond that; it must
// never be imported by a program. No cloud's SDK may enter.
package standin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
)

// Thing is what the cloud holds: secrets in it are hashes already.
type Thing struct {
	Type, Name, ID string
	Props          map[string]any
	made           time.Time
	// edited are the properties that were changed by hand.
	edited map[string]any
}

// Call is an entry of the journal, in the order in which calls ended.
type Call struct {
	Verb string // create, update, delete or what the cloud does instead
	Type string
	Name string
	ID   string
}

func (c Call) String() string { return c.Verb + " " + c.Type + " " + c.Name }

// Kind is what is particular to one cloud.
type Kind struct {
	// Package is the name of the provider that is stood in for.
	Package string
	// Service is the type of what runs.
	Service string
	// slow are the types whose effect arrives late: permissions.
	slow []string
	// name makes up the name of an object that has none; "" leaves it alone.
	name func(name string, seed []byte, old, inputs map[string]any) string
	// told is the id of a new resource and what only the cloud knows of it.
	told func(c *Cloud, made Thing) (id string, outputs map[string]any)
	// tries is what a preview tells of a new resource; nil tells that all that only
	// the cloud knows is unknown.
	tries func(inputs property.Map, told map[string]any) property.Map
	// gone is what the cloud does with a thing that is deleted, "delete" for nil.
	gone func(thing Thing) string
	// awaits is the reason that the provider gives once its wait has timed out
	// for a service to be ready; "" if it does not wait.
	awaits string
	// reads is what a refresh finds out about a service: outputs and inputs that
	// the cloud has, whatever the state says; nil echoes the state.
	reads func(c *Cloud, service Thing) (outputs, inputs map[string]any)
	// compares are the outputs of a service that the provider compares with the
	// inputs: it sends an update though no setting has changed.
	compares []string
	// unready is the reason with which the provider fails an update whose
	// instances do not get ready; the cloud keeps the change, and the state does
	// not. "" if it does not wait, or says so by awaits.
	unready string
	// run is what a service of these properties needs and how it names itself;
	// an error is the cloud's own reason not to run it.
	run func(c *Cloud, service Thing) (running, error)
	// within is the type and the id of what a thing is in, "" for nothing: without
	// it the thing cannot be.
	within func(thing Thing) (kind, id string)
	// routes decides who serves once a service was created or updated, and whether
	// what it runs now got ready; nil lets what is ready serve at once.
	routes func(c *Cloud, service Thing, next running, ready bool)
	// placed is told of a service once it was created or updated.
	placed func(c *Cloud, service Thing)
	// platform is the API that tells of the service's instances.
	platform func(c *Cloud, service Thing, instances operatetest.Instances) http.Handler
	// stores is the API that tells of what holds secrets, without a service too; it
	// leaves the rest to another handler.
	stores func(c *Cloud, rest http.Handler) http.Handler
}

// running is what serves.
type running struct {
	revision string
	task     string // of ECS
	// uses are the ids of what it reads when an instance starts.
	uses []string
}

// Cloud is one account of a cloud of some kind.
type Cloud struct {
	kind Kind
	// server answers as the service would.
	server *httptest.Server

	mu      sync.Mutex
	things  []Thing
	made    map[string]int
	journal []Call
	broken  []string
	refused string // the verb that fails on the service
	denied  denial
	had     map[string]bool // what the stack made once, by type and id
	stuck   bool            // updates are taken, and the old revision goes on
	mute    bool            // what runs does not answer
	crashes bool            // what is started does not get ready
	serving running
	// servedSince is when that began, and failed an instance that does not serve.
	servedSince time.Time
	failed      *operatetest.Instance
	silence
	alarm alarm
	cluster
	traffic
	vault
	newest int // the revision that a failed update made

	arrives  time.Duration // how long the call takes that gives a permission
	effect   time.Duration // how long permissions have none
	drain    time.Duration // how long replaced instances go on
	draining []drained
}

// drained are instances that were replaced and still answer.
type drained struct {
	running
	until time.Time
}

// locked does something while the cloud does nothing else.
func (c *Cloud) locked(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do()
}

// Drain is how long replaced instances go on from now on.
func (c *Cloud) Drain(d time.Duration) { c.locked(func() { c.drain = d }) }

// Drained is when the last of the replaced instances ends.
func (c *Cloud) Drained() (last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, old := range c.draining {
		if old.until.After(last) {
			last = old.until
		}
	}
	return last
}

// serve lets other instances take over; those of before drain. The cloud's lock
// is held.
func (c *Cloud) serve(next running) {
	if before := c.serving; before.revision != "" && before.revision != next.revision {
		c.draining = append(c.draining, drained{before, time.Now().Add(c.drain)})
	}
	if c.serving.revision != next.revision {
		c.servedSince = time.Now()
	}
	c.meet(next.revision)
	if c.serving.revision != next.revision {
		c.alarm.takeOver(c.serving)
	}
	c.serving = next
}

// Hurry makes permissions take no time from now on, for tests that wait for none.
func (c *Cloud) Hurry() { c.locked(func() { c.arrives, c.effect = 0, 0 }) }

// takesLong is how long the call takes that gives a permission.
const takesLong = 300 * time.Millisecond

// takesEffect is how long a permission of Google has no effect after that call;
// in truth it is minutes.
const takesEffect = 600 * time.Millisecond

// URL is where the service answers.
func (c *Cloud) URL() string { return c.server.URL }

// Journal is what was done since the last time it was asked for.
func (c *Cloud) Journal() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	journal := c.journal
	c.journal = nil
	return journal
}

// Broken are the rules that were broken: a secret in plaintext, a version taken
// away from under the service that reads it.
func (c *Cloud) Broken() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.broken)
}

// Refuse makes a verb on the service fail from now on; "" ends that.
func (c *Cloud) Refuse(verb string) { c.locked(func() { c.refused = verb }) }

// Stick makes the old revision go on whatever the service is told.
func (c *Cloud) Stick(stuck bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stuck = stuck
	for _, thing := range c.things {
		if running, err := c.run(thing); !stuck && thing.Type == c.kind.Service && err == nil {
			c.route(thing, running, true)
		}
	}
}

// Mute makes what runs answer no request, whatever the cloud says of it.
func (c *Cloud) Mute(mute bool) { c.locked(func() { c.mute = mute }) }

// Crash makes what is started from now on fail, if the cloud's provider waits
// for it; what ran before goes on.
func (c *Cloud) Crash(crashes bool) { c.locked(func() { c.crashes = crashes }) }

// Left is what is still there.
func (c *Cloud) Left() []Thing {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.things)
}

// Forget removes what is still there, which no state knows, and what was broken.
func (c *Cloud) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.things, c.serving, c.draining, c.broken, c.traffic = nil, running{}, nil, nil, traffic{}
	c.vault, c.cluster = vault{}, cluster{}
}

// find is the things of a type that have these properties. The cloud's lock is
// held: it is for the functions of a Kind.
func (c *Cloud) find(kind string, with map[string]any) (found []Thing) {
	for _, thing := range c.things {
		if thing.Type == kind && holds(thing.Props, with) {
			found = append(found, thing)
		}
	}
	return found
}

func holds(props, with map[string]any) bool {
	for key, value := range with {
		if fmt.Sprint(props[key]) != fmt.Sprint(value) {
			return false
		}
	}
	return true
}

// count is a number that was not used for this name before.
func (c *Cloud) count(name string) int {
	c.made[name]++
	return c.made[name]
}

func (c *Cloud) run(thing Thing) (running, error) {
	if thing.Type != c.kind.Service {
		return running{}, nil
	}
	return c.kind.run(c, thing)
}

// route lets what a service runs now serve, if it is ready and gets the traffic.
func (c *Cloud) route(service Thing, next running, ready bool) {
	switch {
	case c.kind.routes != nil:
		c.kind.routes(c, service, next, ready)
	case ready:
		c.serve(next)
	}
}

// fails tells whether what was put does not get ready.
func (c *Cloud) fails(kind string) bool {
	return c.crashes && kind == c.kind.Service && c.kind.awaits+c.kind.unready != ""
}

func (c *Cloud) refuses(verb, kind string) error {
	if kind == c.kind.Service && c.refused == verb {
		return fmt.Errorf("refused to %s %s, as the test asked", verb, kind)
	}
	return nil
}

func (c *Cloud) note(verb string, thing Thing) {
	c.journal = append(c.journal, Call{verb, thing.Type, thing.Name, thing.ID})
}

// put adds a thing, or changes the one with its id.
func (c *Cloud) put(verb string, thing Thing) error {
	if err := c.refuses(verb, thing.Type); err != nil {
		return err
	}
	running, err := c.run(thing)
	if err == nil && thing.Type == c.kind.Service {
		err = c.conflicts(thing)
	}
	if err != nil {
		return err
	}
	if thing.Type == c.kind.Service {
		c.route(thing, running, (verb == "create" || !c.stuck) && !c.fails(thing.Type))
	}
	at := c.index(thing.Type, thing.ID)
	if at < 0 {
		thing.made = time.Now()
		c.things = append(c.things, thing)
		c.added(thing)
		c.had[thing.Type+" "+thing.ID] = true
	} else {
		c.things[at] = thing
	}
	if thing.Type == c.kind.Service && c.kind.placed != nil {
		c.kind.placed(c, thing)
	}
	c.note(verb, thing)
	return nil
}

func (c *Cloud) index(kind, id string) int {
	return slices.IndexFunc(c.things, func(t Thing) bool { return t.Type == kind && t.ID == id })
}

// remove takes a thing away and notes it when what runs still needs it.
func (c *Cloud) remove(kind, name, id string) error {
	if err := c.refuses("delete", kind); err != nil {
		return err
	}
	// One that took the place of another goes on.
	if kind == c.kind.Service && len(c.find(kind, nil)) < 2 {
		c.serving, c.draining, c.traffic = running{}, nil, traffic{}
	}
	for _, old := range c.draining {
		if slices.Contains(old.uses, kind+" "+id) && time.Now().Before(old.until) {
			c.broken = append(c.broken,
				fmt.Sprintf("%s %s was deleted while instances of revision %s, which it replaced, still answer", kind, id, old.revision))
		}
	}
	if slices.Contains(c.serving.uses, kind+" "+id) {
		c.broken = append(c.broken, fmt.Sprintf("%s %s was deleted while revision %s reads it", kind, id, c.serving.revision))
	}
	gone, verb := Thing{Type: kind, Name: name, ID: id}, "delete"
	if at := c.index(kind, id); at >= 0 {
		gone = c.things[at]
		c.things = slices.Delete(c.things, at, at+1)
		c.forget(gone)
		c.removed(gone)
	}
	if c.kind.gone != nil {
		verb = c.kind.gone(gone)
	}
	c.note(verb, gone)
	return nil
}

// use names a thing among those that a revision uses.
func use(thing Thing) string { return thing.Type + " " + thing.ID }

// Canary is a secret made up for tests, for a stack to hold: it must never come
// in plaintext.
const Canary = "nvapi-generated-for-the-tests-of-stacks"

// leaked notes a secret that came in plaintext.
func (c *Cloud) leaked(name, property, text string) {
	if strings.Contains(text, "AstraCS:") || strings.Contains(text, Canary) {
		c.broken = append(c.broken, fmt.Sprintf("%s of %s holds a secret in plaintext", property, name))
	}
}
