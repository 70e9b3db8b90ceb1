// Package auth hashes passwords, and signs and verifies tokens. It knows no HTTP
// and no storage. It does not decide what a user is allowed to do: roles are read
// from the user's row, never from a token.
package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Issuer and Audience are the iss and aud claims of the tokens we sign.
const (
	Issuer   = "killrvideo"
	Audience = "killrvideo-api"
)

// leeway forgives clocks that differ a little between instances.
const leeway = 5 * time.Second

// KeySet signs tokens with one key and verifies them with that and the
// previous one, so that a rotation ends no session. Keys are the UTF-8
// bytes of the settings as they are, never decoded.
type KeySet struct {
	currentID string
	current   []byte
	previous  Previous
	lifetime  time.Duration
	now       func() time.Time
}

// NewKeySet makes a KeySet whose tokens live for lifetime. previous may be
// zero; now is time.Now outside of tests.
func NewKeySet(current string, previous Previous, lifetime time.Duration, now func() time.Time) (*KeySet, error) {
	if current == "" {
		return nil, errors.New("no key to sign tokens with: set JWT_SECRET_KEY")
	}
	return &KeySet{currentID: KeyID([]byte(current)), current: []byte(current), previous: previous, lifetime: lifetime, now: now}, nil
}

// KeyID names a key without telling anything about it: the first 16
// hexadecimal digits, in lower case, of SHA-256("killrvideo-jwt-kid" + a zero
// byte + the bytes of the key). It is the kid of the tokens the key signs.
func KeyID(key []byte) string {
	sum := sha256.Sum256(append([]byte("killrvideo-jwt-kid\x00"), key...))
	return hex.EncodeToString(sum[:])[:16]
}

// claims of an access token: those of the official back ends, the recommended
// ones, and which session it belongs to.
type claims struct {
	Roles      []killrvideo.Role `json:"roles,omitzero"`
	Session    uuid.UUID         `json:"sid,omitzero"`
	SessionEnd *jwt.NumericDate  `json:"session_exp,omitempty"`
	Epoch      int               `json:"epoch,omitempty"`
	Generation int               `json:"generation,omitempty"`
	jwt.RegisteredClaims
}

// Sign gives the tokens of a session. The roles in the access token are for the
// client to show; the service reads them again from the user's row.
func (s *KeySet) Sign(user killrvideo.User, session killrvideo.Session) (killrvideo.Tokens, error) {
	now := s.now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Roles: append([]killrvideo.Role{}, user.Roles...), Session: session.ID, SessionEnd: jwt.NewNumericDate(session.ExpiresAt),
		Epoch: session.Epoch, Generation: session.Generation,
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: session.UserID.String(), Issuer: Issuer, Audience: jwt.ClaimStrings{Audience}, ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(s.lifetime)),
		},
	})
	token.Header["kid"] = s.currentID
	access, err := token.SignedString(s.current)
	if err != nil {
		return killrvideo.Tokens{}, fmt.Errorf("sign a token: %w", err)
	}
	refresh, err := encodeRefresh(session)
	if err != nil {
		return killrvideo.Tokens{}, fmt.Errorf("encode a refresh token: %w", err)
	}
	return killrvideo.Tokens{Access: access, Refresh: refresh, ExpiresIn: s.lifetime}, nil
}

// Previous is a key that no longer signs but still verifies, within bounds: a
// leaked one must not go on forging.
type Previous struct {
	// Key is empty if there is none.
	Key string
	// IssuedUntil is the latest that an instance may have signed with it.
	// VerifiesUntil is when the last token signed with it has expired.
	IssuedUntil, VerifiesUntil time.Time
}

var errNotIssued = errors.New("the previous key cannot have signed this token")

// issued says whether a rotation can have left this token behind: it was signed
// while the key was in use, lives no longer than a token can, and has every
// claim that we always set.
func (p Previous) issued(c *claims) error {
	complete := c.Issuer == Issuer && slices.Contains(c.Audience, Audience) && c.ID != "" && c.Session != uuid.Nil &&
		c.SessionEnd != nil && c.Roles != nil && c.IssuedAt != nil && c.ExpiresAt != nil
	if !complete || c.IssuedAt.After(p.IssuedUntil) || c.ExpiresAt.Sub(c.IssuedAt.Time) > killrvideo.MaxAccessLifetime {
		return errNotIssued
	}
	return nil
}
