package provider

import (
	"context"
	"maps"
	"slices"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// clients are the client ids that a deployment comes across. The engine asks
// this process to compare every token of the state before it replaces or
// deletes one, so what is not among them at a minting is known to no state.
type clients struct {
	minting sync.Mutex // held from looking for unknown tokens until the new one is known

	mu       sync.Mutex
	states   map[string]bool // of tokens in the state, and of those before them
	inputs   map[string]bool // of given tokens
	expected map[string]bool // names of resources that are in the state
	compared map[string]bool // names of resources whose state was compared
}

func newClients() *clients {
	return &clients{states: map[string]bool{}, inputs: map[string]bool{}, expected: map[string]bool{}, compared: map[string]bool{}}
}

func (c *clients) add(set map[string]bool, names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		if name != "" {
			set[name] = true
		}
	}
}

// remember notes client ids that a state knows.
func (c *clients) remember(ids ...string) { c.add(c.states, ids...) }

// give notes the client id of a given token, which must not be revoked.
func (c *clients) give(id string) { c.add(c.inputs, id) }

// expect notes that a resource of that name is in the state.
func (c *clients) expect(name string) { c.add(c.expected, name) }

func (c *clients) given(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inputs[id]
}

// list are the client ids that must not be taken for unknown.
func (c *clients) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return except(slices.AppendSeq(slices.Collect(maps.Keys(c.states)), maps.Keys(c.inputs)), nil)
}

// complete says whether the state of the resource was compared, if it has one.
// A replacement that is asked for by `--replace` comes without a comparison.
func (c *clients) complete(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.expected[name] || c.compared[name]
}

// diffing is a provider's method.
type diffing = func(context.Context, p.DiffRequest) (p.DiffResponse, error)

// watchDiffs notes what the compared states of tokens know.
func (c *clients) watchDiffs(diff diffing) diffing {
	return func(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
		if string(req.Urn.Type()) == resource.TokenType {
			c.add(c.compared, req.Urn.Name())
			if id := req.State.Get("clientId"); id.IsString() {
				c.remember(id.AsString())
			}
			if before := req.State.Get("predecessors"); before.IsArray() {
				for _, id := range before.AsArray().All {
					if id.IsString() {
						c.remember(id.AsString())
					}
				}
			}
		}
		return diff(ctx, req)
	}
}
