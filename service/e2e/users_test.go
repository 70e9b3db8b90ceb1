package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const userKeys = "firstName lastName email userId createdDate accountStatus lastLoginDate roles"

func TestRegister(t *testing.T) {
	t.Parallel()
	email := newEmail()
	a := call(t, http.MethodPost, "/api/v1/users/register", "", registration(email)).want(t, 201, "")
	keys(t, a.body, "firstName lastName email userId token user")
	keys(t, a.body["user"].(map[string]any), userKeys)
	if strings.Contains(a.raw, password) || strings.Contains(a.raw, "argon2") {
		t.Errorf("the answer shows a password: %s", a.raw)
	}
	for _, same := range []string{email, strings.ToUpper(email)} {
		call(t, http.MethodPost, "/api/v1/users/register", "", registration(same)).want(t, 400, "Email already registered")
	}
	old := map[string]any{"firstname": "Ada", "lastname": "Lovelace", "email": newEmail(), "password": password, "unknown": 1}
	call(t, http.MethodPost, "/api/v1/users/register", "", old).want(t, 201, "")
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		field string
		value any
	}{
		"short password":    {"password", "1234567"},
		"empty first name":  {"firstName", ""},
		"blank first name":  {"firstName", "  "},
		"null last name":    {"lastName", nil},
		"long last name":    {"lastName", strings.Repeat("x", 51)},
		"bad e-mail":        {"email", "ada"},
		"e-mail is no text": {"email", 7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := registration(newEmail())
			body[test.field] = test.value
			a := call(t, http.MethodPost, "/api/v1/users/register", "", body).want(t, 422, "")
			first := a.body["errors"].([]any)[0].(map[string]any)
			if first["field"] != test.field || first["in"] != "body" {
				t.Errorf("errors %v", a.body["errors"])
			}
		})
	}
	for _, body := range []any{`{"firstName":`, "", "[]", "null", `"text"`, map[string]any{}} {
		call(t, http.MethodPost, "/api/v1/users/register", "", body).want(t, 422, "")
	}
}

func TestParallelRegistrationsMakeOneAccount(t *testing.T) {
	t.Parallel()
	email := newEmail()
	onlyOneSucceeds(t, 8, 201, func(int) answer {
		return call(t, http.MethodPost, "/api/v1/users/register", "", registration(email))
	})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	p := creator(t)
	a := call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": strings.ToUpper(p.email), "password": password}).want(t,
		200, "")
	user := a.body["user"].(map[string]any)
	keys(t, user, userKeys)
	if user["userId"] != p.id || user["email"] != p.email || len(user["roles"].([]any)) != 2 || user["lastLoginDate"] != nil {
		t.Errorf("user %v", user)
	}
	var claims jwt.MapClaims
	if _, _, err := jwt.NewParser().ParseUnverified(a.text(t, "token"), &claims); err != nil {
		t.Fatal(err)
	}
	expiry, err := claims.GetExpirationTime()
	if err != nil || claims["sub"] != p.id || time.Until(expiry.Time).Round(time.Minute) != expiryMinutes*time.Minute {
		t.Errorf("claims %v, %v", claims, err)
	}
	me := call(t, http.MethodGet, "/api/v1/users/me", p.token, nil).want(t, 200, "")
	if me.body["lastLoginDate"] == nil {
		t.Error("the login left no trace")
	}
}

func TestFailedLoginsLookAlike(t *testing.T) {
	t.Parallel()
	known, locked := creator(t), creator(t)
	lockInTheDatabase(t, locked)
	var first string
	for _, body := range []map[string]any{
		{"email": known.email, "password": "wrong"},
		{"email": newEmail(), "password": password},
		{"email": locked.email, "password": password},
	} {
		a := call(t, http.MethodPost, "/api/v1/users/login", "", body).want(t, 401, "Incorrect email or password")
		if first == "" {
			first = a.raw
		}
		if a.raw != first {
			t.Errorf("differs: %s and %s", a.raw, first)
		}
	}
	for _, body := range []any{"{", map[string]any{"email": "ada", "password": "x"}, map[string]any{"email": known.email},
		map[string]any{"email": known.email, "password": ""}} {
		call(t, http.MethodPost, "/api/v1/users/login", "", body).want(t, 422, "")
	}
}

func TestMeAndRename(t *testing.T) {
	t.Parallel()
	p := creator(t)
	me := call(t, http.MethodGet, "/api/v1/users/me", p.token, nil).want(t, 200, "")
	keys(t, me.body, userKeys)
	if me.body["accountStatus"] != "active" || me.body["firstName"] != "Ada" {
		t.Errorf("me: %s", me.raw)
	}
	renamed := call(t, http.MethodPut, "/api/v1/users/me", p.token, map[string]any{"firstName": "New"}).want(t, 200, "")
	if renamed.body["firstName"] != "New" || renamed.body["lastName"] != "Lovelace" || len(renamed.body["roles"].([]any)) != 2 {
		t.Errorf("renamed: %s", renamed.raw)
	}
	for _, body := range []any{map[string]any{}, map[string]any{"email": "other@example.com"}} {
		same := call(t, http.MethodPut, "/api/v1/users/me", p.token, body).want(t, 200, "")
		if same.body["firstName"] != "New" || same.body["email"] != p.email {
			t.Errorf("%v: %s", body, same.raw)
		}
	}
	for _, value := range []any{"", " ", strings.Repeat("x", 51), 7} {
		call(t, http.MethodPut, "/api/v1/users/me", p.token, map[string]any{"firstName": value}).want(t, 422, "")
	}
	after := call(t, http.MethodGet, "/api/v1/users/me", p.token, nil).want(t, 200, "")
	if after.body["firstName"] != "New" {
		t.Errorf("after refused changes: %s", after.raw)
	}
	call(t, http.MethodPut, "/api/v1/users/me", "", `{bad`).want(t, 422, "")
	call(t, http.MethodPut, "/api/v1/users/me", "", `{}`).want(t, 401, "Not authenticated")
}

func TestPublicProfileHasNoPrivateFields(t *testing.T) {
	t.Parallel()
	p := creator(t)
	a := call(t, http.MethodGet, "/api/v1/users/"+p.id, "", nil).want(t, 200, "")
	keys(t, a.body, "userId firstName lastName createdDate")
	if strings.Contains(a.raw, p.email) || len(a.body) != 4 {
		t.Errorf("profile: %s", a.raw)
	}
	call(t, http.MethodGet, "/api/v1/users/"+strings.ReplaceAll(p.id, "-", ""), "", nil).want(t, 200, "")
	call(t, http.MethodGet, "/api/v1/users/"+unknownID(), "", nil).want(t, 404, "User not found")
	call(t, http.MethodGet, "/api/v1/users/zzz", "", nil).want(t, 404, "Not Found")
}
