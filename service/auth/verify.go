package auth

import (
	"errors"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Verify gives the session that an access token belongs to; the id of the
// session is zero if the token names none. Its errors are EUNAUTHORIZED, with
// messages that clients of the contract know.
//
// A token must carry an expiry. Issuer and audience are checked if it names
// them: official back ends sign tokens without, under the same key. A token of
// the previous key is held to all that we set, see Previous.
func (s *KeySet) Verify(token string) (killrvideo.Session, error) {
	parsed := &claims{}
	t, err := s.parser().ParseWithClaims(token, parsed, s.keyOf)
	if err == nil {
		err = s.meantForUs(parsed)
	}
	if err == nil && s.signedBefore(t) {
		err = s.previous.issued(parsed)
	}
	if err != nil {
		return killrvideo.Session{}, refusal(err)
	}
	return parsed.session()
}

func (*KeySet) meantForUs(c *claims) error {
	if c.Issuer != "" && c.Issuer != Issuer {
		return jwt.ErrTokenInvalidIssuer
	}
	if len(c.Audience) > 0 && !slices.Contains(c.Audience, Audience) {
		return jwt.ErrTokenInvalidAudience
	}
	return nil
}

func (c *claims) session() (killrvideo.Session, error) {
	if c.Subject == "" {
		return killrvideo.Session{}, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Invalid token: Subject missing")
	}
	id, err := uuid.Parse(c.Subject)
	if err != nil {
		return killrvideo.Session{}, killrvideo.Wrap(err, killrvideo.EUNAUTHORIZED, "Invalid token: Subject is not a valid UUID")
	}
	session := killrvideo.Session{ID: c.Session, UserID: id, Epoch: c.Epoch, Generation: c.Generation}
	if c.SessionEnd != nil {
		session.ExpiresAt = c.SessionEnd.UTC()
	}
	return session, nil
}

func (s *KeySet) parser() *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(s.now),
		jwt.WithStrictDecoding(),
	)
}

var errUnknownKey = errors.New("the token was signed with a key that is not in force")

// keyOf is the key that the token's kid names. A token without one can only be
// of the key in use: those of the previous key all name it.
func (s *KeySet) keyOf(token *jwt.Token) (any, error) {
	switch kid, named := token.Header["kid"].(string); {
	case !named || kid == s.currentID:
		return s.current, nil
	case s.signedBefore(token) && s.now().Before(s.previous.VerifiesUntil):
		return []byte(s.previous.Key), nil
	}
	return nil, errUnknownKey
}

// signedBefore says whether the token names the previous key.
func (s *KeySet) signedBefore(token *jwt.Token) bool {
	kid, named := token.Header["kid"].(string)
	return named && s.previous.Key != "" && kid != s.currentID && kid == KeyID([]byte(s.previous.Key))
}

// refusal words err for the client. A token that is expired and well signed
// says so; nothing else tells more than the kind of fault.
func refusal(err error) error {
	if errors.Is(err, jwt.ErrTokenExpired) {
		return killrvideo.Wrap(err, killrvideo.EUNAUTHORIZED, "Token has expired")
	}
	for _, kind := range faults {
		if errors.Is(err, kind.err) {
			return killrvideo.Wrap(err, killrvideo.EUNAUTHORIZED, "Could not validate credentials: "+kind.text)
		}
	}
	return killrvideo.Wrap(err, killrvideo.EUNAUTHORIZED, "Could not validate credentials: invalid token")
}

var faults = []struct {
	err  error
	text string
}{
	{errUnknownKey, "unknown signing key"},
	{errNotIssued, "not a token that the previous signing key issued"},
	{jwt.ErrTokenMalformed, "malformed token"},
	{jwt.ErrTokenSignatureInvalid, "signature verification failed"},
	{jwt.ErrTokenRequiredClaimMissing, "the expiry claim is missing"},
	{jwt.ErrTokenUsedBeforeIssued, "the token was issued in the future"},
	{jwt.ErrTokenInvalidIssuer, "issuer mismatch"},
	{jwt.ErrTokenInvalidAudience, "audience mismatch"},
}

// Bearer takes the token out of an Authorization header. ok is false for a
// header of another scheme, or without a token.
func Bearer(header string) (token string, ok bool) {
	scheme, token, found := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, found && token != "" && strings.EqualFold(scheme, "bearer")
}
