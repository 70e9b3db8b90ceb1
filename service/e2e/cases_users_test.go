package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// suspended registers an account that is then suspended.
func suspended(t *testing.T) person {
	t.Helper()
	p := creator(t)
	change(t, p, update.Table().Set("account_status", "suspended"))
	return p
}

func TestCasesOfRegistration(t *testing.T) {
	t.Parallel()
	email := newEmail()
	t.Run("R1 root", func(t *testing.T) {
		call(t, "GET", "/", "", nil).want(t, 200, "").text(t, "message")
	})
	t.Run("R2 no such route", func(t *testing.T) {
		call(t, "GET", "/nope", "", nil).want(t, 404, "Not Found")
	})
	t.Run("U1 register", func(t *testing.T) {
		a := call(t, "POST", "/api/v1/users/register", "", registration(email)).want(t, 201, "")
		if _, err := uuid.Parse(a.text(t, "userId")); err != nil || a.body["email"] != email || a.body["firstName"] != "Ada" ||
			a.body["lastName"] != "Lovelace" {
			t.Error(a.raw)
		}
		if strings.Contains(a.raw, password) || strings.Contains(a.raw, `"password"`) {
			t.Errorf("it shows the password: %s", a.raw)
		}
	})
	t.Run("U2 register again", func(t *testing.T) {
		askEach(t, asked{"POST", "/users/register", "", registration(email), 400, "Email already registered"})
	})
	t.Run("U3 register with what is no good", func(t *testing.T) {
		for field, value := range map[string]string{"password": "1234567", "firstName": "", "email": "ada", "lastName": strings.Repeat("x", 51)} {
			body := registration(newEmail())
			body[field] = value
			askEach(t, asked{"POST", "/users/register", "", body, 422, ""})
		}
		askEach(t, asked{"POST", "/users/register", "", "{bad", 422, ""})
	})
	t.Run("U4 log in", func(t *testing.T) {
		a := call(t, "POST", "/api/v1/users/login", "", map[string]any{"email": email, "password": password}).want(t, 200, "")
		user, _ := a.body["user"].(map[string]any)
		token := a.text(t, "token")
		if strings.Count(token, ".") != 2 || user["email"] != email {
			t.Error(a.raw)
		}
		var claims jwt.MapClaims
		parsed, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return []byte(jwtKey), nil })
		if err != nil || parsed.Header["alg"] != "HS256" || claims["sub"] != user["userId"] {
			t.Fatalf("%v %v", claims, err)
		}
		expiry, err := claims.GetExpirationTime()
		if err != nil || time.Until(expiry.Time).Round(time.Minute) != expiryMinutes*time.Minute {
			t.Errorf("it expires at %v, %v", expiry, err)
		}
		if roles, ok := claims["roles"].([]any); !ok || len(roles) != 2 {
			t.Errorf("roles %v", claims["roles"])
		}
	})
	t.Run("U5 failed logins are answered alike", func(t *testing.T) {
		locked := creator(t)
		lock := update.Table().Set("account_locked", true)
		if err := system.db.Table(schema.UserCredentials).UpdateOne(t.Context(), filter.F{"email": locked.email, "userid": locked.id},
			lock); err != nil {
			t.Fatal(err)
		}
		bodies := map[string]bool{}
		for address, guess := range map[string]string{email: "wrong", newEmail(): password, locked.email: password} {
			a := call(t, "POST", "/api/v1/users/login", "", map[string]any{"email": address, "password": guess})
			bodies[a.want(t, 401, "Incorrect email or password").raw] = true
		}
		if len(bodies) != 1 {
			t.Errorf("they differ: %v", bodies)
		}
	})
}

func TestCasesOfTokens(t *testing.T) {
	t.Parallel()
	p := creator(t)
	refused := func(t *testing.T, token string, status int, detail string) {
		t.Helper()
		if a := call(t, "GET", "/api/v1/users/me", token, nil).want(t, status, ""); !strings.HasPrefix(a.text(t, "detail"), detail) {
			t.Errorf("detail %q", a.body["detail"])
		}
	}
	t.Run("U6 no token", func(t *testing.T) { refused(t, "", 401, "Not authenticated") })
	t.Run("U7 a foreign token", func(t *testing.T) {
		for _, token := range []string{"garbage", "a.b.c.d", forge(t, "another-secret-of-the-test",
			jwt.MapClaims{"sub": p.id, "exp": in(time.Hour)})} {
			refused(t, token, 401, "Could not validate credentials")
		}
	})
	t.Run("U8 expired", func(t *testing.T) {
		refused(t, forge(t, jwtKey, jwt.MapClaims{"sub": p.id, "exp": in(-time.Hour)}), 401, "Token has expired")
	})
	t.Run("U9 without a subject", func(t *testing.T) {
		refused(t, forge(t, jwtKey, jwt.MapClaims{"exp": in(time.Hour)}), 401, "Invalid token: Subject missing")
		refused(t, forge(t, jwtKey, jwt.MapClaims{"sub": "ada", "exp": in(time.Hour)}), 401, "Invalid token: Subject is not a valid UUID")
	})
	t.Run("U10 of an account that does not exist", func(t *testing.T) {
		refused(t, forge(t, jwtKey, jwt.MapClaims{"sub": unknownID(), "exp": in(time.Hour)}), 404, "User not found")
	})
	t.Run("U11 of an account without roles", func(t *testing.T) {
		roleless := creator(t)
		change(t, roleless, update.Table().Unset("roles"))
		refused(t, roleless.token, 403, "User has no roles assigned")
	})
	t.Run("U12 a good one", func(t *testing.T) {
		a := call(t, "GET", "/api/v1/users/me", viewer(t).token, nil).want(t, 200, "")
		keys(t, a.body, userKeys)
		if _, err := time.Parse(time.RFC3339, a.text(t, "createdDate")); err != nil || a.body["accountStatus"] != "active" ||
			len(a.body["roles"].([]any)) != 1 {
			t.Errorf("%s %v", a.raw, err)
		}
	})
}

func TestCasesOfProfiles(t *testing.T) {
	t.Parallel()
	p := viewer(t)
	rename := func(t *testing.T, body map[string]any, status int) answer {
		t.Helper()
		return call(t, "PUT", "/api/v1/users/me", p.token, body).want(t, status, "")
	}
	t.Run("U13 one name", func(t *testing.T) {
		if a := rename(t, map[string]any{"firstName": "New"}, 200); a.body["firstName"] != "New" || a.body["lastName"] != "Lovelace" {
			t.Error(a.raw)
		}
	})
	t.Run("U14 no name", func(t *testing.T) {
		if a := rename(t, map[string]any{}, 200); a.body["firstName"] != "New" || a.body["lastName"] != "Lovelace" {
			t.Error(a.raw)
		}
	})
	t.Run("U15 null for a name", func(t *testing.T) {
		for _, name := range []string{"firstName", "lastName", "firstname", "lastname"} {
			rename(t, map[string]any{name: nil}, 200)
		}
		if a := call(t, "GET", "/api/v1/users/me", p.token, nil).want(t, 200, ""); a.body["firstName"] != "New" {
			t.Error(a.raw)
		}
		login(t, p)
	})
	t.Run("U16 of others", func(t *testing.T) {
		askEach(t, asked{"GET", "/users/" + p.id, "", nil, 200, ""}, asked{"GET", "/users/" + unknownID(), "", nil, 404, "User not found"},
			asked{"GET", "/users/zzz", "", nil, 404, "Not Found"})
	})
}
