package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Only the very value of the minted token, for the same use, changes nothing
// but its owner. Everything else is another token, new first.
func TestWhatReplacesAToken(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	s, role := embedded.token(t, server)
	same := givenTokenInputs(s.text("token"))
	for name, test := range map[string]struct {
		inputs   map[string]property.Value
		replaces bool
	}{
		"the same value":       {same, false},
		"allowBroad":           {with(tokenInputs(role.id, "0"), "allowBroad", property.New(true)), false},
		"another value":        {givenTokenInputs("AstraCS:generated:for-this-test"), true},
		"in another keyspace":  {with(same, "keyspace", str("other")), true},
		"in another database":  {with(same, "databaseId", str("00000000-0000-4000-8000-00000000beef")), true},
		"for reads only":       {readOnlyInputs(same), true},
		"another role":         {tokenInputs("00000000-0000-4000-8000-00000000dead", "0"), true},
		"minted for reads":     {readOnlyInputs(tokenInputs(role.id, "0")), true},
		"minted in a keyspace": {with(tokenInputs(role.id, "0"), "keyspace", str("other")), true},
	} {
		d := s.diff(test.inputs)
		replaced := false
		for _, change := range d.DetailedDiff {
			replaced = replaced || change.Kind == p.UpdateReplace
		}
		if !d.HasChanges || replaced != test.replaces || d.DeleteBeforeReplace {
			t.Errorf("%s shows as %+v, want a replacement: %v", name, d, test.replaces)
		}
	}
	given := newStack(t, server, resource.TokenType)
	must(t, given.create(same))
	if d := given.diff(tokenInputs(role.id, "0")); d.DetailedDiff["given"].Kind != p.UpdateReplace {
		t.Errorf("a token that is no longer given shows as %+v, want a replacement", d)
	}
}

// A given token is proved again once it may not be broad any more; a preview
// asks Astra for nothing.
func TestUpdateOfAllowBroadProvesAGivenToken(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	broad := givenTokenInputs(embedded.ownToken(t, []string{"db-table-drop"}).Value.Reveal())
	s := newStack(t, server, resource.TokenType)
	must(t, s.create(with(broad, "allowBroad", property.New(true))))
	offline := &stack{t: t, server: newServer(t, nil), urn: s.urn, id: s.id, inputs: s.inputs, state: s.state}
	if _, err := offline.update(broad, true); err != nil {
		t.Errorf("a preview ends with %v", err)
	}
	_, err := s.update(broad, false)
	refused(t, err, "allows db-table-drop")
	if !s.state.Get("allowBroad").AsBool() {
		t.Error("a refused update is in the state")
	}
	minted, role := embedded.token(t, server)
	minted.server = newServer(t, nil) // a minted token was proved before
	_, err = minted.update(with(tokenInputs(role.id, "0"), "allowBroad", property.New(true)), false)
	must(t, err)
}

// The state of a given token knows the minted one before it, which may serve
// until a roll-out is proved.
func TestAGivenTokenKnowsItsPredecessor(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	minted, role := embedded.token(t, server)
	given := embedded.ownToken(t, nil)
	next := newStack(t, embedded.server(t), resource.TokenType)
	next.id, next.state, next.inputs = minted.id, minted.state, minted.inputs
	inputs := givenTokenInputs(given.Value.Reveal())
	next.diff(inputs)
	must(t, next.create(inputs))
	known := next.state.Get("predecessors").AsArray().AsSlice()
	if !slices.ContainsFunc(known, func(v property.Value) bool { return v.AsString() == minted.id }) {
		t.Errorf("the predecessors are %v, want %s among them", known, minted.id)
	}
	again := newStack(t, embedded.server(t), resource.TokenType)
	again.id, again.state, again.inputs = next.id, next.state, next.inputs
	again.diff(tokenInputs(role.id, "1"))
	must(t, again.create(tokenInputs(role.id, "1")))
	if !slices.Contains(embedded.clientIDs(t), minted.id) {
		t.Error("the token before the given one was revoked")
	}
}

// A database that goes on accepting a revoked token is a failed deletion.
func TestARevokedTokenThatIsAcceptedIsNoDeletion(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	s, _ := embedded.token(t, server)
	late := embedded.behind(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if isDataAPI(r) {
			r.Header.Set("Token", embedded.admin.Reveal())
		}
		return false
	}, nil)
	s.server = late.server(t)
	refused(t, s.delete(), "token "+s.id+" is revoked", "still accepts it")
	s.server = server
	must(t, s.delete())
}

// A token that failed its proof and is not revoked either is named.
func TestATokenThatCannotBeRevokedIsNamed(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	role := embedded.role(t, server, "videos", "db-table-drop")
	broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodDelete || !strings.Contains(r.URL.Path, "/tokens/") && !strings.Contains(r.URL.Path, "clientIdSecrets") {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	}, nil)
	before := embedded.clientIDs(t)
	err := newStack(t, broken.server(t), resource.TokenType).create(tokenInputs(role.id, "0"))
	refused(t, err, "failed its proof", "revoking it failed, do that by hand")
	for _, id := range embedded.clientIDs(t) {
		if !slices.Contains(before, id) && !strings.Contains(err.Error(), id) {
			t.Errorf("err = %v, want it to name the token %s that is left", err, id)
		}
	}
}

// A deploy token that may not read tokens or roles leaves the judgement to the
// harmless calls.
func TestADeployTokenThatReadsNoRolesLeavesItToTheProbes(t *testing.T) {
	t.Parallel()
	for name, rights := range map[string][]string{"no tokens": {"org-read"}, "no roles": {"org-read", "org-token-read"}} {
		embedded, _ := startVideos(t)
		broad := embedded.ownToken(t, []string{"db-table-drop"}).Value.Reveal()
		deploying := embedded
		deploying.admin = embedded.ownToken(t, rights, "ORG").Value
		err := newStack(t, deploying.server(t), resource.TokenType).create(givenTokenInputs(broad))
		t.Run(name, func(t *testing.T) { refused(t, err, "it may drop tables in keyspace videos") })
	}
}

// While it is not known whether a token is given, no role is asked for.
func TestTokenWithUnknownInputs(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.TokenType)
	unknown := with(givenTokenInputs("AstraCS:generated-for-this-test"), "given", property.New(property.Computed))
	if _, failures := s.check(unknown); len(failures) > 0 {
		t.Errorf("an unknown given token: failures = %v", failures)
	}
	for field, inputs := range map[string]map[string]property.Value{
		"roleId":     with(tokenInputs(databaseID, "0"), "roleId", str("")),
		"databaseId": with(tokenInputs(databaseID, "0"), "databaseId", str("")),
		"keyspace":   with(tokenInputs(databaseID, "0"), "keyspace", str("")),
		"given":      givenTokenInputs("generated-for-this-test"),
	} {
		if _, failures := s.check(inputs); len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
}
