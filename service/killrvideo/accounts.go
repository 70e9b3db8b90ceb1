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
	Moderators   ModeratorSettings
	// Locks are mutual exclusion on an id, across all instances.
	Locks Locker
	// Lockout bounds the guessing of passwords; its zero value does not.
	Lockout Lockout
	Now     func() time.Time
	Log     *slog.Logger
}

// Locker locks by id. Error: EUNAVAILABLE if the lock cannot be had in time.
type Locker interface {
	Lock(ctx context.Context, id uuid.UUID) (unlock func(), err error)
}

// Register makes an account. Errors: EINVALID; EREFUSED for a moderator's code
// that is not the e-mail's; ECONFLICT for an e-mail that has an account.
func (a *Accounts) Register(ctx context.Context, r Registration) (User, error) {
	r, err := r.validate()
	if err != nil {
		return User{}, err
	}
	proof := ""
	if r.ModeratorCode != "" {
		if !a.Moderators.accepts(r.Email, r.ModeratorCode) {
			return User{}, errModeratorCode
		}
		proof = a.Moderators.proof(r.Email)
	}
	hash, err := a.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return User{}, err
	}
	user := User{
		ModeratorProof: proof,
		ID:             uuid.New(), Email: r.Email, FirstName: r.FirstName, LastName: r.LastName,
		AccountStatus: AccountActive, Roles: slices.Clone(a.DefaultRoles), CreatedDate: timestamp(a.Now()),
	}
	if err := a.Repository.CreateUser(ctx, user, hash); err != nil {
		return User{}, err
	}
	return a.withBootstrapRole(user), nil
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
	if a.Moderators.makes(user) && !slices.Contains(user.Roles, RoleModerator) {
		user.Roles = append(slices.Clone(user.Roles), RoleModerator)
	}
	return user
}

// timestamp is t as the data store keeps it.
func timestamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
