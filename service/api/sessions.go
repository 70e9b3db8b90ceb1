package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// sessionRoutes adds registration, login, refresh and log-out.
func (a *API) sessionRoutes(g *gin.RouterGroup) {
	users := g.Group("/users")
	users.POST("/register", a.readJSON, a.answer(http.StatusCreated, a.register))
	users.POST("/login", a.readJSON, a.answer(http.StatusOK, a.login))
	users.POST("/refresh", a.readJSON, a.answer(http.StatusOK, a.refresh))
	users.POST("/logout", a.readJSON, a.authenticate, a.logout)
}

// session is the answer to a login. The official back ends know token and user.
type session struct {
	Token        string   `json:"token"`
	User         userView `json:"user"`
	RefreshToken string   `json:"refreshToken"`
	ExpiresIn    int      `json:"expiresIn"` // seconds
}

// registered is the answer to a registration: the contract's, and a session,
// so that a new user need not log in as well.
type registered struct {
	FirstName string    `json:"firstName"`
	LastName  string    `json:"lastName"`
	Email     string    `json:"email"`
	UserID    uuid.UUID `json:"userId"`
	session
}

func (a *API) newSession(ctx context.Context, user killrvideo.User) (session, error) {
	begun, err := a.Sessions.Begin(ctx, user)
	if err != nil {
		return session{}, err
	}
	return a.tokens(user, begun)
}

func (a *API) tokens(user killrvideo.User, of killrvideo.Session) (session, error) {
	tokens, err := a.Keys.Sign(user, of)
	return session{
		Token: tokens.Access, User: viewUser(&user), RefreshToken: tokens.Refresh, ExpiresIn: int(tokens.ExpiresIn.Seconds()),
	}, err
}

func (a *API) register(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	r := killrvideo.Registration{
		FirstName: f.text("firstName", "firstname"), LastName: f.text("lastName", "lastname"),
		Email: f.text("email"), Password: f.text("password"),
	}
	if code := f.optionalText("moderatorCode"); code != nil {
		r.ModeratorCode = *code
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.Register(c.Request.Context(), r)
	if err != nil {
		return nil, err
	}
	s, err := a.newSession(c.Request.Context(), user)
	return registered{user.FirstName, user.LastName, user.Email, user.ID, s}, err
}

func (a *API) login(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	email, password := f.text("email"), f.text("password")
	if _, ok := killrvideo.ParseEmail(email); !ok {
		f.problem("email", "must be a valid e-mail address")
	}
	if password == "" {
		f.problem("password", "must not be blank")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.Login(c.Request.Context(), killrvideo.Password{Email: email, Password: password, Client: clientOf(c)})
	if err != nil {
		return nil, err
	}
	return a.newSession(c.Request.Context(), user)
}

// refresh returns new tokens for a refresh token, which works once.
func (a *API) refresh(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	token := f.text("refreshToken")
	if err := f.err(); err != nil {
		return nil, err
	}
	of, err := a.Keys.VerifyRefresh(token)
	if err != nil {
		return nil, err
	}
	user, next, err := a.Sessions.Refresh(c.Request.Context(), of)
	if err != nil {
		return nil, err
	}
	return a.tokens(user, next)
}

// logout ends the session of the token, or all of the account. It needs no
// body.
func (a *API) logout(c *gin.Context) {
	everywhere := false
	if raw := c.MustGet(bodyKey).([]byte); len(raw) > 0 {
		f, err := bind(c)
		if err == nil {
			everywhere = f.flag("everywhere")
			err = f.err()
		}
		if err != nil {
			a.fail(c, err)
			return
		}
	}
	of := c.MustGet(sessionKey).(killrvideo.Session)
	if err := a.Sessions.End(c.Request.Context(), caller(c), of, everywhere); err != nil {
		a.fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// flag reads an optional truth value.
func (f *form) flag(name string) (value bool) {
	raw, found, null := f.raw([]string{name})
	switch {
	case !found:
	case null:
		f.problem(name, "must not be null")
	case string(raw) != "true" && string(raw) != "false":
		f.problem(name, "must be true or false")
	}
	return string(raw) == "true"
}
