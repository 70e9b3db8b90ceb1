package killrvideo

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Role is what a user may do. A higher role includes the lower ones: a creator
// may do what a viewer may, a moderator everything.
type Role string

// The roles, lowest first.
const (
	RoleViewer    Role = "viewer"
	RoleCreator   Role = "creator"
	RoleModerator Role = "moderator"
)

// Roles lists every role, lowest first.
func Roles() []Role { return []Role{RoleViewer, RoleCreator, RoleModerator} }

// Valid reports whether r is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// The states of an account. Only an active one may do anything. A locked one
// has locked credentials too.
const (
	AccountActive    = "active"
	AccountInactive  = "inactive"
	AccountSuspended = "suspended"
	AccountLocked    = "locked"
)

// AccountStatuses lists them.
func AccountStatuses() []string {
	return []string{AccountActive, AccountInactive, AccountSuspended, AccountLocked}
}

// User is an account. LastLoginDate is zero until the first login.
type User struct {
	ID            uuid.UUID
	Email         string
	FirstName     string
	LastName      string
	AccountStatus string
	Roles         []Role
	CreatedDate   time.Time
	LastLoginDate time.Time

	// ModeratorProof is what the code of a moderator left, see ModeratorCodes.
	ModeratorProof string

	// SessionEpoch and Revocations say which sessions have ended.
	SessionEpoch int
	Revocations  []Revocation
}

// Can reports whether the user has the role or a higher one.
func (u User) Can(needed Role) bool {
	rank := slices.Index(Roles(), needed)
	return slices.ContainsFunc(u.Roles, func(r Role) bool {
		return rank >= 0 && slices.Index(Roles(), r) >= rank
	})
}

// Active says with an EFORBIDDEN error why the account may not be used, nil if
// it may.
func (u User) Active() error {
	switch u.AccountStatus {
	case AccountActive:
		return nil
	case AccountSuspended:
		return Errorf(EFORBIDDEN, "Account is suspended")
	case AccountLocked:
		return errLocked
	}
	return Errorf(EFORBIDDEN, "Account is not active")
}

var errLocked = Errorf(EFORBIDDEN, "Account is locked")

// Credentials are what a login is checked against. EmailKey is the e-mail in
// the form of EmailKey; one account has it.
type Credentials struct {
	EmailKey     string
	UserID       uuid.UUID
	PasswordHash string
	Locked       bool
	// Clients have logged in before.
	Clients []KnownClient
	// Reset is the hash of a code that replaces the password until ResetUntil.
	Reset      string
	ResetUntil time.Time
}

// UserRepository keeps accounts. Errors are ENOTFOUND ("User not found"),
// ECONFLICT, EUNAVAILABLE or internal.
type UserRepository interface {
	// CreateUser stores the account, unless another one has its e-mail: then
	// it stores nothing and the error is ECONFLICT, however many try at once.
	CreateUser(ctx context.Context, user User, passwordHash string) error
	User(ctx context.Context, id uuid.UUID) (User, error)
	// Users gives those of ids that exist, without what they know of sessions.
	Users(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
	Credentials(ctx context.Context, emailKey string) (Credentials, error)
	// FindUsers finds those of whom one of the SearchWords has this beginning;
	// the newest ones for an empty one; a page of them.
	FindUsers(ctx context.Context, beginning string, page Page) ([]uuid.UUID, error)
	UpdateNames(ctx context.Context, before, after User) error
	UpdateStatus(ctx context.Context, id uuid.UUID, status string) error
	UpdateRoles(ctx context.Context, id uuid.UUID, roles []Role) error
	UpdateLastLogin(ctx context.Context, id uuid.UUID, at time.Time) error
	// UpdatePassword stores another hash of the same password.
	UpdatePassword(ctx context.Context, c Credentials) error
	// ReplacePassword stores another password, and forgets the reset and the
	// clients of the one before.
	ReplacePassword(ctx context.Context, c Credentials) error
	// SetReset stores the Reset and ResetUntil of the credentials.
	SetReset(ctx context.Context, c Credentials) error
	// SetModeratorProof stores the ModeratorProof of the account.
	SetModeratorProof(ctx context.Context, id uuid.UUID, proof string) error
	// Moderators gives those whose stored roles say so, and maybe some whose
	// roles no longer do.
	Moderators(ctx context.Context) ([]uuid.UUID, error)
	// UpdateClients stores the clients that have logged in.
	UpdateClients(ctx context.Context, c Credentials, clients []KnownClient) error
	// LockCredentials keeps from logging in and refreshing, or no longer.
	LockCredentials(ctx context.Context, c Credentials, locked bool) error
	// LockedCredentials are all that are locked.
	LockedCredentials(ctx context.Context) ([]Credentials, error)
}

// Passwords hashes and checks passwords. Both are slow on purpose and may make
// the caller wait; they give up with EBUSY when too many wait, and when ctx
// ends.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether hash is of password and, if so, whether it was
	// made with other parameters than the ones in force. An empty or
	// unreadable hash matches nothing, and takes as long as a real one.
	Verify(ctx context.Context, password, hash string) (match, outdated bool, err error)
}
