package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
// previous one, so that a change of keys logs nobody out. Keys are the UTF-8
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

// CurrentKeyID is the KeyID of the key that signs.
func (s *KeySet) CurrentKeyID() string { return s.currentID }

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
