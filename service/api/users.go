package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// userRoutes adds the routes below /users.
func (a *API) userRoutes(g *gin.RouterGroup) {
	users := g.Group("/users")
	users.GET("/me", a.require(killrvideo.RoleViewer), a.answer(http.StatusOK, a.me))
	users.PUT("/me", a.readJSON, a.require(killrvideo.RoleViewer), a.answer(http.StatusOK, a.rename))
	users.GET("/:userId", a.uuidParam("userId"), a.read(a.profile))
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

func viewUser(u *killrvideo.User) userView {
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

// profileView is the public part of an account: no e-mail, no status, no time of
// the last login.
type profileView struct {
	FirstName   string    `json:"firstName"`
	LastName    string    `json:"lastName"`
	UserID      uuid.UUID `json:"userId"`
	CreatedDate time.Time `json:"createdDate"`
}

func (a *API) me(c *gin.Context) (any, error) {
	user := caller(c)
	return viewUser(&user), nil
}

func (a *API) rename(c *gin.Context) (any, error) {
	f, err := bind(c)
	if err != nil {
		return nil, err
	}
	var names killrvideo.NameChange // by the contract null counts as absent
	names.FirstName, _ = f.nullableText("firstName", "firstname")
	names.LastName, _ = f.nullableText("lastName", "lastname")
	if err := f.err(); err != nil {
		return nil, err
	}
	user, err := a.Accounts.Rename(c.Request.Context(), caller(c), names)
	return viewUser(&user), err
}

func (a *API) profile(c *gin.Context) (any, error) {
	u, err := a.Accounts.User(c.Request.Context(), pathID(c, "userId"))
	return profileView{FirstName: u.FirstName, LastName: u.LastName, UserID: u.ID, CreatedDate: u.CreatedDate}, err
}
