package api

import (
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const (
	callerKey  = "killrvideo.caller"
	sessionKey = "killrvideo.session"
	tokenKey   = "killrvideo.token"
)

// authenticate refuses requests without a valid token of an active account. The
// account is read for each request: a change of roles, a
// suspension or a log-out takes effect with the next request, everywhere.
func (a *API) authenticate(c *gin.Context) {
	user, err := a.identify(c)
	if err != nil {
		a.fail(c, err)
		return
	}
	c.Set(callerKey, user)
}

func (a *API) identify(c *gin.Context) (killrvideo.User, error) {
	session, err := a.session(c)
	if err != nil {
		return killrvideo.User{}, err
	}
	c.Set(sessionKey, session)
	return a.Sessions.User(c.Request.Context(), session)
}

// session verifies the request's token and reads nothing.
func (a *API) session(c *gin.Context) (killrvideo.Session, error) {
	token, ok := auth.Bearer(c.GetHeader("Authorization"))
	if !ok {
		return killrvideo.Session{}, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Not authenticated")
	}
	return a.Keys.Verify(token)
}

// viewer reads the account of the caller if an operation asks for it. A token that
// is not valid, or of an account that is not active, counts as none.
func (a *API) viewer(c *gin.Context) killrvideo.Viewer {
	return func() (*killrvideo.User, error) {
		if c.GetHeader("Authorization") == "" {
			return nil, nil
		}
		user, err := a.identify(c)
		if killrvideo.ErrorCode(err) == killrvideo.EUNAVAILABLE {
			return nil, err
		}
		if err != nil {
			return nil, nil //nolint:nilerr // a token that is refused counts as none here
		}
		return &user, nil
	}
}

// require authenticates the caller, and refuses one without the role or a higher
// one.
func (a *API) require(role killrvideo.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		a.authenticate(c)
		if c.IsAborted() {
			return
		}
		if err := allowed(caller(c), role); err != nil {
			a.fail(c, err)
		}
	}
}

// requireToken verifies the token and leaves the account to the operation, which
// reads it in parallel with what it acts on. Of two errors that of the account is
// the answer.
func (a *API) requireToken(role killrvideo.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		session, err := a.session(c)
		if err != nil {
			a.fail(c, err)
			return
		}
		ctx := c.Request.Context()
		c.Set(tokenKey, killrvideo.Caller{ID: session.UserID, Account: sync.OnceValues(func() (killrvideo.User, error) {
			user, err := a.Sessions.User(ctx, session)
			if err == nil {
				err = allowed(user, role)
			}
			return user, err
		})})
	}
}

const anyRole killrvideo.Role = ""

// byToken is the caller of an operation below requireToken.
func byToken(c *gin.Context) killrvideo.Caller { return c.MustGet(tokenKey).(killrvideo.Caller) }

// accountError is the error of the account, else that of the operation.
func accountError(c *gin.Context, err error) error {
	if _, ok := c.Get(tokenKey); ok {
		if _, denied := byToken(c).Account(); denied != nil {
			return denied
		}
	}
	return err
}

// allowed fails unless the user has the role, or a higher one. Any user has anyRole.
func allowed(user killrvideo.User, role killrvideo.Role) error {
	switch {
	case role == anyRole:
		return nil
	case len(user.Roles) == 0:
		return killrvideo.Errorf(killrvideo.EFORBIDDEN, "User has no roles assigned")
	case !user.Can(role):
		return killrvideo.Errorf(killrvideo.EFORBIDDEN,
			"User does not have any of the required roles: %s", strings.Join(sufficient(role), ", "))
	}
	return nil
}

// sufficient lists the roles that include role.
func sufficient(role killrvideo.Role) []string {
	var names []string
	for _, r := range killrvideo.Roles()[slices.Index(killrvideo.Roles(), role):] {
		names = append(names, string(r))
	}
	return names
}

// caller is the account that authenticate has found.
func caller(c *gin.Context) killrvideo.User { return c.MustGet(callerKey).(killrvideo.User) }
