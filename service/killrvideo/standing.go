package killrvideo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// SetModerator makes an account a moderator, or no longer one; both are
// idempotent. Errors: ENOTFOUND; EREFUSED for revoking one that is a moderator
// by the service's settings, and the last one that is active.
func (a *Accounts) SetModerator(ctx context.Context, moderator User, id uuid.UUID, is bool) (User, error) {
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	roles := slices.DeleteFunc(slices.Clone(user.Roles), func(r Role) bool { return r == RoleModerator })
	if is {
		roles = append(roles, RoleModerator)
		err = a.setRoles(ctx, moderator, user, roles, "assign moderator")
	} else if a.Moderators.makes(user) {
		return User{}, errBootstrap
	} else {
		err = a.removing(ctx, moderator, user, func() error { return a.setRoles(ctx, moderator, user, roles, "revoke moderator") })
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
	// A moderator is stored again: that lists one whom nothing lists.
	return a.Repository.UpdateRoles(ctx, user.ID, roles)
}

// SetStatus suspends or locks an account, or brings it back. It takes effect
// with the next request, whatever tokens are about. Errors: EINVALID; ENOTFOUND;
// EREFUSED for anything but active for a moderator by the service's settings,
// and for the last one that is active.
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
	case a.Moderators.makes(user):
		err = errBootstrap
	default:
		err = a.removing(ctx, moderator, user, set)
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

// lockCredentials keeps the credentials in step with the account, so that a
// lock that is lifted is not carried over again. The account's row comes after
// them: it says when all is done.
func (a *Accounts) lockCredentials(ctx context.Context, user User, locked bool) error {
	c, err := a.Repository.Credentials(ctx, EmailKey(user.Email))
	switch {
	case ErrorCode(err) == ENOTFOUND: // an account that came without: nobody logs in to it
		return nil
	case err != nil || c.Locked == locked:
		return err
	}
	return a.Repository.LockCredentials(ctx, c, locked)
}

func (a *Accounts) audit(ctx context.Context, moderator User, id uuid.UUID, action, details string) error {
	return a.Audits.AddAudit(ctx, Audit{Subject: id, ActorID: moderator.ID, Action: action, Details: details, At: timestamp(a.Now())})
}

// CarryLocks gives active accounts whose credentials are locked, as an operator
// does it in the database, that state, which every request looks at.
func (a *Accounts) CarryLocks(ctx context.Context) error {
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
			errs = append(errs, a.carryLock(ctx, c))
		}
	}
	return errors.Join(errs...)
}

// carryLock looks again first: a moderator may have lifted the lock just now.
func (a *Accounts) carryLock(ctx context.Context, c Credentials) error {
	now, err := a.Repository.Credentials(ctx, c.EmailKey)
	if err != nil || !now.Locked {
		return err
	}
	a.Log.InfoContext(ctx, "an account whose credentials are locked is locked", "user", c.UserID)
	return a.Repository.UpdateStatus(ctx, c.UserID, AccountLocked)
}

// locksEvery is how soon a lock of credentials holds on every request.
const locksEvery = 15 * time.Second

// Run carries locks over until ctx ends.
func (a *Accounts) Run(ctx context.Context) {
	tick := time.NewTicker(locksEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.CarryLocks(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "locks of credentials are not carried over", "error", err)
		}
	}
}
