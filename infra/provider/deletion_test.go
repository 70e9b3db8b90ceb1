package provider_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// deletable is one resource of each type that Astra deletes.
func deletable(t *testing.T, e embedded) map[string]*stack {
	t.Helper()
	server := e.server(t)
	e.keyspace(t, server, "videos")
	token, _ := e.token(t, server)
	created := map[string]*stack{resource.TokenType: token, resource.RoleType: e.role(t, server, "videos", "db-graphql")}
	for typ, inputs := range map[string]map[string]property.Value{
		resource.DatabaseType:   unprotected(databaseInputs("us-east1")),
		resource.KeyspaceType:   unprotected(keyspaceInputs("orders")),
		resource.AccessListType: accessInputs("192.0.2.1"),
	} {
		created[typ] = newStack(t, server, typ)
		must(t, created[typ].create(inputs))
	}
	created[resource.EntryType] = newStack(t, server, resource.EntryType)
	must(t, created[resource.EntryType].create(entryInputs("198.51.100.7", "office")))
	return created
}

// asksNothing are the other resources, whose deletion asks Astra for nothing.
var asksNothing = map[string]string{
	resource.SchemaType: "keeps the data", resource.SigningKeyType: "the key is in the state alone",
	resource.OneTimeCodesType: "the codes are in the state alone", resource.OwnerType: "the mark is in the state alone",
	resource.RandomType: "the value is in the state alone", resource.GateType: "it is a proof", resource.WaitType: "it is over",
	resource.CloudRunServingType: "only reads", resource.CloudRunTrafficType: "leaves the traffic as it is",
	resource.ProcessType: "ends a process of this machine", resource.FrontType: "ends a process of this machine",
}

// A deletion that the API refuses, or accepts and does not carry out, fails: the
// resource stays in the state.
func TestAFailedDeletionIsNoDeletion(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	tried := deletable(t, embedded)
	for typ := range outputs() {
		if tried[typ] == nil && asksNothing[typ] == "" {
			t.Errorf("the deletion of %s is not tried", typ)
		}
	}
	for typ, s := range tried {
		for name, status := range map[string]int{"refused": http.StatusInternalServerError, "accepted only": http.StatusAccepted} {
			t.Run(typ+" "+name, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
				defer cancel()
				var changed, reads atomic.Int32
				deaf := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
					if r.Method == http.MethodGet {
						if changed.Load() > 0 && reads.Add(1) > 3 {
							cancel() // it was looked at often enough
						}
						return false
					}
					if isDataAPI(r) {
						return false
					}
					changed.Add(1)
					w.WriteHeader(status)
					return true
				}, nil)
				server := newServerContext(ctx, t, deaf.config(), provider.WithPropagation(2, 0))
				attempt := &stack{t: t, server: server, urn: s.urn, id: s.id, inputs: s.inputs, state: s.state}
				if err := attempt.delete(); err == nil {
					t.Error("the deletion succeeded")
				}
				if changed.Load() == 0 {
					t.Error("no deletion was asked for")
				}
			})
		}
	}
}

// What was deleted elsewhere is gone for a refresh, and deleting it again is no
// failure.
func TestWhatWasDeletedElsewhereIsGone(t *testing.T) {
	t.Parallel()
	for typ, s := range deletable(t, startAstra(t)) {
		elsewhere := *s
		must(t, elsewhere.delete())
		if !s.isGone() {
			t.Errorf("%s: it is still there for a refresh", typ)
		}
		if err := s.delete(); err != nil {
			t.Errorf("%s: deleting it again ends with %v", typ, err)
		}
	}
}

// A role's name is refused, and so is a token to which Astra attached another
// role or none.
func TestATokenHasItsRole(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	role := embedded.role(t, server, "videos")
	s := newStack(t, server, resource.TokenType)
	_, failures := s.check(tokenInputs(role.text("roleName"), "0"))
	if len(failures) != 1 || failures[0].Property != "roleId" {
		t.Errorf("the name of a role: failures = %v", failures)
	}
	noTokenLeft := embedded.noTokenLeft(t)
	refused(t, s.create(tokenInputs("00000000-0000-4000-8000-00000000dead", "0")), "mint a token")
	bare := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || r.URL.Path != "/v2/tokens" {
			return false
		}
		minted, err := embedded.control(t).CreateToken(t.Context(), "", role.id)
		if err != nil {
			t.Error(err)
			return false
		}
		_, _ = w.Write([]byte(`{"clientId":"` + minted.ClientID + `","token":"` + minted.Value.Reveal() + `","roles":[]}`))
		return true
	}, nil)
	err := newStack(t, bare.server(t), resource.TokenType).create(tokenInputs(role.id, "0"))
	refused(t, err, "want the role "+role.id+" alone", "was revoked")
	noTokenLeft()
}
