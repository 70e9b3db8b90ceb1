package e2e_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

func login(t *testing.T, p person) answer {
	t.Helper()
	a := call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": p.email, "password": password}).want(t, 200, "")
	keys(t, a.body, "token user refreshToken expiresIn")
	return a
}

func refresh(t *testing.T, token string) answer {
	t.Helper()
	return call(t, http.MethodPost, "/api/v1/users/refresh", "", map[string]any{"refreshToken": token})
}

func me(t *testing.T, token string) answer {
	t.Helper()
	return call(t, http.MethodGet, "/api/v1/users/me", token, nil)
}

const hasEnded = "Session has ended. Please log in again."

func TestRefreshTokenReuseEndsTheSession(t *testing.T) {
	t.Parallel()
	p := creator(t)
	first, other := login(t, p), login(t, p)
	if first.body["expiresIn"] != float64(expiryMinutes*60) {
		t.Errorf("expires in %v", first.body["expiresIn"])
	}
	second := refresh(t, first.text(t, "refreshToken")).want(t, 200, "")
	me(t, second.text(t, "token")).want(t, 200, "")
	me(t, first.text(t, "token")).want(t, 200, "") // until it expires
	third := refresh(t, second.text(t, "refreshToken")).want(t, 200, "")

	// A refresh token is used twice: the session ends, whichever client did it.
	refresh(t, first.text(t, "refreshToken")).want(t, 401, hasEnded)
	refresh(t, third.text(t, "refreshToken")).want(t, 401, hasEnded)
	for _, a := range []answer{first, second, third} {
		me(t, a.text(t, "token")).want(t, 401, hasEnded)
	}
	me(t, other.text(t, "token")).want(t, 200, "")
	refresh(t, other.text(t, "refreshToken")).want(t, 200, "")
}

func TestLogOut(t *testing.T) {
	t.Parallel()
	p := creator(t)
	one, other := login(t, p), login(t, p)
	out := call(t, http.MethodPost, "/api/v1/users/logout", one.text(t, "token"), nil).want(t, 204, "")
	if out.raw != "" {
		t.Errorf("a body: %q", out.raw)
	}
	me(t, one.text(t, "token")).want(t, 401, hasEnded)
	refresh(t, one.text(t, "refreshToken")).want(t, 401, hasEnded)
	me(t, other.text(t, "token")).want(t, 200, "")
	call(t, http.MethodPost, "/api/v1/users/logout", other.text(t, "token"), map[string]any{"everywhere": true}).want(t, 204, "")
	for _, token := range []string{other.text(t, "token"), p.token} {
		me(t, token).want(t, 401, hasEnded)
	}
	refresh(t, other.text(t, "refreshToken")).want(t, 401, hasEnded)
	again := login(t, p)
	me(t, again.text(t, "token")).want(t, 200, "")

	// Another back end's token names no session: all end.
	foreign := forge(t, jwtKey, jwt.MapClaims{"sub": again.body["user"].(map[string]any)["userId"], "epoch": 1, "exp": in(time.Hour)})
	call(t, http.MethodPost, "/api/v1/users/logout", foreign, nil).want(t, 204, "")
	me(t, again.text(t, "token")).want(t, 401, hasEnded)
	for _, body := range []any{"{", "[]", map[string]any{"everywhere": "yes"}, map[string]any{"everywhere": nil}} {
		call(t, http.MethodPost, "/api/v1/users/logout", login(t, p).text(t, "token"), body).want(t, 422, "")
	}
	call(t, http.MethodPost, "/api/v1/users/logout", "", nil).want(t, 401, "Not authenticated")
}

func TestRefreshRefuses(t *testing.T) {
	t.Parallel()
	p := creator(t)
	a := login(t, p)
	for token, want := range map[string]int{a.text(t, "token"): 401, "garbage": 401, "": 401} {
		refresh(t, token).want(t, want, "")
	}
	for _, body := range []any{"{", nil, map[string]any{}, map[string]any{"refreshToken": 7}, map[string]any{"refreshToken": nil}} {
		call(t, http.MethodPost, "/api/v1/users/refresh", "", body).want(t, 422, "")
	}
	me(t, a.text(t, "refreshToken")).want(t, 401, "Could not validate credentials: malformed token")

	lockInTheDatabase(t, p)
	refresh(t, a.text(t, "refreshToken")).want(t, 403, "Account is locked")
	suspended := creator(t)
	s := login(t, suspended)
	change(t, suspended, update.Table().Set("account_status", "suspended"))
	refresh(t, s.text(t, "refreshToken")).want(t, 403, "Account is suspended")
}

// Many guesses at once, and no more of them are answered than one may have.
func TestLockout(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for _, email := range []string{p.email, newEmail()} {
		guess := map[string]any{"email": strings.ToUpper(email), "password": "wrong"}
		var answered, refused atomic.Int32
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				switch a := call(t, http.MethodPost, "/api/v1/users/login", "", guess); a.status {
				case 401:
					answered.Add(1)
				case 429:
					refused.Add(1)
				default:
					t.Errorf("status %d", a.status)
				}
			})
		}
		group.Wait()
		if answered.Load() > 11 || refused.Load() == 0 {
			t.Errorf("%s: %d guesses were answered, %d refused", email, answered.Load(), refused.Load())
		}
		right := map[string]any{"email": email, "password": password}
		a := call(t, http.MethodPost, "/api/v1/users/login", "", right).want(t, 429, "Too many failed logins. Please try again later.")
		if a.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	me(t, p.token).want(t, 200, "") // who is in stays in
}
