package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
)

// judge looks at an update whose step failed: nothing that serves may be locked
// out, no credential may be lost, and the message must say what happened.
func (f *failures) judge(of scenario, step fault.Step, kind fault.Kind, before look, printed string, err error) {
	f.t.Helper()
	now := f.now
	var text strings.Builder
	switch {
	case err == nil:
		text.WriteString("passes")
		if kind.Jump() == 0 && step.Verb == "create" {
			f.t.Errorf("%s, %s: up passed, so there was nothing that could fail", step, kind)
		}
	case kind.Jump() != 0:
		f.t.Errorf("%s, %s: up failed: %v", step, kind, err)
		fallthrough
	default:
		text.WriteString("fails")
		f.says(step, kind, printed+err.Error())
	}
	text.WriteString(", " + f.serves(step, now) + " serves" + f.lives(now))
	f.keeps(step, now)
	f.notes(step, kind, now)
	f.finds(step, kind, now)
	for _, token := range now.orphans.Tokens {
		if !slices.ContainsFunc(before.orphans.Tokens, func(t devops.Token) bool { return t.ClientID == token.ClientID }) {
			text.WriteString(", leaves a token")
		}
	}
	for _, role := range now.orphans.Roles {
		if !slices.ContainsFunc(before.orphans.Roles, func(r devops.Role) bool { return r.ID == role.ID }) {
			text.WriteString(", leaves a role")
		}
	}
	f.t.Logf("%s, %s: %s", step, kind, &text)
	f.found.add(of.name, f.referee.nameOf(step), kind, text.String())
}

// lives tells how many tokens Astra accepts of the revision that was proved last,
// and how many others that the state knows.
func (f *failures) lives(now look) string {
	before, others := 0, 0
	for _, id := range now.known {
		_, is := f.proved.tokens[id]
		_, deployed := now.current[id]
		switch {
		case is:
			before++
		case deployed || !f.given[id]: // a given one of earlier stays, for a person to revoke
			others++
		}
	}
	switch {
	case before > 0 && others > 0:
		return fmt.Sprintf(", %d old and %d new tokens", before, others)
	case before > 0:
		return fmt.Sprintf(", %d old tokens", before)
	case others > 0:
		return fmt.Sprintf(", %d new tokens", others)
	}
	return ", no token"
}

// notes holds that the state tells of a creation that a kill left without an
// outcome.
func (f *failures) notes(step fault.Step, kind fault.Kind, now look) {
	f.t.Helper()
	if kind == fault.Killed && step.Verb == "create" && !slices.ContainsFunc(now.state.Pending, func(r operate.Resource) bool {
		return r.Type == step.Type && r.Name() == step.Name
	}) {
		f.t.Errorf("%s, %s: the state does not note that its outcome is unknown", step, kind)
	}
}

// finds holds that doctor lists a credential that was made without an answer, and
// can remove it; the first version of one of AWS's secrets, once there is another.
func (f *failures) finds(step fault.Step, kind fault.Kind, now look) {
	f.t.Helper()
	made := step.Verb == "create" && step.Type == f.place.Version && kind != fault.Before && kind.Jump() == 0
	if made && !slices.ContainsFunc(now.lost, func(one operate.Stored) bool {
		first := !f.deployed && strings.HasSuffix(one.Keep, "which the next up makes")
		return one.Type == step.Type && (one.Keep == "" || first)
	}) {
		f.t.Errorf("%s, %s: doctor lists no %s that it can remove: %+v", step, kind, step.Type, now.lost)
	}
}

// says holds the message of a failed update: the cause, and what it befell.
func (f *failures) says(step fault.Step, kind fault.Kind, message string) {
	f.t.Helper()
	if cause := kind.Says(); cause != "" && (!strings.Contains(message, cause) || !strings.Contains(message, step.Name)) {
		f.t.Errorf("%s, %s: the message does not say %q and %q:\n%s", step, kind, cause, step.Name, message)
	}
}

// serves tells which revision does, and holds that it can use its credentials.
func (f *failures) serves(step fault.Step, now look) string {
	f.t.Helper()
	switch {
	case now.revision == "" && f.proved.revision != "":
		f.t.Errorf("%s: nothing serves any more", step)
		return "nothing"
	case now.revision == "":
		return "nothing"
	case now.revision == f.proved.revision:
		for id, token := range f.proved.tokens {
			if !f.accepted(token) {
				f.t.Errorf("%s: the revision that serves has token %s, which Astra refuses", step, id)
			}
		}
		return "old"
	}
	if len(now.refused) > 0 {
		f.t.Errorf("%s: the new revision serves, and Astra refuses its tokens %v", step, now.refused)
	}
	return "new"
}

// keeps holds that no user is logged out, and that given tokens are still there.
func (f *failures) keeps(step fault.Step, now look) {
	f.t.Helper()
	if f.proved.key != "" && !now.key.has(f.proved.key) {
		f.t.Errorf("%s: the state has lost the signing key that serves", step)
	}
	if f.proved.key != "" && now.revision != f.proved.revision && !now.key.verifies(f.proved.key, time.Now().Add(time.Minute)) {
		f.t.Errorf("%s: the revision that serves refuses what the one before has signed", step)
	}
	for id := range f.given {
		if !slices.Contains(now.known, id) {
			f.t.Errorf("%s: the given token %s was revoked", step, id)
		}
	}
	if f.proved.revision != "" {
		f.sessions.hold(f.t, step.String())
	}
}

// give replaces the given tokens, which a person makes in Astra's console.
func (f *failures) give() {
	f.t.Helper()
	roles, err := f.astra.Roles(f.t.Context())
	must(f.t, err)
	organization, err := f.astra.Organization(f.t.Context())
	must(f.t, err)
	for _, of := range []struct {
		setting string
		writes  bool
	}{{"astraToken", true}, {"astraReadOnlyToken", false}} {
		name := "brought-" + of.setting
		at := slices.IndexFunc(roles, func(r devops.Role) bool { return r.Name == name })
		if at < 0 {
			own := slices.IndexFunc(roles, func(r devops.Role) bool {
				return isOurs(r.Name) && of.writes == slices.Contains(r.Policy.Actions, "db-table-modify")
			})
			made, err := f.astra.CreateRole(f.t.Context(), devops.Role{Name: name, Policy: roles[own].Policy})
			must(f.t, err)
			roles = append(roles, *made)
			at = len(roles) - 1
		}
		token, err := f.astra.CreateToken(f.t.Context(), organization, roles[at].ID)
		must(f.t, err)
		f.given[token.ClientID] = true
		f.secret(of.setting, token.Value.Reveal())
		f.secrets[token.Value.Reveal()] = "a given token"
	}
	f.gives = true
}

// isOurs tells the names of a stack's roles.
func isOurs(role string) bool { return strings.HasPrefix(role, "killrvideo-dev-") }
