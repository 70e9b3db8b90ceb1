package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

const newPassword = "another of a test"

func changePassword(t *testing.T, token, current string) answer {
	t.Helper()
	body := map[string]any{"currentPassword": current, "newPassword": newPassword}
	return call(t, http.MethodPut, "/api/v1/users/me/password", token, body)
}

func issueReset(t *testing.T, m, of person) answer {
	t.Helper()
	a := call(t, http.MethodPost, "/api/v1/moderation/users/"+of.id+"/password-reset", m.token, nil).want(t, 201, "")
	keys(t, a.body, "userId code expiresAt")
	return a
}

func resetPassword(t *testing.T, email, code string) answer {
	t.Helper()
	body := map[string]any{"email": email, "code": code, "newPassword": newPassword}
	return call(t, http.MethodPost, "/api/v1/users/password-reset", "", body)
}

// wantPassword fails the test unless one password works and the other does not.
func wantPassword(t *testing.T, p person, right, wrong string) {
	t.Helper()
	call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": p.email, "password": right}).want(t, 200, "")
	call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": p.email, "password": wrong}).want(t, 401, "")
}

func TestAPasswordIsChanged(t *testing.T) {
	t.Parallel()
	p := creator(t)
	other := login(t, p)
	changePassword(t, p.token, "wrong one").want(t, 403, "The current password is wrong")
	me(t, p.token).want(t, 200, "")
	a := changePassword(t, p.token, password).want(t, 200, "")
	keys(t, a.body, "token user refreshToken expiresIn")
	me(t, a.text(t, "token")).want(t, 200, "")
	for _, token := range []string{p.token, other.text(t, "token")} {
		me(t, token).want(t, 401, hasEnded)
	}
	refresh(t, other.text(t, "refreshToken")).want(t, 401, hasEnded)
	refresh(t, a.text(t, "refreshToken")).want(t, 200, "")
	wantPassword(t, p, newPassword, password)
	if common := registration(newEmail()); true {
		common["password"] = "Password123"
		a := call(t, http.MethodPost, "/api/v1/users/register", "", common).want(t, 422, "")
		if !strings.Contains(a.raw, "commonest") {
			t.Error(a.raw)
		}
	}
}

// Guesses of the current password with a stolen token are counted too.
func TestTheCurrentPasswordIsNotGuessed(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for range 10 {
		changePassword(t, p.token, "wrong one").want(t, 403, "")
	}
	changePassword(t, p.token, password).want(t, 429, "")
}

func TestAPasswordIsReset(t *testing.T) {
	t.Parallel()
	p, m := creator(t), moderator(t)
	code := issueReset(t, m, p).text(t, "code")
	for _, wrong := range [][2]string{{p.email, "no code"}, {newEmail(), code}, {m.email, code}} {
		resetPassword(t, wrong[0], wrong[1]).want(t, 400, "The code is not one for this e-mail, was used before, or has expired")
	}
	reset := onlyOneSucceeds(t, 4, 200, func(int) answer { return resetPassword(t, strings.ToUpper(p.email), code) })
	me(t, reset.text(t, "token")).want(t, 200, "")
	me(t, p.token).want(t, 401, hasEnded)
	wantPassword(t, p, newPassword, password)
	if n := audits(t, p.id); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	call(t, http.MethodPost, "/api/v1/moderation/users/"+m.id+"/password-reset", m.token, nil).want(t, 400, "")
	call(t, http.MethodPost, "/api/v1/moderation/users/"+unknownID()+"/password-reset", m.token, nil).want(t, 404, "User not found")
}

func TestDeceptiveNamesAndEmailsAreRefused(t *testing.T) {
	t.Parallel()
	for field, values := range map[string][]string{
		"firstName": {"Ada\u202egnp.exe", "A\u0007da"},
		"lastName":  {"Love\u2066lace"},
		"email":     {"a\u200bda@example.com", "ada@exam\u202eple.com"},
	} {
		for _, value := range values {
			body := registration(newEmail())
			body[field] = value
			a := call(t, http.MethodPost, "/api/v1/users/register", "", body).want(t, 422, "")
			if first := a.body["errors"].([]any)[0].(map[string]any); first["field"] != field {
				t.Errorf("%q: %s", value, a.raw)
			}
		}
	}
}
