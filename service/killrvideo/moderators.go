package killrvideo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// ModeratorSettings name the first moderators. Anyone can register any e-mail: an account
// with one of these is a moderator once it has confirmed the code of the address. The
// role is not stored, only the proof, so removing the address from the settings or
// changing its code revokes the role.
type ModeratorSettings struct {
	Emails []string
	// Codes are by e-mail. A code is valid once.
	Codes map[string]string
	// TrustEmails requires no code: for a machine that only its user can reach.
	TrustEmails bool
}

// errModeratorCode does not reveal which addresses have a code.
var errModeratorCode = Errorf(EREFUSED, "The code does not make this e-mail a moderator, or was used before")

// code returns the code of an address that the settings name.
func (s ModeratorSettings) code(email string) (string, bool) {
	if !s.contain(email) {
		return "", false
	}
	for address, code := range s.Codes {
		if EmailKey(address) == EmailKey(email) && code != "" {
			return code, true
		}
	}
	return "", false
}

func (s ModeratorSettings) contain(email string) bool {
	return slices.ContainsFunc(s.Emails, func(one string) bool { return EmailKey(one) == EmailKey(email) })
}

// accepts reports whether the code is that of the e-mail, in constant time.
func (s ModeratorSettings) accepts(email, code string) bool {
	want, there := s.code(email)
	return there && subtle.ConstantTimeCompare([]byte(hashOfCode(want)), []byte(hashOfCode(code))) == 1
}

// proof is the hash of the code of an e-mail.
func (s ModeratorSettings) proof(email string) string {
	code, there := s.code(email)
	if !there {
		return ""
	}
	return hashOfCode(code)
}

// include reports whether the account is a moderator by the settings.
func (s ModeratorSettings) include(user User) bool {
	if !s.contain(user.Email) {
		return false
	}
	proof := s.proof(user.Email)
	return s.TrustEmails || proof != "" && proof == user.ModeratorProof
}

// newCode is a code of 128 random bits.
func newCode() string { return rand.Text() }

// hashOfCode is the stored hash of a code, which is too random to be guessed.
func hashOfCode(code string) string {
	sum := sha256.Sum256([]byte("killrvideo one-time code\x00" + strings.TrimSpace(code)))
	return hex.EncodeToString(sum[:])
}

// ConfirmModerator makes the caller's account a moderator by the code of its e-mail.
// Error: EREFUSED for a wrong code.
func (a *Accounts) ConfirmModerator(ctx context.Context, user User, code string) (User, error) {
	if !a.Moderators.accepts(user.Email, code) {
		return User{}, errModeratorCode
	}
	if err := a.audit(ctx, user, user.ID, "confirm moderator", "by a code"); err != nil {
		return User{}, err
	}
	user.ModeratorProof = a.Moderators.proof(user.Email)
	if err := a.Repository.SetModeratorProof(ctx, user.ID, user.ModeratorProof); err != nil {
		return User{}, err
	}
	return a.withBootstrapRole(user), nil
}

// Moderator is an account of a moderator, by the settings or by its roles.
type Moderator struct {
	User
	BySetting bool
}

// ListModerators returns all moderators, by their roles or by the settings.
func (a *Accounts) ListModerators(ctx context.Context) ([]Moderator, error) {
	ids, err := a.Repository.Moderators(ctx)
	if err != nil {
		return nil, err
	}
	for _, email := range a.Moderators.Emails {
		c, err := a.Repository.Credentials(ctx, EmailKey(email))
		if err != nil && ErrorCode(err) != ENOTFOUND {
			return nil, err
		}
		if err == nil && !slices.Contains(ids, c.UserID) {
			ids = append(ids, c.UserID)
		}
	}
	users, err := a.Repository.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	moderators := []Moderator{}
	for _, id := range ids {
		user := a.withBootstrapRole(users[id])
		if user.ID == id && user.Can(RoleModerator) {
			moderators = append(moderators, Moderator{user, a.Moderators.include(user)})
		}
	}
	return moderators, nil
}

var (
	// errBootstrap protects the moderators that the settings name.
	errBootstrap = Errorf(EREFUSED, "This account is a moderator by the setting MODERATOR_EMAILS; take it out there")
	// errLastModerator protects the last moderator.
	errLastModerator = Errorf(EREFUSED, "This is the last moderator that is active; make another one first")
)

// lockOfModerators is held while a moderator is removed, so that two moderators cannot
// remove each other at the same time.
var lockOfModerators = uuid.NewSHA1(uuid.Nil, []byte("killrvideo moderators"))

// unlessLastModerator calls remove, unless the user is the last active moderator.
func (a *Accounts) unlessLastModerator(ctx context.Context, by, user User, remove func() error) error {
	if !user.Can(RoleModerator) {
		return remove()
	}
	unlock, err := a.Locks.Lock(ctx, lockOfModerators)
	if err != nil {
		return err
	}
	defer unlock()
	if left, err := a.anotherModeratorIsActive(ctx, by, user); err != nil {
		return err
	} else if !left {
		return errLastModerator
	}
	return remove()
}

// anotherModeratorIsActive reports whether an active moderator remains without the user.
// Usually that is the one who acts.
func (a *Accounts) anotherModeratorIsActive(ctx context.Context, by, user User) (bool, error) {
	active := func(m User) bool { return m.ID != user.ID && m.Can(RoleModerator) && m.Active() == nil }
	if by.ID != user.ID {
		if now, err := a.User(ctx, by.ID); err != nil || active(now) {
			return err == nil, err
		}
	}
	moderators, err := a.ListModerators(ctx)
	return slices.ContainsFunc(moderators, func(m Moderator) bool { return active(m.User) }), err
}
