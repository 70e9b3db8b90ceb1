package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// passwordRoutes adds changes and resets of passwords, and the proof of moderators.
func (a *API) passwordRoutes(g *gin.RouterGroup) {
	users := g.Group("/users")
	users.PUT("/me/password", a.readJSON, a.authenticate, a.answer(http.StatusOK, a.changePassword))
	users.POST("/me/moderator", a.readJSON, a.authenticate, a.answer(http.StatusOK, a.confirmModerator))
	users.POST("/password-reset", a.readJSON, a.answer(http.StatusOK, a.resetPassword))
}

func (a *API) changePassword(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	change := killrvideo.PasswordChange{Current: f.text("currentPassword"), New: f.text("newPassword"), Client: clientOf(c)}
	if change.Current == "" {
		f.problem("currentPassword", "must not be blank")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	user, begun, err := a.Sessions.ChangePassword(c.Request.Context(), caller(c), change)
	if err != nil {
		return nil, err
	}
	return a.tokens(user, begun)
}

func (a *API) resetPassword(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	email, code, password := f.text("email"), f.text("code"), f.text("newPassword")
	if _, ok := killrvideo.ParseEmail(email); !ok {
		f.problem("email", "must be a valid e-mail address")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	user, begun, err := a.Sessions.ResetPassword(c.Request.Context(), email, code, password)
	if err != nil {
		return nil, err
	}
	return a.tokens(user, begun)
}

func (a *API) confirmModerator(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	code := f.text("code")
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.ConfirmModerator(c.Request.Context(), caller(c), code)
	return viewUser(&user), err
}
