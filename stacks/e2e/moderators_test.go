package e2e

import (
	"strings"
	"testing"
)

// moderates reports whether a token may do what moderators may.
func (m *machine) moderates(token string) bool {
	m.t.Helper()
	return ask(m.t, "GET", m.api("/api/v1/moderation/flags"), nil, "Authorization", "Bearer "+token).status == 200
}

// A moderator of the settings needs the code that the stack makes, which is
// shown to those only who ask for secrets; another generation takes the role
// away.
func TestModeratorsOfAStackNeedTheirCode(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	const email = "grace@example.org"
	m.pulumi("config", "set", "environment", "stage", "--stack", "dev")
	m.pulumi("config", "set", "moderatorEmails", email, "--stack", "dev")
	_, printed := m.up()
	shown := m.pulumi("stack", "output", "moderatorCodes", "--show-secrets", "--stack", "dev")
	_, code, found := strings.Cut(strings.TrimSpace(shown), email+"=")
	code = strings.TrimSpace(code)
	if !found || len(code) < 26 {
		t.Fatal("there is no code")
	}
	if strings.Contains(printed, code) || strings.Contains(m.pulumi("stack", "output", "--stack", "dev"), code) {
		t.Error("the code is shown to those who did not ask for it")
	}
	token := m.login(email)
	if m.moderates(token) {
		t.Error("the e-mail alone makes a moderator")
	}
	body := map[string]string{"code": code}
	ask(t, "POST", m.api("/api/v1/users/me/moderator"), body, "Authorization", "Bearer "+token).want(t, 200, "confirm")
	if !m.moderates(token) {
		t.Error("the code makes no moderator")
	}
	if _, printed := m.up(); strings.Contains(printed, "moderators-stage") {
		t.Errorf("an up without a change changes the codes:\n%s", printed)
	}
	if !m.moderates(token) {
		t.Error("an up without a change takes the role away")
	}
	m.pulumi("config", "set", "moderatorCodesGeneration", "2", "--stack", "dev")
	m.up()
	if m.moderates(m.login(email)) {
		t.Error("another generation of codes takes no role away")
	}
}
