package devops

import (
	"errors"
	"strings"
	"testing"
)

func role() Role {
	return Role{Name: "reader", Policy: Policy{Resources: []string{"drn"}, Actions: []string{"db-rest"}, Effect: "allow"}}
}

func TestRoleLifecycle(t *testing.T) {
	t.Parallel()
	_, client := start(t)
	created, err := client.CreateRole(t.Context(), role())
	if err != nil || created.ID == "" {
		t.Fatal(created, err)
	}
	if _, err := client.CreateRole(t.Context(), role()); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "taken") {
		t.Errorf("a second of the same name: %v", err)
	}
	created.Policy.Actions = []string{"db-cql"}
	if err := client.UpdateRole(t.Context(), *created); err != nil {
		t.Fatal(err)
	}
	read, err := client.Role(t.Context(), created.ID)
	if err != nil || read.Policy.Actions[0] != "db-cql" {
		t.Errorf("read %+v, %v", read, err)
	}
	for range 2 { // the second finds nothing to delete
		if err := client.DeleteRole(t.Context(), created.ID); err != nil {
			t.Fatal(err)
		}
	}
	if roles, err := client.Roles(t.Context()); err != nil || len(roles) != 0 {
		t.Errorf("left: %v, %v", roles, err)
	}
}

func TestTokenLifecycle(t *testing.T) {
	t.Parallel()
	plane, client := start(t)
	token, err := client.CreateToken(t.Context(), "org-1", "role-1")
	if err != nil || token.ClientID != "client-1" || token.Value.Reveal() != "AstraCS:client-1:minted-for-a-test" {
		t.Fatalf("got %v, %v", token, err)
	}
	plane.lingers = 2
	if err := client.DeleteToken(t.Context(), token.ClientID); err != nil {
		t.Fatal(err)
	}
	if n := plane.count("GET /clientIdSecrets"); n < 3 {
		t.Errorf("the revocation was believed after %d looks", n)
	}
	if err := client.DeleteToken(t.Context(), "client-1"); err != nil {
		t.Errorf("revoking it again: %v", err)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	t.Run("reading, after a server error", func(t *testing.T) {
		t.Parallel()
		plane, client := start(t, 500, 503)
		if org, err := client.Organization(t.Context()); err != nil || org != "org-1" || plane.count("GET /currentOrg") != 3 {
			t.Errorf("got %s, %v", org, err)
		}
	})
	t.Run("minting, only after a rate limit", func(t *testing.T) {
		t.Parallel()
		plane, client := start(t, 429, 502)
		_, err := client.CreateToken(t.Context(), "org-1", "role-1")
		if err == nil || plane.count("POST /tokens") != 2 {
			t.Errorf("%d tries, %v", plane.count("POST /tokens"), err)
		}
	})
	t.Run("not for ever", func(t *testing.T) {
		t.Parallel()
		plane, client := start(t, 500, 500, 500, 500, 500, 500, 500, 500)
		if _, err := client.Organization(t.Context()); err == nil || plane.count("GET /currentOrg") != tries {
			t.Errorf("%d tries, %v", plane.count("GET /currentOrg"), err)
		}
	})
}

func TestKeyspaces(t *testing.T) {
	t.Parallel()
	_, client := start(t)
	if err := client.CreateKeyspace(t.Context(), "db-1", "killrvideo"); err != nil {
		t.Fatal(err)
	}
	database, err := client.Database(t.Context(), "db-1")
	if err != nil || !database.HasKeyspace("killrvideo") || !database.HasKeyspace("first") || database.HasKeyspace("other") {
		t.Errorf("got %+v, %v", database, err)
	}
}

func TestDRN(t *testing.T) {
	t.Parallel()
	for want, drn := range map[string]DRN{
		"drn:astra:org:o":                         {Org: "o"},
		"drn:astra:org:o:db:d":                    {Org: "o", Database: "d"},
		"drn:astra:org:o:db:d:keyspace:k":         {Org: "o", Database: "d", Keyspace: "k"},
		"drn:astra:org:o:db:d:keyspace:k:table:*": {Org: "o", Database: "d", Keyspace: "k", Table: "*"},
	} {
		if drn.String() != want {
			t.Errorf("got %s, want %s", drn, want)
		}
	}
}
