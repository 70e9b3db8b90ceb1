package killrvideo

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Accounts is what one can do with accounts. All fields are required.
type Accounts struct {
	Repository UserRepository
	Audits     AuditRepository
	Passwords  Passwords
	// DefaultRoles are given to new accounts.
	DefaultRoles []Role
	// ModeratorEmails are moderators whatever is stored about them, so that
	// there is a first moderator. Anyone can register any e-mail: register
	// these accounts before the address of the API is known.
	ModeratorEmails []string
	// Lockout bounds the guessing of passwords; its zero value does not.
	Lockout Lockout
	Now     func() time.Time
	Log     *slog.Logger
}

// errLogin is one answer to every failed login, so that it tells nobody which
// e-mails have an account.
var errLogin = Errorf(EUNAUTHORIZED, "Incorrect email or password")

// Register makes an account. Errors: EINVALID; ECONFLICT for an e-mail that
// has one already.
func (a *Accounts) Register(ctx context.Context, r Registration) (User, error) {
	r, err := r.validate()
	if err != nil {
		return User{}, err
	}
	hash, err := a.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return User{}, err
	}
	user := User{
		ID: uuid.New(), Email: r.Email, FirstName: r.FirstName, LastName: r.LastName,
		AccountStatus: AccountActive, Roles: slices.Clone(a.DefaultRoles), CreatedDate: timestamp(a.Now()),
	}
	if err := a.Repository.CreateUser(ctx, user, hash); err != nil {
		return User{}, err
	}
	return a.withBootstrapRole(user), nil
}

// Login gives the account of an e-mail and password. Errors: EUNAUTHORIZED,
// EFORBIDDEN for an account that is not active, ERATELIMIT after too many
// failures. An unknown e-mail takes as long as a wrong password.
// LastLoginDate is that of the login before.
func (a *Accounts) Login(ctx context.Context, email, password string) (User, error) {
	key := EmailKey(email)
	c, err := a.Repository.Credentials(ctx, key)
	if err != nil && ErrorCode(err) != ENOTFOUND {
		return User{}, err
	}
	known := err == nil
	c.EmailKey = key
	match, outdated, err := a.Passwords.Verify(ctx, password, c.PasswordHash)
	if err != nil {
		return User{}, err
	}
	switch now := timestamp(a.Now()); {
	case c.LockedUntil.After(now) && a.Lockout.Failures > 0:
		return User{}, a.Lockout.locked(ctx, c, now)
	case !match || c.Locked:
		return User{}, a.Lockout.failed(ctx, c, known, now)
	}
	user, err := a.User(ctx, c.UserID)
	if ErrorCode(err) == ENOTFOUND {
		return User{}, errLogin
	}
	if err == nil {
		err = user.Active()
	}
	if err != nil {
		return User{}, err
	}
	a.recordLogin(ctx, c, password, outdated)
	return user, nil
}

// recordLogin notes the login and renews an outdated hash. Neither is worth
// refusing a login for.
func (a *Accounts) recordLogin(ctx context.Context, c Credentials, password string, outdated bool) {
	err := a.Repository.UpdateLastLogin(ctx, c.UserID, timestamp(a.Now()))
	if err == nil && outdated {
		if c.PasswordHash, err = a.Passwords.Hash(ctx, password); err == nil {
			err = a.Repository.UpdatePassword(ctx, c)
		}
	}
	if err != nil {
		a.Log.WarnContext(ctx, "login not recorded", "user", c.UserID, "error", err)
	}
}

// User gives an account with the roles it has at this moment.
func (a *Accounts) User(ctx context.Context, id uuid.UUID) (User, error) {
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	return a.withBootstrapRole(user), nil
}

// Rename changes the names that are given and gives the account as it then is.
func (a *Accounts) Rename(ctx context.Context, user User, names NameChange) (User, error) {
	changed, err := names.apply(user)
	if err != nil {
		return User{}, err
	}
	if changed.FirstName == user.FirstName && changed.LastName == user.LastName {
		return user, nil
	}
	err = a.Repository.UpdateNames(ctx, user, changed)
	return changed, err
}

func (a *Accounts) withBootstrapRole(user User) User {
	if a.isBootstrap(user) && !slices.Contains(user.Roles, RoleModerator) {
		user.Roles = append(slices.Clone(user.Roles), RoleModerator)
	}
	return user
}

// timestamp is t as the data store keeps it.
func timestamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
