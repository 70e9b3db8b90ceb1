package killrvideo

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Accounts registers, finds and changes accounts. All fields are required.
type Accounts struct {
	Repository UserRepository
	Audits     AuditRepository
	Passwords  Passwords
	// DefaultRoles are the roles of new accounts.
	DefaultRoles []Role
	Moderators   ModeratorSettings
	// Locks are mutual exclusion by id, across all instances.
	Locks Locker
	// Lockout limits password guessing; its zero value does not.
	Lockout Lockout
	Now     func() time.Time
	Log     *slog.Logger
}

// Locker locks by id, across all instances. unlock is idempotent. Error: EUNAVAILABLE
// if the lock is not acquired in time.
type Locker interface {
	Lock(ctx context.Context, id uuid.UUID) (unlock func(), err error)
}

// Register creates an account. Errors: EINVALID; EREFUSED for a wrong moderator code;
// ECONFLICT for an e-mail that is registered.
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

// User returns an account with its current roles.
func (a *Accounts) User(ctx context.Context, id uuid.UUID) (User, error) {
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	return a.withBootstrapRole(user), nil
}

// Rename changes the names that are set and returns the account.
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
	if a.Moderators.include(user) && !slices.Contains(user.Roles, RoleModerator) {
		user.Roles = append(slices.Clone(user.Roles), RoleModerator)
	}
	return user
}

// timestamp is t in the precision of the data store.
func timestamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
