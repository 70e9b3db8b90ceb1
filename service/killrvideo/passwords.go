package killrvideo

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/google/uuid"
)

// resetLifetime is how long the code of a reset serves.
const resetLifetime = time.Hour

var (
	errWrongPassword = Errorf(EFORBIDDEN, "The current password is wrong")
	// errReset does not tell which e-mails have an account.
	errReset = Errorf(EREFUSED, "The code is not one for this e-mail, was used before, or has expired")
	// errChangedMeanwhile is the answer to one of two changes at once.
	errChangedMeanwhile = Errorf(ECONFLICT, "The password was changed meanwhile. Please log in again.")
	errModeratorReset   = Errorf(EREFUSED, "A moderator's password is reset by nobody else: revoke the role first")
	errNoCredentials    = Errorf(EREFUSED, "This account has no password")
)

// PasswordChange replaces a password by one who knows it. Client is as in
// Password.
type PasswordChange struct {
	Current, New string
	Client       string
}

// ChangePassword replaces the caller's password and ends all sessions; the
// caller gets a new one. Errors: EINVALID; EFORBIDDEN for another current
// password, which counts as a failed login; ERATELIMIT, EBUSY.
func (s *Sessions) ChangePassword(ctx context.Context, user User, p PasswordChange) (User, Session, error) {
	a := s.Accounts
	if err := newPassword(user, p.New); err != nil {
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

// Reset is a code that replaces the password of an account once.
type Reset struct {
	Code  string
	Until time.Time
}

// IssueReset gives a code for an account whose owner cannot log in; the one
// before serves no more. Errors: ENOTFOUND; EREFUSED for a moderator's account.
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

// ResetPassword replaces the password of an e-mail's account by a code of
// IssueReset, or by the unused code of a moderator that the settings name, who
// takes back an address that somebody else has registered. It ends all sessions
// and begins one. Errors: EINVALID; EREFUSED; EFORBIDDEN for an account that is
// not active.
func (s *Sessions) ResetPassword(ctx context.Context, email, code, password string) (User, Session, error) {
	a := s.Accounts
	if err := newPassword(User{Email: email}, password); err != nil {
		return User{}, Session{}, err
	}
	c, err := a.Repository.Credentials(ctx, EmailKey(email))
	if ErrorCode(err) == ENOTFOUND {
		return User{}, Session{}, errReset
	}
	if err == nil {
		err = a.mayReset(ctx, c, code)
	}
	var user User
	if err == nil {
		user, err = a.User(ctx, c.UserID)
	}
	if err == nil {
		err = newPassword(user, password) // its names are known only now
	}
	if err != nil {
		return User{}, Session{}, err
	}
	return s.replacePassword(ctx, c, password, replacement{
		allowed: func(now Credentials) error { return a.mayReset(ctx, now, code) },
		then: func(user User) (User, error) {
			if !a.takesBack(user, code) {
				return user, nil
			}
			return a.ConfirmModerator(ctx, user, code)
		},
	})
}

// mayReset refuses codes other than those of ResetPassword.
func (a *Accounts) mayReset(ctx context.Context, c Credentials, code string) error {
	user, err := a.User(ctx, c.UserID)
	if err != nil {
		return err
	}
	same := subtle.ConstantTimeCompare([]byte(c.Reset), []byte(hashOfCode(code))) == 1
	byModerator := same && a.Now().Before(c.ResetUntil) && !user.Can(RoleModerator)
	if !byModerator && !a.takesBack(user, code) {
		return errReset
	}
	return user.Active()
}

// takesBack reports whether the code is that of a moderator that the settings
// name, and the account has not proved to be theirs.
func (a *Accounts) takesBack(user User, code string) bool {
	return a.Moderators.accepts(user.Email, code) && user.ModeratorProof != a.Moderators.proof(user.Email)
}

// newPassword refuses what is no good as another password of the account.
func newPassword(user User, password string) error {
	var problems []FieldError
	checkPassword("newPassword", password, knownTexts(user.Email, user.FirstName, user.LastName), &problems)
	return Invalid(problems...)
}

// replacement is what a replacement of a password depends on.
type replacement struct {
	// allowed is asked once the account is locked.
	allowed func(Credentials) error
	// then, if set, completes the account.
	then func(User) (User, error)
}

// replacePassword stores a password and begins a session. All other sessions
// end: before, so that a failure leaves none of the old password, and after,
// since a login that compared the old password just before it was replaced may
// have begun one in between. Login refuses those that come later.
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
	user, err := s.endAround(ctx, c.UserID, func() error { return a.Repository.ReplacePassword(ctx, c) })
	if err == nil && r.then != nil {
		user, err = r.then(user)
	}
	if err != nil {
		return User{}, Session{}, err
	}
	session, err := s.Begin(ctx, user)
	return user, session, err
}

// endAround ends all sessions of an account before a change, and after it.
func (s *Sessions) endAround(ctx context.Context, id uuid.UUID, change func() error) (User, error) {
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
