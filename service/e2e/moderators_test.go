package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// isModerator asks as this token for what only moderators may see.
func (p *process) isModerator(t *testing.T, token string) bool {
	t.Helper()
	return p.call(t, http.MethodGet, "/api/v1/moderation/flags", token, nil).status == 200
}

// An address of the settings that another person registers first makes no
// moderator, before the setting is there and after. Its code takes it back.
func TestModeratorAddressIsNotTakenOver(t *testing.T) {
	t.Parallel()
	own := ownKeyspace(t, system.astra)
	before := instance(t, append(own, "MODERATOR_EMAILS=", "MODERATOR_CODES=")...)
	thief := before.call(t, http.MethodPost, "/api/v1/users/register", "", registration(moderatorEmail)).want(t, 201, "").text(t, "token")

	p := instance(t, own...) // with the setting
	if p.isModerator(t, thief) {
		t.Fatal("the first account is a moderator")
	}
	in := p.call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": moderatorEmail, "password": password}).want(t, 200, "")
	if p.isModerator(t, in.text(t, "token")) || strings.Contains(in.raw, `"moderator"`) {
		t.Fatal("the first account is a moderator after a login")
	}
	p.call(t, http.MethodPost, "/api/v1/users/register", "", moderatorRegistration()).want(t, 400, "Email already registered")
	reset := map[string]any{"email": strings.ToLower(moderatorEmail), "code": strings.Repeat("x", 64), "newPassword": "the owner's own"}
	p.call(t, http.MethodPost, "/api/v1/users/password-reset", "", reset).want(t, 400, "")
	reset["code"] = moderatorCode
	owner := p.call(t, http.MethodPost, "/api/v1/users/password-reset", "", reset).want(t, 200, "").text(t, "token")
	if !p.isModerator(t, owner) {
		t.Error("the owner is no moderator")
	}
	for _, token := range []string{thief, in.text(t, "token")} {
		p.call(t, http.MethodGet, "/api/v1/users/me", token, nil).want(t, 401, hasEnded)
	}
	p.call(t, http.MethodPost, "/api/v1/users/password-reset", "", reset).want(t, 400, "") // the code served

	// The operator takes the role back: by the setting, or by other codes.
	for name, setting := range map[string][]string{
		"no address":   {"MODERATOR_EMAILS=", "MODERATOR_CODES="},
		"another code": {"MODERATOR_CODES=" + moderatorEmail + "=" + astratest.SigningKey()},
	} {
		if instance(t, append(own, setting...)...).isModerator(t, owner) {
			t.Errorf("%s, and still a moderator", name)
		}
	}
}

func TestModeratorCodeConfirmsAnAccount(t *testing.T) {
	t.Parallel()
	p := instance(t, ownKeyspace(t, system.astra)...)
	wrong := moderatorRegistration()
	wrong["moderatorCode"] = "a code of nothing"
	p.call(t, http.MethodPost, "/api/v1/users/register", "", wrong).want(t, 400, "")
	other := registration(newEmail())
	other["moderatorCode"] = moderatorCode
	p.call(t, http.MethodPost, "/api/v1/users/register", "", other).want(t, 400, "")
	token := p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(moderatorEmail)).want(t, 201, "").text(t, "token")
	code := map[string]any{"code": "a code of nothing"}
	p.call(t, http.MethodPost, "/api/v1/users/me/moderator", token, code).want(t, 400, "")
	if p.isModerator(t, token) {
		t.Fatal("a moderator without a code")
	}
	code["code"] = moderatorCode
	a := p.call(t, http.MethodPost, "/api/v1/users/me/moderator", token, code).want(t, 200, "")
	if !p.isModerator(t, token) || !strings.Contains(a.raw, `"moderator"`) {
		t.Errorf("no moderator: %s", a.raw)
	}

	_, registered := alone(t)
	if registered.token == "" {
		t.Error("no moderator registered with the code")
	}
}

// On a machine of one's own the e-mail alone may do, and a warning says so.
func TestModeratorByEmailAlone(t *testing.T) {
	t.Parallel()
	p := instance(t, append(ownKeyspace(t, system.astra), "MODERATOR_PROOF=none", "MODERATOR_CODES=")...)
	token := p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(moderatorEmail)).want(t, 201, "").text(t, "token")
	if !p.isModerator(t, token) || !strings.Contains(p.logged(), "MODERATOR_PROOF=none") {
		t.Error("no moderator, or no warning")
	}
}

func TestModeratorsAreListed(t *testing.T) {
	t.Parallel()
	p, grace := alone(t)
	assigned := p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "")
	id, token := assigned.text(t, "userId"), assigned.text(t, "token")
	p.call(t, http.MethodPost, "/api/v1/moderation/users/"+id+"/assign-moderator", grace.token, nil).want(t, 200, "")
	list := p.call(t, http.MethodGet, "/api/v1/moderation/moderators", token, nil).want(t, 200, "")
	bySetting := map[any]any{}
	for _, item := range list.list {
		m := item.(map[string]any)
		keys(t, m, userKeys+" bySetting")
		bySetting[m["userId"]] = m["bySetting"]
	}
	if len(bySetting) != 2 || bySetting[grace.id] != true || bySetting[id] != false {
		t.Errorf("%s", list.raw)
	}
	p.call(t, http.MethodPost, "/api/v1/moderation/users/"+id+"/revoke-moderator", token, nil).want(t, 200, "")
	if list := p.call(t, http.MethodGet, "/api/v1/moderation/moderators", grace.token, nil); len(list.list) != 1 {
		t.Errorf("after the revocation: %s", list.raw)
	}
}

// Without a moderator in the settings, two that revoke each other, or
// themselves, at the same time leave one.
func TestModeratorsDoNotRevokeTheLastOne(t *testing.T) {
	t.Parallel()
	own := ownKeyspace(t, system.astra)
	first := instance(t, own...)
	grace := first.call(t, http.MethodPost, "/api/v1/users/register", "", moderatorRegistration()).want(t, 201, "").text(t, "token")
	instances := []*process{
		instance(t, append(own, "MODERATOR_EMAILS=", "MODERATOR_CODES=")...),
		instance(t, append(own, "MODERATOR_EMAILS=", "MODERATOR_CODES=")...),
	}
	var ids, tokens []string
	for range 2 {
		a := first.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "")
		ids, tokens = append(ids, a.text(t, "userId")), append(tokens, a.text(t, "token"))
		first.call(t, http.MethodPost, "/api/v1/moderation/users/"+ids[len(ids)-1]+"/assign-moderator", grace, nil).want(t, 200, "")
	}
	onlyOneSucceeds(t, 2, 200, func(i int) answer {
		return instances[i].call(t, http.MethodPost, "/api/v1/moderation/users/"+ids[i]+"/revoke-moderator", tokens[i], nil)
	})
	for i, token := range tokens {
		if instances[0].isModerator(t, token) {
			last := map[string]any{"accountStatus": "suspended"}
			instances[0].call(t, http.MethodPut, "/api/v1/moderation/users/"+ids[i]+"/status", token, last).want(t, 400, "")
		}
	}
}

func TestUserPages(t *testing.T) {
	t.Parallel()
	m, family := moderator(t), "Page"+unknownID()[:8]
	for range 3 {
		body := registration(newEmail())
		body["lastName"] = family
		call(t, http.MethodPost, "/api/v1/users/register", "", body).want(t, 201, "")
	}
	seen := map[any]bool{}
	for page, want := range []int{2, 1, 0} {
		path := fmt.Sprintf("/api/v1/moderation/users?q=%s&page=%d&pageSize=2", family, page+1)
		a := call(t, http.MethodGet, path, m.token, nil).want(t, 200, "")
		if len(a.list) != want || a.list == nil {
			t.Errorf("page %d: %s", page+1, a.raw)
		}
		for _, item := range a.list {
			seen[item.(map[string]any)["userId"]] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d people are on the pages", len(seen))
	}
	for _, query := range []string{"page=0", "page=x", "pageSize=0", "pageSize=101"} {
		call(t, http.MethodGet, "/api/v1/moderation/users?"+query, m.token, nil).want(t, 422, "")
	}
	far := call(t, http.MethodGet, "/api/v1/moderation/users?page=9223372036854775807&pageSize=100", m.token, nil).want(t, 200, "")
	if len(far.list) != 0 {
		t.Error(far.raw)
	}
}
