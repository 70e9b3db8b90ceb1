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
	keys      map[string][]byte
	lifetime  time.Duration
	now       func() time.Time
}

// NewKeySet makes a KeySet whose tokens live for lifetime. previous may be
// empty; now is time.Now outside of tests.
func NewKeySet(current, previous string, lifetime time.Duration, now func() time.Time) (*KeySet, error) {
	if current == "" {
		return nil, errors.New("no key to sign tokens with: set JWT_SECRET_KEY")
	}
	set := &KeySet{currentID: KeyID([]byte(current)), lifetime: lifetime, now: now}
	set.keys = map[string][]byte{set.currentID: []byte(current)}
	if previous != "" {
		set.keys[KeyID([]byte(previous))] = []byte(previous)
	}
	return set, nil
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

type claims struct {
	Roles []killrvideo.Role `json:"roles"`
	jwt.RegisteredClaims
}

// Sign gives a token for the user. Its roles are for the client to show; the
// service reads them again from the user's row.
func (s *KeySet) Sign(user killrvideo.User) (string, error) {
	now := s.now()
	roles := user.Roles
	if roles == nil {
		roles = []killrvideo.Role{}
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{Roles: roles, RegisteredClaims: jwt.RegisteredClaims{
		Subject: user.ID.String(), Issuer: Issuer, Audience: jwt.ClaimStrings{Audience}, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(s.lifetime)),
	}})
	token.Header["kid"] = s.currentID
	signed, err := token.SignedString(s.keys[s.currentID])
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed, nil
}
