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

// ModeratorSettings name moderators, so that there is a first one. Anyone can
// register any e-mail: an account with one of these is a moderator only once it
// has proved, with the code of the address, that it is the person meant. The
// role is not stored, only the proof, so taking an address out of the settings
// or giving it another code takes the role away.
type ModeratorSettings struct {
	Emails []string
	// Codes are by e-mail. A code serves once.
	Codes map[string]string
	// TrustEmails lets the e-mail alone do: for a machine that nobody else can
	// reach.
	TrustEmails bool
}

// errModeratorCode does not tell which addresses have a code.
var errModeratorCode = Errorf(EREFUSED, "The code does not make this e-mail a moderator, or was used before")

// code gives the code of an address that the settings name.
func (s ModeratorSettings) code(email string) (string, bool) {
	if !s.names(email) {
		return "", false
	}
	for address, code := range s.Codes {
		if EmailKey(address) == EmailKey(email) && code != "" {
			return code, true
		}
	}
	return "", false
}

func (s ModeratorSettings) names(email string) bool {
	return slices.ContainsFunc(s.Emails, func(one string) bool { return EmailKey(one) == EmailKey(email) })
}

// accepts reports whether the code is that of the e-mail.
func (s ModeratorSettings) accepts(email, code string) bool {
	want, there := s.code(email)
	return there && subtle.ConstantTimeCompare([]byte(hashOfCode(want)), []byte(hashOfCode(code))) == 1
}

// proof is what an account keeps of its code.
func (s ModeratorSettings) proof(email string) string {
	code, there := s.code(email)
	if !there {
		return ""
	}
	return hashOfCode(code)
}

// makes reports whether the settings make the account a moderator.
func (s ModeratorSettings) makes(user User) bool {
	if !s.names(user.Email) {
		return false
	}
	proof := s.proof(user.Email)
	return s.TrustEmails || proof != "" && proof == user.ModeratorProof
}

// newCode is 128 random bits, for people to hand over.
func newCode() string { return rand.Text() }

// hashOfCode is what is stored of a code, which is too random to be guessed.
func hashOfCode(code string) string {
	sum := sha256.Sum256([]byte("killrvideo one-time code\x00" + strings.TrimSpace(code)))
	return hex.EncodeToString(sum[:])
}

// ConfirmModerator makes the caller's account a moderator by the code of its
// e-mail. Error: EREFUSED for another code.
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

// Moderator is an account that is one, and whether by the settings.
type Moderator struct {
	User
	BySetting bool
}

// ListModerators gives every moderator, whatever made them one.
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
			moderators = append(moderators, Moderator{user, a.Moderators.makes(user)})
		}
	}
	return moderators, nil
}

var (
	// errBootstrap keeps moderators from removing those that the owner named.
	errBootstrap = Errorf(EREFUSED, "This account is a moderator by the setting MODERATOR_EMAILS; take it out there")
	// errLastModerator keeps a system from having none.
	errLastModerator = Errorf(EREFUSED, "This is the last moderator that is active; make another one first")
)

// lockOfModerators is held by whoever takes the role from somebody, so that two
// moderators cannot take it from each other at the same time.
var lockOfModerators = uuid.NewSHA1(uuid.Nil, []byte("killrvideo moderators"))

// removing runs the removal of a moderator by another one or by themself, unless
// it is the last one that is active.
func (a *Accounts) removing(ctx context.Context, by, user User, remove func() error) error {
	if !user.Can(RoleModerator) {
		return remove()
	}
	unlock, err := a.Locks.Lock(ctx, lockOfModerators)
	if err != nil {
		return err
	}
	defer unlock()
	if left, err := a.leavesOne(ctx, by, user); err != nil {
		return err
	} else if !left {
		return errLastModerator
	}
	return remove()
}

// leavesOne reports whether there is an active moderator beside the user. Most
// often that is the one who acts, if they still are one.
func (a *Accounts) leavesOne(ctx context.Context, by, user User) (bool, error) {
	active := func(m User) bool { return m.ID != user.ID && m.Can(RoleModerator) && m.Active() == nil }
	if by.ID != user.ID {
		if now, err := a.User(ctx, by.ID); err != nil || active(now) {
			return err == nil, err
		}
	}
	moderators, err := a.ListModerators(ctx)
	return slices.ContainsFunc(moderators, func(m Moderator) bool { return active(m.User) }), err
}
