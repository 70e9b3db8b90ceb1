package e2e

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestOwnAstra deploys on target local against a database of an account, which
// another embedded Astra plays: schema, tokens and role are made there, no
// embedded Astra is started here, and down leaves the tables.
func TestOwnAstra(t *testing.T) {
	t.Parallel()
	url, token := enginetest.StartAstra(t, checkoutRoot(t))
	account, err := devops.NewClient(url+"/v2", token, nil)
	check(t, err)
	m := newMachine(t)
	set := func(args ...string) { m.pulumi(append([]string{"config", "set", "--stack", "dev"}, args...)...) }
	set("astraDatabaseId", "00000000-0000-4000-8000-000000000001")
	printed, code := m.run("preview")
	want(t, printed, code, 2, "local.astraPort: is the port of the embedded Astra", "astraRegion", "astraDeployToken")
	set("astraRegion", "us-east1")
	set("astraDataApiEndpoint", url)
	set("astraDevopsEndpoint", url+"/v2")
	set("--secret", "astraDeployToken", token.Reveal())
	m.pulumi("config", "rm", "--path", "local.astraPort", "--stack", "dev")
	outputs, _ := m.up()

	if outputs["astraEndpoint"] != url || len(m.processes("astra-local")) != 0 {
		t.Errorf("it uses %s, and %v are embedded Astras", outputs["astraEndpoint"], m.processes("astra-local"))
	}
	tokens, err := account.Tokens(t.Context())
	check(t, err)
	roles, err := account.Roles(t.Context())
	check(t, err)
	if len(tokens) != 3 || !strings.Contains(rolesText(roles), "killrvideo-dev") {
		t.Errorf("the account has %d tokens and the roles %s", len(tokens), rolesText(roles))
	}
	user := m.login("ada@example.org")
	m.me(t, user).want(t, 200, "a user of the own database")
	for args, code := range map[string]int{"-if-empty": 0, "-size": 2} {
		printed, got := m.run("seed", "--", args, "small")
		want(t, printed, got, code, "your own Astra")
	}
	if printed, code := m.run("down"); code != 0 {
		t.Fatalf("down ended with %d:\n%s", code, printed)
	}
	if tokens, err = account.Tokens(t.Context()); err != nil || len(tokens) != 1 {
		t.Errorf("%d tokens are left: %v", len(tokens), err)
	}
	tables := ask(t, "POST", url+"/api/json/v1/killrvideo", map[string]any{"listTables": map[string]any{}}, "Token", token.Reveal())
	if !strings.Contains(tables.text, `"videos"`) {
		t.Errorf("the tables are %s", tables.text)
	}
}

func rolesText(roles []devops.Role) string {
	var names []string
	for _, role := range roles {
		names = append(names, role.Name)
	}
	return strings.Join(names, ", ")
}
