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
// them: official back ends sign tokens without, under the same key.
func (s *KeySet) Verify(token string) (killrvideo.Session, error) {
	return s.verify(token, func(c *claims) error {
		if len(c.Audience) > 0 && !slices.Contains(c.Audience, Audience) {
			return jwt.ErrTokenInvalidAudience
		}
		return nil
	})
}

// VerifyRefresh gives the session that a refresh token continues. Only tokens
// of ours are refresh tokens.
func (s *KeySet) VerifyRefresh(token string) (killrvideo.Session, error) {
	return s.verify(token, func(c *claims) error {
		if !slices.Contains(c.Audience, RefreshAudience) || c.Session == uuid.Nil || c.Generation < 0 {
			return jwt.ErrTokenInvalidAudience
		}
		return nil
	})
}

func (s *KeySet) verify(token string, meantFor func(*claims) error) (killrvideo.Session, error) {
	parsed := &claims{}
	_, err := s.parser().ParseWithClaims(token, parsed, s.candidates)
	if err == nil && parsed.Issuer != "" && parsed.Issuer != Issuer {
		err = jwt.ErrTokenInvalidIssuer
	}
	if err == nil {
		err = meantFor(parsed)
	}
	if err != nil {
		return killrvideo.Session{}, refusal(err)
	}
	if parsed.Subject == "" {
		return killrvideo.Session{}, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Invalid token: Subject missing")
	}
	id, err := uuid.Parse(parsed.Subject)
	if err != nil {
		return killrvideo.Session{}, killrvideo.Wrap(err, killrvideo.EUNAUTHORIZED, "Invalid token: Subject is not a valid UUID")
	}
	return killrvideo.Session{
		ID: parsed.Session, UserID: id, Epoch: parsed.Epoch, Generation: parsed.Generation, ExpiresAt: parsed.ExpiresAt.UTC(),
	}, nil
}

func (s *KeySet) parser() *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(s.now),
		jwt.WithStrictDecoding(),
	)
}

var errUnknownKey = errors.New("the token was signed with a key that is not in force")

// candidates are the keys that may have signed the token: the one its kid
// names, or all of them if it has none.
func (s *KeySet) candidates(token *jwt.Token) (any, error) {
	kid, named := token.Header["kid"].(string)
	if named {
		key, ok := s.keys[kid]
		if !ok {
			return nil, errUnknownKey
		}
		return key, nil
	}
	set := jwt.VerificationKeySet{}
	for _, key := range s.keys {
		set.Keys = append(set.Keys, key)
	}
	return set, nil
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
