package devops

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/dataapitest"
)

// databaseID is the one database that the embedded Astra has.
const databaseID = "00000000-0000-4000-8000-000000000001"

// program is the embedded Astra, built by TestMain.
var program dataapitest.Embedded

// TestMain builds the embedded Astra and holds that no call leaves a goroutine
// behind.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "devops")
	if err == nil {
		program, err = dataapitest.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the embedded Astra:", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// client is one with that token, its connections closed when the test ends.
func client(t *testing.T, url string, token astra.Token) *Client {
	t.Helper()
	c, err := NewClient(url+"/v2", token, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

func TestRolesAndTokensOnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	url, token := program.Start(t)
	admin := client(t, url, token)
	org, err := admin.Organization(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reader := Role{Name: "reader", Policy: Policy{
		Description: "lists roles", Effect: "allow",
		Resources: []string{DRN{Org: org}.String()}, Actions: []string{"org-role-read"},
	}}
	role, err := admin.CreateRole(t.Context(), reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.CreateRole(t.Context(), reader); !errors.Is(err, ErrConflict) {
		t.Errorf("a second role of that name gave %v", err)
	}
	minted, err := admin.CreateToken(t.Context(), org, role.ID)
	if err != nil {
		t.Fatal(err)
	}
	limited := client(t, url, minted.Value)
	if roles, err := limited.Roles(t.Context()); err != nil || !slices.ContainsFunc(roles, func(r Role) bool { return r.ID == role.ID }) {
		t.Errorf("what the role allows gave %v, %v", roles, err)
	}
	if _, err := limited.Tokens(t.Context()); !errors.Is(err, ErrForbidden) && !errors.Is(err, ErrUnauthorized) {
		t.Errorf("what the role does not allow gave %v", err)
	}
	revoke(t, admin, limited, minted.ClientID)
	if err := admin.DeleteRole(t.Context(), role.ID); err != nil {
		t.Error(err)
	}
	if _, err := admin.Role(t.Context(), role.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deleted role gave %v", err)
	}
}

// revoke revokes a token, twice, and holds that it opens nothing any more and
// that no error shows it.
func revoke(t *testing.T, admin, limited *Client, clientID string) {
	t.Helper()
	for range 2 {
		if err := admin.DeleteToken(t.Context(), clientID); err != nil {
			t.Error(err)
		}
	}
	_, err := limited.Roles(t.Context())
	if !errors.Is(err, ErrUnauthorized) {
		t.Fatalf("a revoked token gave %v", err)
	}
	secret := limited.token.Reveal()
	if strings.Contains(err.Error(), secret[strings.LastIndex(secret, ":")+1:]) {
		t.Error("the error shows the token")
	}
}

func TestKeyspacesOnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	url, token := program.Start(t)
	admin := client(t, url, token)
	if err := admin.CreateKeyspace(t.Context(), databaseID, "films"); err != nil {
		t.Fatal(err)
	}
	databases, err := admin.Databases(t.Context())
	if err != nil || len(databases) != 1 || !databases[0].HasKeyspace("films") || databases[0].HasKeyspace("film") {
		t.Errorf("%+v, %v", databases, err)
	}
	if err := admin.DeleteKeyspace(t.Context(), databaseID, "films"); err != nil {
		t.Fatal(err)
	}
	if database, err := admin.Database(t.Context(), databaseID); err != nil || database.HasKeyspace("films") {
		t.Errorf("%+v, %v", database, err)
	}
	if _, err := admin.Database(t.Context(), "00000000-0000-4000-8000-00000000ffff"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another database gave %v", err)
	}
}
