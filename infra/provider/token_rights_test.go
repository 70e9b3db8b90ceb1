package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// withoutDeployToken hosts the provider for a stack that has none.
func (e embedded) withoutDeployToken(t *testing.T) integration.Server {
	config := e.config()
	delete(config, "deployToken")
	return newServer(t, config, provider.WithPropagation(3, time.Millisecond))
}

// ownToken mints a token with the least rights and more, as a person would.
func (e embedded) ownToken(t *testing.T, more []string, resources ...string) *devops.Token {
	t.Helper()
	control := e.control(t)
	organization, err := control.Organization(t.Context())
	must(t, err)
	database := devops.DRN{Org: organization, Database: databaseID}
	keyspace := devops.DRN{Org: organization, Database: databaseID, Keyspace: "videos"}
	tables := devops.DRN{Org: organization, Database: databaseID, Keyspace: "videos", Table: "*"}
	policy := devops.Policy{Effect: "allow", Actions: append(provider.LeastActions(), more...),
		Resources: []string{database.String(), keyspace.String(), tables.String()}}
	for _, name := range resources {
		policy.Resources = append(policy.Resources, strings.Replace(name, "ORG", "drn:astra:org:"+organization, 1))
	}
	role, err := control.CreateRole(t.Context(), devops.Role{Name: "own-" + strings.Join(more, "-") + strings.Join(resources, "-"),
		Policy: policy})
	must(t, err)
	token, err := control.CreateToken(t.Context(), organization, role.ID)
	must(t, err)
	return token
}

const otherKeyspace = "ORG:db:" + databaseID + ":keyspace:reporting_7f3a"

// Every dangerous right of a token of one's own is named: by its roles where
// the deploy token reads them, and by a harmless call where there is none.
func TestEveryExcessRightOfAGivenTokenIsNamed(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	must(t, newStack(t, server, resource.SchemaType).create(schemaInputs("videos", bigger, indexOf("videos_name", "regular", "name"))))
	embedded.keyspace(t, server, "reporting_7f3a")
	for name, c := range map[string]struct {
		more, resources []string
		byRoles, probed string
	}{
		"create tables":  {[]string{"db-table-create"}, nil, "allows db-table-create", "may create tables in keyspace videos"},
		"drop tables":    {[]string{"db-table-drop"}, nil, "allows db-table-drop", "may drop tables in keyspace videos"},
		"alter tables":   {[]string{"db-table-alter"}, nil, "allows db-table-alter", "may alter tables in keyspace videos"},
		"make keyspaces": {[]string{"db-keyspace-create"}, nil, "allows db-keyspace-create", "may create keyspaces"},
		"drop keyspaces": {[]string{"db-keyspace-drop"}, []string{"ORG:db:" + databaseID + ":keyspace:*"}, "allows db-keyspace-drop",
			"may drop keyspaces"},
		"drop this one": {[]string{"db-keyspace-drop"}, nil, "allows db-keyspace-drop", ""}, // no harmless call shows it
		"mint tokens":   {[]string{"org-token-write"}, []string{"ORG"}, "allows org-token-write", "may mint tokens"},
		"change roles":  {[]string{"org-role-write"}, []string{"ORG"}, "allows org-role-write", "may change roles"},
		"delete roles":  {[]string{"org-role-delete"}, []string{"ORG"}, "allows org-role-delete", "may delete roles"},
		"list tokens":   {[]string{"org-token-read"}, []string{"ORG"}, "allows org-token-read", "it lists its tokens"},
		"other keyspace": {nil, []string{otherKeyspace, otherKeyspace + ":table:*"}, ":keyspace:reporting_7f3a",
			"may read keyspace reporting_7f3a"},
		"other databases": {nil, []string{"ORG:db:*", "ORG:db:*:keyspace:videos"}, ":db:*:keyspace:videos", ""}, // there is one database here
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := embedded.ownToken(t, c.more, c.resources...)
			given := givenTokenInputs(token.Value.Reveal())
			for with, on := range map[string]integration.Server{"a": server, "no": embedded.withoutDeployToken(t)} {
				want := c.byRoles
				if with == "no" {
					want = c.probed
				}
				err := newStack(t, on, resource.TokenType).create(given)
				if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("with %s deploy token: err = %v, want %q", with, err, want)
				}
				if err != nil && (!strings.Contains(err.Error(), "pulumi config rm astraToken") || strings.Contains(err.Error(),
					token.Value.Reveal())) {
					t.Errorf("the error gives no command, or shows the token: %v", err)
				}
			}
		})
	}
}

// What the proof tries changes nothing, whatever the token may do.
func TestProofOfAnAdministratorTokenChangesNothing(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	must(t, newStack(t, server, resource.SchemaType).create(schemaInputs("videos", bigger, indexOf("videos_name", "regular", "name"))))
	traces := func() []string {
		roles, err := embedded.control(t).Roles(t.Context())
		must(t, err)
		seen := append(tableNames(t, embedded, "videos"), embedded.clientIDs(t)...)
		for _, role := range roles {
			seen = append(seen, role.Name)
		}
		database, err := embedded.control(t).Database(t.Context(), databaseID)
		must(t, err)
		return append(seen, database.Info.Keyspaces...)
	}
	before := traces()
	err := newStack(t, embedded.withoutDeployToken(t), resource.TokenType).create(givenTokenInputs(embedded.admin.Reveal()))
	for _, want := range []string{"create tables", "drop tables", "alter tables", "mint tokens", "change roles", "delete roles",
		"keyspaces", "lists its roles"} {
		if want != "delete roles" && (err == nil || !strings.Contains(err.Error(), want)) { // who changes roles is not asked about deleting them
			t.Errorf("err = %v, want %q in it", err, want)
		}
	}
	if after := traces(); !slices.Equal(after, before) {
		t.Errorf("after the proof there are %v, before %v", after, before)
	}
}

// A token that may create but not drop leaves nothing in an empty keyspace but
// one table, whose name is the same at each proof.
func TestProofThatCannotDropLeavesAtMostOneTable(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	given := with(givenTokenInputs(embedded.ownToken(t, []string{"db-table-create"}).Value.Reveal()), "allowBroad", property.New(true))
	embedded.keyspace(t, server, "videos")
	for range 2 {
		must(t, newStack(t, server, resource.TokenType).create(given))
	}
	if tables := tableNames(t, embedded, "videos"); len(tables) != 1 {
		t.Errorf("tables = %v, want no trace of the proof", tables)
	}
	must(t, keyspaceOf(embedded, "videos").DropTable(t.Context(), "videos"))
	for range 2 {
		must(t, newStack(t, server, resource.TokenType).create(given))
	}
	if tables := tableNames(t, embedded, "videos"); len(tables) != 1 {
		t.Errorf("tables = %v, want one of the proof", tables)
	}
}

func readOnlyInputs(inputs map[string]property.Value) map[string]property.Value {
	return with(inputs, "readOnly", property.New(true))
}

// A token for reads is refused writes, and one for writes must be able to.
func TestProofOfReadsAndWrites(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	readable := []property.Value{}
	for _, action := range resource.ReadActions() {
		readable = append(readable, str(action))
	}
	reads := newStack(t, server, resource.RoleType)
	must(t, reads.create(with(roleInputs("reads", "videos"), "actions", property.New(readable))))
	writes := embedded.role(t, server, "videos")

	token := newStack(t, server, resource.TokenType)
	must(t, token.create(readOnlyInputs(tokenInputs(reads.id, "0"))))
	for want, inputs := range map[string]map[string]property.Value{
		"it may write rows":              readOnlyInputs(tokenInputs(writes.id, "0")),
		"allows db-table-modify":         readOnlyInputs(tokenInputs(writes.id, "0")),
		"cannot write keyspace videos":   tokenInputs(reads.id, "0"),
		"(astraToken) failed its proof":  givenTokenInputs(token.text("token")),
		"(astraReadOnlyToken) may do mo": readOnlyInputs(givenTokenInputs(embedded.ownToken(t, nil).Value.Reveal())),
	} {
		if err := newStack(t, server, resource.TokenType).create(inputs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
	must(t, newStack(t, server, resource.TokenType).create(readOnlyInputs(givenTokenInputs(token.text("token")))))
}

// Where every key can be guessed, a write that is tried could delete a row: the
// proof does without.
func TestProofDeletesNoRowWhoseKeyCanBeGuessed(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	must(t, newStack(t, server, resource.SchemaType).create(schemaInputs("videos",
		`{"columns":{"n":"int","ok":"boolean"},"primaryKey":{"partitionBy":["n"],"partitionSort":{"ok":1}}}`)))
	rows := keyspaceOf(embedded, "videos").Table("videos")
	_, err := rows.InsertOne(t.Context(), map[string]any{"n": 0, "ok": false})
	must(t, err)
	embedded.token(t, server)
	if err := rows.FindOne(t.Context(), filter.F{"n": 0, "ok": false}).Decode(&map[string]any{}); err != nil {
		t.Errorf("the row is gone after the proof: %v", err)
	}
}

// A write is proved in a table of any key that has a part that cannot be guessed.
func TestWritesAreProvedWithKeysOfEveryType(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	types := []string{"text", "ascii", "uuid", "blob", "int", "bigint", "smallint", "tinyint", "varint", "float", "double", "decimal",
		"boolean",
		"timestamp", "date", "time", "inet"}
	for i, typ := range types {
		t.Run(typ, func(t *testing.T) {
			t.Parallel()
			keyspace := "keys_" + typ
			definition := `{"columns":{"id":"text","k":"` + typ + `"},"primaryKey":{"partitionBy":["k"],"partitionSort":{"id":1}}}`
			if i%2 == 1 {
				definition = `{"columns":{"id":"uuid","k":"` + typ + `"},"primaryKey":{"partitionBy":["id","k"]}}`
			}
			must(t, newStack(t, server, resource.SchemaType).create(schemaInputs(keyspace, definition)))
			role := embedded.role(t, server, keyspace)
			must(t, newStack(t, server, resource.TokenType).create(with(tokenInputs(role.id, "0"), "keyspace", str(keyspace))))
		})
	}
}

// Without a deploy token, a token is asked which databases it sees: its own alone.
func TestATokenThatSeesOtherDatabasesIsNamed(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	twin := newStack(t, server, resource.DatabaseType)
	must(t, twin.create(unprotected(databaseInputs("us-east1"))))
	without := embedded.withoutDeployToken(t)
	sees := []string{"org-db-view"}
	must(t, newStack(t, without, resource.TokenType).create(givenTokenInputs(embedded.ownToken(t, sees).Value.Reveal())))
	wide := embedded.ownToken(t, sees, "ORG:db:*").Value.Reveal()
	err := newStack(t, without, resource.TokenType).create(givenTokenInputs(wide))
	refused(t, err, "it may see other databases: "+twin.id)
	if _, others, _ := strings.Cut(fmt.Sprint(err), "other databases: "); strings.Contains(strings.SplitN(others, ";", 2)[0], databaseID) {
		t.Errorf("err = %v, want the other database alone", err)
	}
}
