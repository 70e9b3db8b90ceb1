package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

func TestRolesAllowOnlyWhatTheirResourcesCover(t *testing.T) {
	t.Parallel()
	org := access.Resource{Org: "O"}
	db := access.Resource{Org: "O", DB: "D"}
	keyspace := access.Resource{Org: "O", DB: "D", Keyspace: "K"}
	table := access.Resource{Org: "O", DB: "D", Keyspace: "K", Table: "T"}
	const root = "drn:astra:org:O"
	for name, test := range map[string]struct {
		resource string
		on       access.Resource
		exact    bool // allowed at the resource's own level
		within   bool // allowed there, or somewhere below
	}{
		"organization":                  {root, org, true, true},
		"another organization":          {"drn:astra:org:P", org, false, false},
		"any organization":              {"drn:astra:org:*", org, true, true},
		"a database of it":              {root + ":db:D", db, true, true},
		"another database":              {root + ":db:E", db, false, false},
		"every database":                {root + ":db:*", db, true, true},
		"an organization is no table":   {root, table, false, false},
		"a database is no keyspace":     {root + ":db:D", keyspace, false, false},
		"a table is within its db":      {root + ":db:D:keyspace:K:table:T", db, false, true},
		"a table is within its ks":      {root + ":db:D:keyspace:K:table:*", keyspace, false, true},
		"not within another db":         {root + ":db:E:keyspace:K:table:T", db, false, false},
		"every table":                   {root + ":db:D:keyspace:K:table:*", table, true, true},
		"every table of all keyspaces":  {root + ":db:D:keyspace:*:table:*", table, true, true},
		"a table of another keyspace":   {root + ":db:D:keyspace:L:table:*", table, false, false},
		"no resource name":              {"O", org, false, false},
		"another cloud":                 {"drn:other:org:O", org, false, false},
		"levels out of order":           {"drn:astra:org:O:keyspace:K", db, false, false},
		"half a level":                  {root + ":db", org, false, false},
		"a level too many":              {root + ":db:D:keyspace:K:table:T:row:R", table, false, false},
		"a star does not match a level": {"drn:astra:org:*:db:*", table, false, false},
	} {
		role := access.Role{Policy: access.Policy{Effect: "allow", Actions: []string{"db-rest"}, Resources: []string{"nonsense", test.resource}}}
		for effect, want := range map[string]bool{"allow": test.exact, "deny": false} {
			role.Policy.Effect = effect
			if got := role.Allows("db-rest", test.on, false); got != want {
				t.Errorf("%s, effect %s: %v, want %v", name, effect, got, want)
			}
		}
		role.Policy.Effect = "allow"
		if role.Allows("db-cql", test.on, false) {
			t.Errorf("%s: allows an action that it does not name", name)
		}
		p := principal(t, role)
		if p.Can("db-rest", test.on) != test.exact || p.CanWithin("db-rest", test.on) != test.within {
			t.Errorf("%s: can %v, within %v; want %v, %v", name, p.Can("db-rest", test.on), p.CanWithin("db-rest", test.on), test.exact, test.within)
		}
	}
}

func TestValidDRN(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"drn:astra:org:O": true, "drn:astra:org:O:db:D": true, "drn:astra:org:O:db:D:keyspace:K:table:T": true,
		"": false, "drn:astra:org": false, "drn:astra": false, "DRN:astra:org:O": false, "drn:astra:db:D": false,
		"drn:astra:org:O:db:D:table:T": false, "drn:astra:org:O:db:D:keyspace:K:table:T:x": false,
		"drn:astra:org:O:db:D:keyspace:K:table:T:x:y": false,
	} {
		if got := access.ValidDRN(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func open(t *testing.T, dir string) (*access.Book, func()) {
	t.Helper()
	store, err := rowstore.Open(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	book, err := access.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	return book, func() { _ = store.Close() }
}

// principal is that of a token with the role, in a book of its own.
func principal(t *testing.T, role access.Role) access.Principal {
	t.Helper()
	book, shut := open(t, t.TempDir())
	defer shut()
	stored, err := book.PutRole(role)
	if err != nil {
		t.Fatal(err)
	}
	token, err := book.Mint([]string{stored.ID}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	p, ok := book.Authenticate(token.Value)
	if !ok || p.ClientID != token.ClientID {
		t.Fatal("a minted token does not authenticate")
	}
	return p
}

func TestTokens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	book, shut := open(t, dir)
	role, err := book.PutRole(access.Role{Name: "reader"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Mint([]string{role.ID, "unknown"}, time.Time{}); !errors.Is(err, access.ErrNotFound) {
		t.Errorf("with an unknown role: %v", err)
	}
	token, err := book.Mint([]string{role.ID}, time.Time{})
	other, otherErr := book.Mint([]string{role.ID}, time.Time{})
	if err != nil || otherErr != nil || token.Value == other.Value || len(book.Clients()) != 2 {
		t.Fatal(err, otherErr, len(book.Clients()))
	}
	hash := token.Value[len("AstraCS:")+len(token.ClientID)+1:]
	for name, value := range map[string]string{
		"nothing": "", "no prefix": token.ClientID + ":" + hash, "another prefix": "AstraXX:" + token.ClientID + ":" + hash,
		"no client": "AstraCS::" + hash, "a short hash": "AstraCS:" + token.ClientID + ":" + hash[1:], "one part more": token.Value + ":",
		"another hash": "AstraCS:" + token.ClientID + ":" + strings.Repeat("0", 64), "the hash of another": "AstraCS:" +
			other.ClientID + ":" + hash,
	} {
		if _, ok := book.Authenticate(value); ok {
			t.Errorf("%s authenticates", name)
		}
		if name != "another hash" && name != "the hash of another" && name != "" && book.Adopt(value, nil) == nil {
			t.Errorf("%s is adopted", name)
		}
	}
	if err := book.Revoke(token.ClientID); err != nil || !errors.Is(book.Revoke(token.ClientID), access.ErrNotFound) {
		t.Errorf("revoke: %v", err)
	}
	shut()
	again, shut := open(t, dir) // as after a restart
	defer shut()
	if _, ok := again.Authenticate(token.Value); ok {
		t.Error("a revoked token authenticates after a restart")
	}
	if _, ok := again.Authenticate(other.Value); !ok || again.Org != book.Org {
		t.Error("a token, or the organization, is lost by a restart")
	}
}

func TestRoleRules(t *testing.T) {
	t.Parallel()
	book, shut := open(t, t.TempDir())
	defer shut()
	system := book.Roles()[0]
	reader, err := book.PutRole(access.Role{Name: "reader"})
	if err != nil || reader.ID == "" {
		t.Fatal(err)
	}
	if _, err := book.PutRole(reader); err != nil {
		t.Errorf("the same name on the same role: %v", err)
	}
	for name, test := range map[string]struct {
		role access.Role
		want error
	}{
		"a name that is taken": {access.Role{Name: "reader"}, access.ErrConflict},
		"an unknown id":        {access.Role{ID: "unknown", Name: "x"}, access.ErrNotFound},
		"a system role":        {access.Role{ID: system.ID, Name: "x"}, access.ErrSystem},
	} {
		if _, err := book.PutRole(test.role); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for id, want := range map[string]error{system.ID: access.ErrSystem, "unknown": access.ErrNotFound, reader.ID: nil} {
		if err := book.DeleteRole(id); !errors.Is(err, want) {
			t.Errorf("delete %s: %v", id, err)
		}
	}
	if _, found := book.Role(reader.ID); found {
		t.Error("a deleted role is still there")
	}
}

// A token follows its roles: what a role allows changes with the role.
func TestRoleChangesApplyToTokens(t *testing.T) {
	t.Parallel()
	book, shut := open(t, t.TempDir())
	defer shut()
	on := access.Resource{Org: book.Org}
	role, err := book.PutRole(access.Role{Name: "reader", Policy: access.Policy{
		Effect: "allow", Actions: []string{"org-read"}, Resources: []string{"drn:astra:org:" + book.Org},
	}})
	if err != nil {
		t.Fatal(err)
	}
	token, err := book.Mint([]string{role.ID}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	can := func() bool { p, ok := book.Authenticate(token.Value); return ok && p.Can("org-read", on) }
	if !can() {
		t.Fatal("a role does not allow what it names")
	}
	role.Policy.Actions = []string{"org-write"}
	if _, err := book.PutRole(role); err != nil || can() {
		t.Errorf("the token keeps what its role allowed before: %v", err)
	}
	if err := book.DeleteRole(role.ID); err != nil || can() {
		t.Errorf("the token keeps what its deleted role allowed: %v", err)
	}
}

// A data folder of a release that did not mark the administrator's token: those
// whose only role is the administrator's go, and no other.
func TestUnmarkedAdministratorIsReplaced(t *testing.T) {
	t.Parallel()
	book, shut := open(t, t.TempDir())
	defer shut()
	administrator := book.Roles()[0].ID
	reader, err := book.PutRole(access.Role{Name: "reader"})
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]access.Token{}
	for name, roles := range map[string][]string{"administrator": {administrator}, "both": {administrator, reader.ID}, "reader": {reader.ID}} {
		if tokens[name], err = book.Mint(roles, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	for i, clients := 1, book.Clients(); i < len(clients); i++ {
		if clients[i-1].ID >= clients[i].ID {
			t.Error("tokens are not listed by their client ids")
		}
	}
	if _, err := book.UseAdmin(""); err != nil {
		t.Fatal(err)
	}
	for name, lives := range map[string]bool{"administrator": false, "both": true, "reader": true} {
		if _, ok := book.Authenticate(tokens[name].Value); ok != lives {
			t.Errorf("the token of %s authenticates: %v", name, ok)
		}
	}
}

func TestOneAdministratorAtATime(t *testing.T) {
	t.Parallel()
	book, shut := open(t, t.TempDir())
	defer shut()
	first, err := book.UseAdmin("")
	again, againErr := book.UseAdmin(first)
	if err != nil || againErr != nil || again != first || len(book.Clients()) != 1 {
		t.Fatal(err, againErr, len(book.Clients()))
	}
	second, err := book.UseAdmin("")
	if err != nil || second == first {
		t.Fatal(err)
	}
	if _, ok := book.Authenticate(first); ok {
		t.Error("the replaced administrator's token still authenticates")
	}
	if p, ok := book.Authenticate(second); !ok || !p.Can("org-write", access.Resource{Org: book.Org}) {
		t.Error("the administrator's token is not the administrator's")
	}
	if _, err := book.UseAdmin("no token"); err == nil {
		t.Error("what is no token is taken for the administrator's")
	}
}

func TestExpiredTokenIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	book, shut := open(t, dir)
	role, err := book.PutRole(access.Role{Name: "reader"})
	if err != nil {
		t.Fatal(err)
	}
	old, err := book.Mint([]string{role.ID}, time.Now().Add(-time.Second))
	valid, validErr := book.Mint([]string{role.ID}, time.Now().Add(time.Hour))
	if err != nil || validErr != nil {
		t.Fatal(err, validErr)
	}
	for _, when := range []string{"minted", "after a restart"} {
		if _, ok := book.Authenticate(old.Value); ok {
			t.Errorf("%s: an expired token is accepted", when)
		}
		if _, ok := book.Authenticate(valid.Value); !ok {
			t.Errorf("%s: a token is refused before it expires", when)
		}
		shut()
		book, shut = open(t, dir)
	}
	shut()
}
