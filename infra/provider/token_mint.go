package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// minter mints tokens with one role and leaves none that no state knows.
type minter struct {
	control              *devops.Client
	organization, roleID string
	patient              backoff
	known                *clients
}

func (t *Token) minter(control *devops.Client, organization, roleID string) minter {
	return minter{control: control, organization: organization, roleID: roleID, patient: t.patient, known: t.known}
}

// mint mints a token for the resource of that name. It also returns the client
// ids that the state knew before, of tokens that exist.
func (m minter) mint(ctx context.Context, name string) (minted *devops.Token, predecessors []string, err error) {
	m.known.minting.Lock()
	defer m.known.minting.Unlock()
	if err := m.sweep(ctx, name); err != nil {
		return nil, nil, err
	}
	before, err := m.control.Tokens(ctx)
	if err != nil {
		return nil, nil, err
	}
	predecessors = slices.DeleteFunc(m.known.list(), func(id string) bool { return !slices.Contains(clientIDs(before), id) })
	minted, err = m.control.CreateToken(ctx, m.organization, m.roleID)
	if err == nil {
		m.known.remember(minted.ClientID)
		return minted, predecessors, nil
	}
	if !devops.Uncertain(err) {
		return nil, nil, err
	}
	if lost := m.revokeLost(context.WithoutCancel(ctx), before); lost != nil {
		err = fmt.Errorf("%w (and it may have been minted all the same: %w)", err, lost)
	}
	return nil, nil, err
}

// sweep revokes tokens with exactly this role that no state knows, as a killed
// deployment leaves them. Only a token that two lists in a row show counts.
func (m minter) sweep(ctx context.Context, name string) error {
	orphans, err := m.unknown(ctx, m.known.list())
	if err != nil || len(orphans) == 0 {
		return err
	}
	log := p.GetLogger(ctx)
	if !m.known.complete(name) {
		log.Warning(fmt.Sprintf("the role %s has tokens that the state of %s may know and was not asked about: %v. They are not touched; "+
			"revoke those that are not in use in Astra's console", m.roleID, name, orphans))
		return nil
	}
	if err := sleep.For(ctx, m.patient.pause); err != nil {
		return err
	}
	again, err := m.unknown(ctx, m.known.list())
	if err != nil {
		return err
	}
	for _, id := range again {
		if !slices.Contains(orphans, id) {
			continue
		}
		if err := m.control.DeleteToken(ctx, id); err != nil {
			return fmt.Errorf("revoke the token %s, which no state knows: %w", id, err)
		}
		log.Warning("revoked the token " + id + " of an earlier deployment that did not end: no state knows it")
	}
	return nil
}

// revokeLost revokes what a mint without an answer left, also when that shows
// only at the second look.
func (m minter) revokeLost(ctx context.Context, before []devops.Token) error {
	known := clientIDs(before)
	for range 2 {
		lost, err := m.unknown(ctx, known)
		if err != nil {
			return err
		}
		for _, id := range lost {
			if err := m.control.DeleteToken(ctx, id); err != nil {
				return err
			}
		}
		if err := sleep.For(ctx, m.patient.pause); err != nil {
			return err
		}
	}
	return nil
}

// unknown are the client ids of tokens with exactly this role but these.
func (m minter) unknown(ctx context.Context, known []string) ([]string, error) {
	tokens, err := m.control.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	exactly := slices.DeleteFunc(withRole(tokens, m.roleID), func(t devops.Token) bool { return len(t.Roles) != 1 })
	return except(clientIDs(exactly), known), nil
}

// withRole are the tokens that have a role.
func withRole(tokens []devops.Token, roleID string) (holders []devops.Token) {
	for _, token := range tokens {
		if slices.Contains(token.Roles, roleID) {
			holders = append(holders, token)
		}
	}
	return holders
}

func clientIDs(tokens []devops.Token) []string {
	ids := make([]string, len(tokens))
	for i, token := range tokens {
		ids[i] = token.ClientID
	}
	return ids
}

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
		if named(req.Urn, resource.TokenType) {
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
