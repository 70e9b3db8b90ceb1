package killrvideo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// SetModerator assigns or revokes the role of a moderator; both are idempotent. Errors:
// ENOTFOUND; EREFUSED to revoke it from a moderator by the settings, and from the last
// active one.
func (a *Accounts) SetModerator(ctx context.Context, moderator User, id uuid.UUID, is bool) (User, error) {
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	roles := slices.DeleteFunc(slices.Clone(user.Roles), func(r Role) bool { return r == RoleModerator })
	if is {
		roles = append(roles, RoleModerator)
		err = a.setRoles(ctx, moderator, user, roles, "assign moderator")
	} else if a.Moderators.include(user) {
		return User{}, errBootstrap
	} else {
		err = a.unlessLastModerator(ctx, moderator, user, func() error { return a.setRoles(ctx, moderator, user, roles, "revoke moderator") })
	}
	if err != nil {
		return User{}, err
	}
	user.Roles = roles
	return a.withBootstrapRole(user), nil
}

func (a *Accounts) setRoles(ctx context.Context, moderator, user User, roles []Role, action string) error {
	if len(roles) != len(user.Roles) {
		if err := a.audit(ctx, moderator, user.ID, action, ""); err != nil {
			return err
		}
	} else if !slices.Contains(roles, RoleModerator) {
		return nil
	}
	// The role is stored again: that repairs the list of moderators.
	return a.Repository.UpdateRoles(ctx, user.ID, roles)
}

// SetStatus suspends, locks or activates an account. It takes effect with the next
// request, for existing tokens too. Errors: EINVALID; ENOTFOUND; EREFUSED for any status
// but active of a moderator by the settings, and of the last active moderator.
func (a *Accounts) SetStatus(ctx context.Context, moderator User, id uuid.UUID, status string) (User, error) {
	if !slices.Contains(AccountStatuses(), status) {
		message := "must be " + strings.Join(AccountStatuses(), ", ")
		return User{}, Invalid(FieldError{In: "body", Field: "accountStatus", Message: message})
	}
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	set := func() error { return a.setStatus(ctx, moderator, user, status) }
	switch {
	case status == AccountActive:
		err = set()
	case a.Moderators.include(user):
		err = errBootstrap
	default:
		err = a.unlessLastModerator(ctx, moderator, user, set)
	}
	if err != nil {
		return User{}, err
	}
	user.AccountStatus = status
	return a.withBootstrapRole(user), nil
}

func (a *Accounts) setStatus(ctx context.Context, moderator, user User, status string) error {
	if err := a.audit(ctx, moderator, user.ID, "account "+status, "was "+user.AccountStatus); err != nil {
		return err
	}
	if err := a.lockCredentials(ctx, user, status == AccountLocked); err != nil {
		return err
	}
	return a.Repository.UpdateStatus(ctx, user.ID, status)
}

// lockCredentials sets the lock of the credentials to that of the account, so that
// LockByCredentials does not lock the account again. The account's row is written after it.
func (a *Accounts) lockCredentials(ctx context.Context, user User, locked bool) error {
	c, err := a.Repository.Credentials(ctx, EmailKey(user.Email))
	switch {
	case ErrorCode(err) == ENOTFOUND: // a loaded account without credentials
		return nil
	case err != nil || c.Locked == locked:
		return err
	}
	return a.Repository.LockCredentials(ctx, c, locked)
}

func (a *Accounts) audit(ctx context.Context, moderator User, id uuid.UUID, action, details string) error {
	return a.Audits.AddAudit(ctx, Audit{Subject: id, ActorID: moderator.ID, Action: action, Details: details, At: timestamp(a.Now())})
}

// LockByCredentials locks active accounts whose credentials were locked in the database by an
// operator: requests read the account only.
func (a *Accounts) LockByCredentials(ctx context.Context) error {
	locked, err := a.Repository.LockedCredentials(ctx)
	if err != nil || len(locked) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(locked))
	for i, c := range locked {
		ids[i] = c.UserID
	}
	users, err := a.Repository.Users(ctx, ids)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range locked {
		if users[c.UserID].AccountStatus == AccountActive {
			errs = append(errs, a.lockByCredentials(ctx, c))
		}
	}
	return errors.Join(errs...)
}

// lockByCredentials reads the credentials again: a moderator may have unlocked them.
func (a *Accounts) lockByCredentials(ctx context.Context, c Credentials) error {
	now, err := a.Repository.Credentials(ctx, c.EmailKey)
	if err != nil || !now.Locked {
		return err
	}
	a.Log.InfoContext(ctx, "an account is locked, as its credentials are", "user", c.UserID)
	return a.Repository.UpdateStatus(ctx, c.UserID, AccountLocked)
}

// locksEvery is the interval of LockByCredentials.
const locksEvery = 15 * time.Second

// Run calls LockByCredentials until ctx ends.
func (a *Accounts) Run(ctx context.Context) {
	tick := time.NewTicker(locksEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.LockByCredentials(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "locked credentials are not read", "error", err)
		}
	}
}
