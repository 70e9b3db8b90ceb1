package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// The Data API answers the same about a keyspace that does not exist and one
// that the token may not see. Only the first is gone for a refresh.
func TestAnUnseenKeyspaceIsNotGone(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	must(t, s.create(schemaInputs("fresh", small)))
	unprivileged := embedded
	unprivileged.admin = embedded.ownToken(t, []string{"org-read", "org-db-view"}, "ORG").Value
	s.server = unprivileged.server(t)
	_, err := s.tryRead()
	refused(t, err, "read the tables of keyspace fresh", "database "+databaseID+" has it", "does not show it to the deploy token")
	_, err = s.imported()
	refused(t, err, "import the tables of keyspace fresh", "does not show it to the deploy token")
	must(t, embedded.control(t).DeleteKeyspace(t.Context(), databaseID, "fresh"))
	if !s.isGone() {
		t.Error("the schema of a dropped keyspace is still there for a refresh")
	}
}

// What another organisation does not have is neither gone nor created there. A
// state of a release that did not remember the organisation is filled in.
func TestSchemaOfAnotherOrganisationIsRefused(t *testing.T) {
	t.Parallel()
	first, second := startAstra(t), startAstra(t)
	s := newStack(t, first.server(t), resource.SchemaType)
	must(t, s.create(schemaInputs("fresh", small)))
	state := s.state
	s.state = state.Delete("organizationId")
	if d := s.diff(schemaInputs("fresh", small)); d.HasChanges {
		t.Errorf("the state of an older release shows %v", d.DetailedDiff)
	}
	if r := s.read(); !r.Properties.Equals(state) {
		t.Errorf("after the refresh it is %v, want %v", r.Properties, state)
	}
	s.state, s.server = state, second.server(t)
	_, read := s.tryRead()
	_, updated := s.update(schemaInputs("fresh", bigger), false)
	for what, err := range map[string]error{"read": read, "update": updated} {
		t.Run(what, func(t *testing.T) {
			refused(t, err, "another organisation", "pulumi config set --secret astraDeployToken")
		})
	}
	if live, err := second.control(t).Database(t.Context(), databaseID); err != nil || live.HasKeyspace("fresh") {
		t.Errorf("the other organisation has the keyspace now, %v", err)
	}
}

func TestSchemaOfATerminatedDatabaseIsGone(t *testing.T) {
	t.Parallel()
	all := oneProgram(t, startAstra(t))
	must(t, all.database.delete())
	if !all.schema.isGone() {
		t.Error("the schema of a terminated database is still there for a refresh")
	}
}

// program is what a program makes on a database of its own.
type program struct{ database, keyspace, schema, role, token *stack }

// oneProgram makes all of it, with the provider configured for the embedded Astra.
func oneProgram(t *testing.T, e embedded) (all program) {
	t.Helper()
	config := with(e.config(), "embedded", property.New(true))
	server := newServer(t, config, provider.WithPropagation(3, time.Millisecond))
	make := func(typ string, inputs map[string]property.Value) *stack {
		t.Helper()
		s := newStack(t, server, typ)
		must(t, s.create(inputs))
		return s
	}
	all.database = make(resource.DatabaseType, unprotected(databaseInputs("us-east1")))
	in := func(inputs map[string]property.Value) map[string]property.Value {
		return with(inputs, "databaseId", str(all.database.id))
	}
	all.keyspace = make(resource.KeyspaceType, in(unprotected(keyspaceInputs("notes"))))
	all.schema = make(resource.SchemaType, in(schemaInputs("notes", small)))
	all.role = make(resource.RoleType, in(roleInputs("notes", "notes")))
	all.token = make(resource.TokenType, with(in(tokenInputs(all.role.id, "0")), "keyspace", str("notes")))
	return all
}

// The embedded Astra has all databases at one address: each is reached there,
// not the first one, and not Astra's own host.
func TestOneProgramMakesDatabaseKeyspaceAndTables(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	all := oneProgram(t, embedded)
	for what, s := range map[string]*stack{"keyspace": all.keyspace, "schema": all.schema, "role": all.role, "token": all.token} {
		if r := s.read(); !r.Properties.Equals(s.state) {
			t.Errorf("a refresh of the %s reads %v, want %v", what, r.Properties, s.state)
		}
	}
	if all.database.text("dataApiEndpoint") != embedded.url {
		t.Errorf("the endpoint is %s, want %s", all.database.text("dataApiEndpoint"), embedded.url)
	}
	client := dataapi.NewClient(options.API().SetToken(embedded.admin).SetKeyspace("notes")).Database(embedded.url)
	if names, err := client.ListTableNames(t.Context()); err == nil {
		t.Errorf("the first database has the tables %v", names)
	}
	for _, s := range []*stack{all.token, all.role, all.schema, all.keyspace, all.database} {
		must(t, s.delete())
	}
}

// A keyspace that another deployment made at the same time is used; one that is
// refused is an error.
func TestSchemaInAKeyspaceThatIsNotCreated(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{http.StatusConflict: "", http.StatusForbidden: "403"} {
		embedded := startAstra(t)
		behind := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/keyspaces/fresh") {
				return false
			}
			if want == "" {
				embedded.forward(t, httptest.NewRecorder(), r)
			}
			w.WriteHeader(status)
			return true
		}, nil)
		err := newStack(t, behind.server(t), resource.SchemaType).create(schemaInputs("fresh", small))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("with the answer %d: err = %v, want %q", status, err, want)
		}
	}
}
