package killrvideo

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/google/uuid"
)

// resetLifetime is how long a reset code is valid.
const resetLifetime = time.Hour

var (
	errWrongPassword = Errorf(EFORBIDDEN, "The current password is wrong")
	// errReset does not reveal which e-mails are registered.
	errReset = Errorf(EREFUSED, "The code is not one for this e-mail, was used before, or has expired")
	// errChangedMeanwhile is the answer to one of two concurrent changes.
	errChangedMeanwhile = Errorf(ECONFLICT, "The password was changed meanwhile. Please log in again.")
	errModeratorReset   = Errorf(EREFUSED, "The password of a moderator cannot be reset: revoke the role first")
	errNoCredentials    = Errorf(EREFUSED, "This account has no password")
)

// PasswordChange is the input of a change of a password. Client is as in Password.
type PasswordChange struct {
	Current, New string
	Client       string
}

// ChangePassword replaces the caller's password, ends all sessions and begins a new one.
// Errors: EINVALID; EFORBIDDEN for a wrong current password, which counts as a failed
// login; ERATELIMIT; EBUSY.
func (s *Sessions) ChangePassword(ctx context.Context, user User, p PasswordChange) (User, Session, error) {
	a := s.Accounts
	if err := checkNewPassword(user, p.New); err != nil {
		return User{}, Session{}, err
	}
	c, _, err := a.verify(ctx, Password{Email: user.Email, Password: p.Current, Client: p.Client})
	if errors.Is(err, errLogin) || err == nil && c.UserID != user.ID {
		err = errWrongPassword
	}
	if err != nil {
		return User{}, Session{}, err
	}
	return s.replacePassword(ctx, c, p.New, replacement{allowed: func(now Credentials) error {
		if now.PasswordHash != c.PasswordHash {
			return errChangedMeanwhile
		}
		return nil
	}})
}

// Reset is a code that replaces the password of an account, valid once.
type Reset struct {
	Code  string
	Until time.Time
}

// IssueReset makes a reset code for an account; it invalidates the previous one. Errors:
// ENOTFOUND; EREFUSED for a moderator's account.
func (a *Accounts) IssueReset(ctx context.Context, moderator User, id uuid.UUID) (Reset, error) {
	user, err := a.User(ctx, id)
	if err != nil {
		return Reset{}, err
	}
	if user.Can(RoleModerator) {
		return Reset{}, errModeratorReset
	}
	c, err := a.Repository.Credentials(ctx, EmailKey(user.Email))
	if ErrorCode(err) == ENOTFOUND || err == nil && c.UserID != id {
		return Reset{}, errNoCredentials
	}
	if err != nil {
		return Reset{}, err
	}
	if err := a.audit(ctx, moderator, id, "issue password reset", ""); err != nil {
		return Reset{}, err
	}
	reset := Reset{Code: newCode(), Until: timestamp(a.Now().Add(resetLifetime))}
	c.Reset, c.ResetUntil = hashOfCode(reset.Code), reset.Until
	return reset, a.Repository.SetReset(ctx, c)
}

// ResetPassword replaces the password of the account with an e-mail. The code is one of
// IssueReset, or the unused code of a moderator named by the settings, whose address
// another user has registered. It ends all sessions and begins one. Errors: EINVALID;
// EREFUSED; EFORBIDDEN for an account that is not active.
func (s *Sessions) ResetPassword(ctx context.Context, email, code, password string) (User, Session, error) {
	a := s.Accounts
	if err := checkNewPassword(User{Email: email}, password); err != nil {
		return User{}, Session{}, err
	}
	c, err := a.Repository.Credentials(ctx, EmailKey(email))
	if ErrorCode(err) == ENOTFOUND {
		return User{}, Session{}, errReset
	}
	if err == nil {
		err = a.checkResetCode(ctx, c, code)
	}
	var user User
	if err == nil {
		user, err = a.User(ctx, c.UserID)
	}
	if err == nil {
		err = checkNewPassword(user, password) // its names are not known before
	}
	if err != nil {
		return User{}, Session{}, err
	}
	return s.replacePassword(ctx, c, password, replacement{
		allowed: func(now Credentials) error { return a.checkResetCode(ctx, now, code) },
		then: func(user User) (User, error) {
			if !a.provesAddress(user, code) {
				return user, nil
			}
			return a.ConfirmModerator(ctx, user, code)
		},
	})
}

// checkResetCode fails unless the code is one of those of ResetPassword.
func (a *Accounts) checkResetCode(ctx context.Context, c Credentials, code string) error {
	user, err := a.User(ctx, c.UserID)
	if err != nil {
		return err
	}
	same := subtle.ConstantTimeCompare([]byte(c.Reset), []byte(hashOfCode(code))) == 1
	byModerator := same && a.Now().Before(c.ResetUntil) && !user.Can(RoleModerator)
	if !byModerator && !a.provesAddress(user, code) {
		return errReset
	}
	return user.Active()
}

// provesAddress reports whether the code is that of a moderator named by the settings, and
// the account has not confirmed it.
func (a *Accounts) provesAddress(user User, code string) bool {
	return a.Moderators.accepts(user.Email, code) && user.ModeratorProof != a.Moderators.proof(user.Email)
}

// checkNewPassword fails if the text is not allowed as the account's password.
func checkNewPassword(user User, password string) error {
	var problems []FieldError
	checkPassword("newPassword", password, knownTexts(user.Email, user.FirstName, user.LastName), &problems)
	return Invalid(problems...)
}

// replacement are the steps of replacing a password that differ.
type replacement struct {
	// allowed is called while the account's lock is held.
	allowed func(Credentials) error
	// then, if set, is called after the password is stored.
	then func(User) (User, error)
}

// replacePassword stores a password and begins a session. All other sessions end: before
// the change, so that a failure leaves none, and after it, since a concurrent login with
// the old password may have begun one. Login refuses later ones.
func (s *Sessions) replacePassword(ctx context.Context, c Credentials, password string, r replacement) (User, Session, error) {
	a := s.Accounts
	hash, err := a.Passwords.Hash(ctx, password)
	if err != nil {
		return User{}, Session{}, err
	}
	unlock, err := a.Locks.Lock(ctx, c.UserID)
	if err != nil {
		return User{}, Session{}, err
	}
	defer unlock()
	if c, err = a.Repository.Credentials(ctx, c.EmailKey); err == nil {
		err = r.allowed(c)
	}
	if err != nil {
		return User{}, Session{}, err
	}
	c.PasswordHash = hash
	user, err := s.endSessionsAround(ctx, c.UserID, func() error { return a.Repository.ReplacePassword(ctx, c) })
	if err == nil && r.then != nil {
		user, err = r.then(user)
	}
	if err != nil {
		return User{}, Session{}, err
	}
	session, err := s.Begin(ctx, user)
	return user, session, err
}

// endSessionsAround ends all sessions of an account before and after a change.
func (s *Sessions) endSessionsAround(ctx context.Context, id uuid.UUID, change func() error) (User, error) {
	user, err := s.Accounts.User(ctx, id)
	if err == nil {
		err = s.endAll(ctx, user)
	}
	if err == nil {
		err = change()
	}
	if err != nil {
		return User{}, err
	}
	user.SessionEpoch += 2
	return user, s.Repository.SetSessionEpoch(ctx, id, user.SessionEpoch)
}
