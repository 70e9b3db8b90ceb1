package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// oneUser is a repository that knows one account, or answers an error.
type oneUser struct {
	killrvideo.UserRepository
	user killrvideo.User
	err  error
}

func (o oneUser) User(context.Context, uuid.UUID) (killrvideo.User, error) { return o.user, o.err }

// guarded answers 200 on /viewer and /creator to those who have the role, with
// who they are.
func guarded(t *testing.T, repository oneUser) (http.Handler, string) {
	t.Helper()
	keys, err := auth.NewKeySet("generated-by-the-test-0123456789abcdef", auth.Previous{}, time.Hour, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := keys.Sign(repository.user, killrvideo.Session{ID: uuid.New(), UserID: repository.user.ID})
	if err != nil {
		t.Fatal(err)
	}
	a := &API{Dependencies: Dependencies{
		Accounts: &killrvideo.Accounts{Repository: repository, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, Keys: keys,
	}.withDefaults()}
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	for _, role := range killrvideo.Roles() {
		r.GET("/"+string(role), a.require(role), func(c *gin.Context) { c.String(http.StatusOK, caller(c).ID.String()) })
	}
	return r, tokens.Access
}

func TestRequire(t *testing.T) {
	t.Parallel()
	user := func(status string, roles ...killrvideo.Role) oneUser {
		return oneUser{user: killrvideo.User{ID: uuid.New(), AccountStatus: status, Roles: roles}}
	}
	tests := map[string]struct {
		repository oneUser
		path       string
		status     int
		detail     string
	}{
		"viewer looks":      {user("active", "viewer"), "/viewer", 200, ""},
		"moderator may all": {user("active", "moderator"), "/creator", 200, ""},
		"viewer creates":    {user("active", "viewer"), "/creator", 403, "User does not have any of the required roles: creator, moderator"},
		"unknown role": {user("active", "admin"), "/viewer", 403,
			"User does not have any of the required roles: viewer, creator, moderator"},
		"no role":             {user("active"), "/viewer", 403, "User has no roles assigned"},
		"suspended moderator": {user("suspended", "moderator"), "/viewer", 403, "Account is suspended"},
		"account gone":        {oneUser{err: killrvideo.Errorf(killrvideo.ENOTFOUND, "User not found")}, "/viewer", 404, "User not found"},
		"data store is away": {oneUser{err: killrvideo.Errorf(killrvideo.EUNAVAILABLE, "away")}, "/viewer", 503,
			"Unable to reach data store. Please try again later."},
		"odd error stays ours": {oneUser{err: context.DeadlineExceeded}, "/viewer", 503, "Unable to reach data store. Please try again later."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, token := guarded(t, test.repository)
			w := ask(handler, test.path, "Bearer "+token)
			if w.Code != test.status || test.detail != "" && !strings.Contains(w.Body.String(), `"detail":"`+test.detail+`"`) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if test.status == 200 && w.Body.String() != test.repository.user.ID.String() {
				t.Errorf("let through as %s", w.Body)
			}
		})
	}
}

func TestRequireWithoutAValidToken(t *testing.T) {
	t.Parallel()
	handler, token := guarded(t, oneUser{user: killrvideo.User{ID: uuid.New(), AccountStatus: "active", Roles: killrvideo.Roles()}})
	for _, header := range []string{"", "Basic " + token, "Bearer", "Bearer x", token} {
		w := ask(handler, "/viewer", header)
		if w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%q: %d %s", header, w.Code, w.Body)
		}
	}
}

func ask(handler http.Handler, path, authorization string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	handler.ServeHTTP(w, r)
	return w
}
