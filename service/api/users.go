package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// userRoutes adds what lies under /users.
func (a *API) userRoutes(g *gin.RouterGroup) {
	users := g.Group("/users")
	users.POST("/register", a.readJSON, a.answer(http.StatusCreated, a.register))
	users.POST("/login", a.readJSON, a.answer(http.StatusOK, a.login))
	users.GET("/me", a.require(killrvideo.RoleViewer), a.answer(http.StatusOK, a.me))
	users.PUT("/me", a.readJSON, a.require(killrvideo.RoleViewer), a.answer(http.StatusOK, a.rename))
	users.GET("/:userId", a.uuidParam("userId"), a.answer(http.StatusOK, a.profile))
}

// userView is an account as its owner and moderators see it.
type userView struct {
	FirstName     string            `json:"firstName"`
	LastName      string            `json:"lastName"`
	Email         string            `json:"email"`
	UserID        uuid.UUID         `json:"userId"`
	CreatedDate   time.Time         `json:"createdDate"`
	AccountStatus string            `json:"accountStatus"`
	LastLoginDate *time.Time        `json:"lastLoginDate"`
	Roles         []killrvideo.Role `json:"roles"`
}

func viewUser(u killrvideo.User) userView {
	roles := append([]killrvideo.Role{}, u.Roles...)
	return userView{
		FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, UserID: u.ID, CreatedDate: u.CreatedDate,
		AccountStatus: u.AccountStatus, LastLoginDate: timeOrNull(u.LastLoginDate), Roles: roles,
	}
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// profileView is what anybody may see of an account: no e-mail, no status, no
// trace of when somebody was here.
type profileView struct {
	FirstName   string    `json:"firstName"`
	LastName    string    `json:"lastName"`
	UserID      uuid.UUID `json:"userId"`
	CreatedDate time.Time `json:"createdDate"`
}

// session is the answer to a login.
type session struct {
	Token string   `json:"token"`
	User  userView `json:"user"`
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

func (a *API) newSession(user killrvideo.User) (session, error) {
	token, err := a.Keys.Sign(user)
	return session{Token: token, User: viewUser(user)}, err
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
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.Register(c.Request.Context(), r)
	if err != nil {
		return nil, err
	}
	s, err := a.newSession(user)
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
	user, err := a.Accounts.Login(c.Request.Context(), email, password)
	if err != nil {
		return nil, err
	}
	return a.newSession(user)
}

func (a *API) me(c *gin.Context) (any, error) { return viewUser(caller(c)), nil }

func (a *API) rename(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	names := killrvideo.NameChange{
		FirstName: f.optionalText("firstName", "firstname"), LastName: f.optionalText("lastName", "lastname"),
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.Rename(c.Request.Context(), caller(c), names)
	return viewUser(user), err
}

func (a *API) profile(c *gin.Context) (any, error) {
	u, err := a.Accounts.User(c.Request.Context(), pathID(c, "userId"))
	return profileView{FirstName: u.FirstName, LastName: u.LastName, UserID: u.ID, CreatedDate: u.CreatedDate}, err
}
