package killrvideo

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Role is a set of permissions. A higher role includes the lower ones: a creator has those
// of a viewer, a moderator all.
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

// The states of an account. Only an active one has permissions. A locked one has locked
// credentials too.
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

	// ModeratorProof is the hash of the confirmed moderator code, see ModeratorSettings.
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

// Active returns nil for an active account, otherwise an EFORBIDDEN error with the
// reason.
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

// Credentials are the password and reset code of an account. EmailKey is the e-mail in the
// form of EmailKey; it is unique.
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

// UserRepository stores accounts. Errors are ENOTFOUND ("User not found"), ECONFLICT,
// EUNAVAILABLE or internal.
type UserRepository interface {
	// CreateUser stores the account, or nothing and ECONFLICT if another one has its
	// e-mail. Of concurrent registrations of an e-mail one succeeds.
	CreateUser(ctx context.Context, user User, passwordHash string) error
	User(ctx context.Context, id uuid.UUID) (User, error)
	// Users returns those that exist, without SessionEpoch and Revocations.
	Users(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
	Credentials(ctx context.Context, emailKey string) (Credentials, error)
	// FindUsers finds a page of users by a prefix of their SearchWords, the newest users
	// for an empty prefix.
	FindUsers(ctx context.Context, prefix string, page Page) ([]uuid.UUID, error)
	UpdateNames(ctx context.Context, before, after User) error
	UpdateStatus(ctx context.Context, id uuid.UUID, status string) error
	UpdateRoles(ctx context.Context, id uuid.UUID, roles []Role) error
	UpdateLastLogin(ctx context.Context, id uuid.UUID, at time.Time) error
	// UpdatePassword stores a new hash of the same password.
	UpdatePassword(ctx context.Context, c Credentials) error
	// ReplacePassword stores a new password and removes the reset code and the clients.
	ReplacePassword(ctx context.Context, c Credentials) error
	// SetReset stores the Reset and ResetUntil of the credentials.
	SetReset(ctx context.Context, c Credentials) error
	// SetModeratorProof stores the ModeratorProof of the account.
	SetModeratorProof(ctx context.Context, id uuid.UUID, proof string) error
	// Moderators returns all moderators by role, and perhaps some that no longer are.
	Moderators(ctx context.Context) ([]uuid.UUID, error)
	// UpdateClients stores the clients that have logged in.
	UpdateClients(ctx context.Context, c Credentials, clients []KnownClient) error
	// LockCredentials refuses logins and refreshes, or allows them again.
	LockCredentials(ctx context.Context, c Credentials, locked bool) error
	// LockedCredentials are all that are locked.
	LockedCredentials(ctx context.Context) ([]Credentials, error)
}

// Passwords hashes and verifies passwords. Both are slow by design and queue; they fail
// with EBUSY if too many wait, and when ctx ends.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the hash is of the password and, if so, whether it was made
	// with other parameters than the current ones. An empty or unreadable hash matches
	// nothing, and takes as long as a valid one.
	Verify(ctx context.Context, password, hash string) (match, outdated bool, err error)
}
