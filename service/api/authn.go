package api

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const (
	callerKey  = "killrvideo.caller"
	sessionKey = "killrvideo.session"
)

// authenticate lets only requests through that carry the valid token of an
// active account. The account is read anew each time: a change of roles, a
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
	token, ok := auth.Bearer(c.GetHeader("Authorization"))
	if !ok {
		return killrvideo.User{}, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Not authenticated")
	}
	session, err := a.Keys.Verify(token)
	if err != nil {
		return killrvideo.User{}, err
	}
	c.Set(sessionKey, session)
	return a.Sessions.User(c.Request.Context(), session)
}

// identifyIfGiven notes who calls, for operations that anybody may use. A token
// that is not valid, or of an account that is not active, is as good as none.
func (a *API) identifyIfGiven(c *gin.Context) {
	if c.GetHeader("Authorization") == "" {
		return
	}
	user, err := a.identify(c)
	if killrvideo.ErrorCode(err) == killrvideo.EUNAVAILABLE {
		a.fail(c, err)
		return
	}
	if err == nil {
		c.Set(callerKey, user)
	}
}

// viewer finds out who calls when that decides what they may see: like
// identifyIfGiven, but only if asked.
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

// callerIfKnown is who identifyIfGiven found, nil for an anonymous caller.
func callerIfKnown(c *gin.Context) *killrvideo.User {
	if user, ok := c.Get(callerKey); ok {
		known := user.(killrvideo.User)
		return &known
	}
	return nil
}

// require lets only callers through that have the role, or a higher one. It
// authenticates them first.
func (a *API) require(role killrvideo.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		a.authenticate(c)
		if c.IsAborted() {
			return
		}
		switch user := caller(c); {
		case len(user.Roles) == 0:
			a.fail(c, killrvideo.Errorf(killrvideo.EFORBIDDEN, "User has no roles assigned"))
		case !user.Can(role):
			a.fail(c, killrvideo.Errorf(killrvideo.EFORBIDDEN,
				"User does not have any of the required roles: %s", strings.Join(sufficient(role), ", ")))
		}
	}
}

// sufficient lists the roles that include role.
func sufficient(role killrvideo.Role) []string {
	var names []string
	for _, r := range killrvideo.Roles()[slices.Index(killrvideo.Roles(), role):] {
		names = append(names, string(r))
	}
	return names
}

// caller is who authenticate let through.
func caller(c *gin.Context) killrvideo.User { return c.MustGet(callerKey).(killrvideo.User) }
