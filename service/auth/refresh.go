package auth

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// refreshVersion is the first byte of a refresh token.
const refreshVersion = 1

// refreshToken is a session as its refresh token carries it, in base64url. No
// key signs it: the repository knows the hashes of both secrets, which cover
// everything else. So a signing key can neither forge one nor end one when it
// is replaced.
type refreshToken struct {
	Version            uint8
	Session, User      uuid.UUID
	Epoch, Generation  uint32
	BeganAt, ExpiresAt int64 // seconds since 1970
	Secret, Ticket     uuid.UUID
}

func encodeRefresh(s killrvideo.Session) (string, error) {
	raw, err := binary.Append(nil, binary.BigEndian, refreshToken{
		Version: refreshVersion, Session: s.ID, User: s.UserID, Epoch: uint32(s.Epoch), Generation: uint32(s.Generation),
		BeganAt: s.BeganAt.Unix(), ExpiresAt: s.ExpiresAt.Unix(), Secret: s.Secret, Ticket: s.Ticket,
	})
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// VerifyRefresh gives the session that a refresh token continues. Whether the
// token is genuine and unused is for the repository to say. Errors are
// EUNAUTHORIZED.
func (s *KeySet) VerifyRefresh(token string) (killrvideo.Session, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	var t refreshToken
	if err != nil || len(raw) != binary.Size(t) || raw[0] != refreshVersion {
		return killrvideo.Session{}, refusal(jwt.ErrTokenMalformed)
	}
	if _, err := binary.Decode(raw, binary.BigEndian, &t); err != nil {
		return killrvideo.Session{}, refusal(jwt.ErrTokenMalformed)
	}
	session := killrvideo.Session{
		ID: t.Session, UserID: t.User, Epoch: int(int32(t.Epoch)), Generation: int(int32(t.Generation)),
		BeganAt: time.Unix(t.BeganAt, 0).UTC(), ExpiresAt: time.Unix(t.ExpiresAt, 0).UTC(), Secret: t.Secret, Ticket: t.Ticket,
	}
	switch {
	case session.ID == uuid.Nil || session.Generation < 0:
		return killrvideo.Session{}, refusal(jwt.ErrTokenMalformed)
	case s.now().After(session.ExpiresAt.Add(leeway)):
		return killrvideo.Session{}, refusal(jwt.ErrTokenExpired)
	}
	return session, nil
}
