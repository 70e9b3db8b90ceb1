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

// Issuer is the iss claim of the tokens we sign. Audience is the aud claim of
// access tokens, RefreshAudience of refresh tokens: neither serves as the other.
const (
	Issuer          = "killrvideo"
	Audience        = "killrvideo-api"
	RefreshAudience = "killrvideo-refresh"
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

// claims of an access token: those of the official back ends, the recommended
// ones, and which session it belongs to. A refresh token has no roles.
type claims struct {
	Roles      []killrvideo.Role `json:"roles,omitzero"`
	Session    uuid.UUID         `json:"sid,omitzero"`
	Epoch      int               `json:"epoch,omitempty"`
	Generation int               `json:"generation,omitempty"`
	jwt.RegisteredClaims
}

// Sign gives the tokens of a session. The roles in the access token are for the
// client to show; the service reads them again from the user's row.
func (s *KeySet) Sign(user killrvideo.User, session killrvideo.Session) (killrvideo.Tokens, error) {
	now := s.now()
	roles := append([]killrvideo.Role{}, user.Roles...)
	access, err := s.sign(session, Audience, now, now.Add(s.lifetime), roles)
	if err != nil {
		return killrvideo.Tokens{}, err
	}
	refresh, err := s.sign(session, RefreshAudience, now, session.ExpiresAt, nil)
	return killrvideo.Tokens{Access: access, Refresh: refresh, ExpiresIn: s.lifetime}, err
}

func (s *KeySet) sign(session killrvideo.Session, audience string, now, expiry time.Time, roles []killrvideo.Role) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Roles: roles, Session: session.ID, Epoch: session.Epoch, Generation: session.Generation,
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: session.UserID.String(), Issuer: Issuer, Audience: jwt.ClaimStrings{audience}, ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expiry),
		},
	})
	token.Header["kid"] = s.currentID
	signed, err := token.SignedString(s.keys[s.currentID])
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed, nil
}
