package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// TestOwnTokens changes who owns the service's token in every way, and asks the
// service after each change: it must read and write with the right token.
func TestOwnTokens(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.up()
	minted := m.serviceToken()
	m.serves(t, "with minted tokens")
	t.Run("the token for reads cannot write", func(t *testing.T) { readsOnly(t, m) })

	t.Run("an own token that may do too much is refused", func(t *testing.T) {
		broad := m.mint(t, m.role(t, "db-table-drop", "db-table-alter"))
		m.give(t, broad)
		printed, code := m.run("up")
		if code == 0 {
			t.Errorf("it was accepted:\n%s", printed)
		}
		for _, want := range []string{"allows db-table-alter, db-table-drop", "config rm astraToken --stack dev"} {
			if !strings.Contains(printed, want) {
				t.Errorf("up does not say %q:\n%s", want, printed)
			}
		}
		if strings.Contains(printed, broad) || m.serviceToken() != minted {
			t.Error("up shows the token, or replaced the one that works")
		}
		m.serves(t, "after the refusal")
	})

	t.Run("an own token for reads that may write is refused", func(t *testing.T) {
		m.give(t, "")
		m.pulumi("config", "set", "--secret", "astraReadOnlyToken", minted, "--stack", "dev")
		if printed, code := m.run("up"); code == 0 || !strings.Contains(printed, "it may write rows") ||
			!strings.Contains(printed, "config rm astraReadOnlyToken --stack dev") {
			t.Errorf("up ended with %d:\n%s", code, printed)
		}
		m.pulumi("config", "rm", "astraReadOnlyToken", "--stack", "dev")
		m.serves(t, "after the refusal")
	})

	// The obvious role for an own token is the stack's own.
	first := m.mint(t, m.stackRole(t))
	second := m.mint(t, m.role(t))
	for _, step := range []struct{ name, token string }{
		{"minted to own, with the stack's role", first}, {"own to other own", second}, {"other own to minted", ""},
		{"minted to own, with another role", second}, {"own to minted", ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			m.give(t, step.token)
			m.up()
			if used := m.serviceToken(); step.token != "" && used != step.token || step.token == "" && (used == first || used == second) {
				t.Error("the service uses another token")
			}
			m.serves(t, step.name)
			m.up()
			m.serves(t, step.name+", and another up")
		})
	}
	refused(t, m, minted)

	t.Run("the minted token's own value", func(t *testing.T) {
		value := m.serviceToken()
		m.give(t, value)
		m.up()
		if m.serviceToken() != value {
			t.Error("the service uses another token")
		}
		m.serves(t, "with the minted token as its own")
		m.give(t, "")
		m.up()
		if m.serviceToken() == value {
			t.Error("no token was minted")
		}
		m.serves(t, "minted again")
		if !slices.Contains(m.clients(t), strings.Split(value, ":")[1]) {
			t.Error("the token that was given was revoked")
		}
	})
}

// serves asks the service to read and to write.
func (m *machine) serves(t *testing.T, what string) {
	t.Helper()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready "+what)
	ask(t, "GET", m.api("/api/v1/videos/latest"), nil).want(t, 200, "a read "+what)
	m.login("ada@example.org")
}

// give sets the stack's own token, or takes the setting away.
func (m *machine) give(t *testing.T, token string) {
	t.Helper()
	if token == "" {
		m.pulumi("config", "rm", "astraToken", "--stack", "dev")
		return
	}
	m.pulumi("config", "set", "--secret", "astraToken", token, "--stack", "dev")
}

func readsOnly(t *testing.T, m *machine) {
	token := m.secretFile("ASTRA_DB_READ_ONLY_TOKEN")
	if token == m.serviceToken() {
		t.Fatal("reads and writes use one token")
	}
	data := strings.Replace(m.devops(""), "/v2", "/api/json/v1/killrvideo/", 1)
	ask(t, "POST", data+"users", map[string]any{"findOne": map[string]any{}}, "Token", token).want(t, 200, "read")
	row := map[string]any{"insertOne": map[string]any{"document": map[string]any{"letter": "x", "ending": "x", "tag": "x"}}}
	ask(t, "POST", data+"tags", row, "Token", token).want(t, 401, "write with the token for reads")
	ask(t, "POST", data+"tags", row, "Token", m.serviceToken()).want(t, 200, "write with the other token")
}

// admin calls the embedded Astra's DevOps API as its administrator.
func (m *machine) admin(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return ask(t, method, m.devops(path), body, "Authorization", "Bearer "+m.adminToken())
}

// mint is a token with a role, made as a person would make it.
func (m *machine) mint(t *testing.T, role string) string {
	t.Helper()
	return m.admin(t, "POST", "/tokens", map[string]any{"roles": []string{role}}).want(t, 200, "mint").body["token"].(string)
}

// clients are the client ids of all tokens.
func (m *machine) clients(t *testing.T) (ids []string) {
	t.Helper()
	for _, client := range m.admin(t, "GET", "/clientIdSecrets", nil).want(t, 200, "list tokens").body["clients"].([]any) {
		ids = append(ids, client.(map[string]any)["clientId"].(string))
	}
	return ids
}

// roles are all roles of the embedded Astra.
func (m *machine) roles(t *testing.T) (roles []devops.Role) {
	t.Helper()
	text := m.admin(t, "GET", "/organizations/roles", nil).want(t, 200, "list roles").text
	if err := json.Unmarshal([]byte(text), &roles); err != nil {
		t.Fatal(err)
	}
	return roles
}

// stackRole is the role of the stack's token that reads and writes.
func (m *machine) stackRole(t *testing.T) string {
	t.Helper()
	for _, role := range m.roles(t) {
		if slices.Contains(role.Policy.Actions, "db-table-modify") && strings.HasPrefix(role.Name, "killrvideo-") {
			return role.ID
		}
	}
	t.Fatal("the stack has no role")
	return ""
}

// role makes a role with the stack's rights and more.
func (m *machine) role(t *testing.T, more ...string) string {
	t.Helper()
	all := m.roles(t)
	own := all[slices.IndexFunc(all, func(r devops.Role) bool { return r.ID == m.stackRole(t) })]
	own.ID, own.Name = "", "own-"+strings.Join(more, "-")
	own.Policy.Actions = slices.Concat(resource.ReadActions(), []string{"db-table-modify"}, more)
	return m.admin(t, "POST", "/organizations/roles", own).want(t, 201, "make a role").body["id"].(string)
}
