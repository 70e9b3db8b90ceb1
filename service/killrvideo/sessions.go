package killrvideo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
)

// MaxAccessLifetime is the longest lifetime of an access token that can be configured.
const MaxAccessLifetime = 24 * time.Hour

// Session is a session, as its tokens say. Authorization is by the account's row, which
// every request reads; two hashes are stored about the session, for refreshing.
type Session struct {
	// ID is zero in a token of a back end without sessions.
	ID     uuid.UUID
	UserID uuid.UUID
	// Epoch is the account's epoch at the beginning of the session. Sessions of earlier
	// epochs have ended.
	Epoch int
	// Generation counts the refreshes. A refresh token is valid once.
	Generation int
	// BeganAt is the login. ExpiresAt is the end of refreshing; it is zero in a token of
	// another back end.
	BeganAt, ExpiresAt time.Time
	// Secret is random for each session, Ticket for each generation. A refresh token
	// consists of them and is not signed: their hashes are stored. A session of an
	// access token has neither.
	Secret, Ticket uuid.UUID
}

// SecretHash is a hash of all constant fields of a session.
func (s Session) SecretHash() uuid.UUID {
	return digest("session", s.ID, s.UserID, s.Epoch, s.BeganAt.Unix(), s.ExpiresAt.Unix(), s.Secret)
}

// TicketHash is a hash of one generation of a session.
func (s Session) TicketHash() uuid.UUID { return digest("ticket", s.ID, s.Generation, s.Ticket) }

func digest(parts ...any) uuid.UUID {
	sum := sha256.Sum256(fmt.Appendln(nil, parts...))
	return uuid.UUID(sum[:16])
}

// Next is the next generation, with a new ticket.
func (s Session) Next() Session {
	s.Generation++
	s.Ticket = uuid.New()
	return s
}

// Tokens are the tokens of a session. ExpiresIn is the lifetime of the access token.
type Tokens struct {
	Access, Refresh string
	ExpiresIn       time.Duration
}

// Revocation is the end of a session. Until is when the last of its access tokens
// expires; then the revocation can be removed.
type Revocation struct {
	Session uuid.UUID
	Until   time.Time
}

// SessionRepository stores sessions for all instances.
type SessionRepository interface {
	// BeginSession stores the hashes of a session's first refresh token.
	BeginSession(ctx context.Context, s Session) error
	// UseRefreshToken stores that the token of this session and generation is used, and
	// the hash of the next one. fresh is false if it was used before or the session has
	// ended; of concurrent uses of a token at most one is fresh. Error: EUNAUTHORIZED
	// for an unknown session or a wrong secret; then nothing is stored.
	UseRefreshToken(ctx context.Context, s, next Session) (fresh bool, err error)
	// EndSession invalidates the session's tokens, on all instances.
	EndSession(ctx context.Context, s Session, r Revocation) error
	// ForgetRevocations removes revocations of an account.
	ForgetRevocations(ctx context.Context, user uuid.UUID, past []Revocation) error
	// SetSessionEpoch ends all sessions of an account with an earlier epoch.
	SetSessionEpoch(ctx context.Context, user uuid.UUID, epoch int) error
}

// Sessions begins, continues and ends sessions. All fields are required.
type Sessions struct {
	Repository SessionRepository
	Accounts   *Accounts
	// Lifetime is how long after its login a session can be refreshed.
	Lifetime time.Duration
	// ValidAfter ends all sessions that began before it, unless it is zero.
	ValidAfter time.Time
	Now        func() time.Time
	Log        *slog.Logger
}

// errEnded is the answer to the tokens of a session that has ended.
var errEnded = Errorf(EUNAUTHORIZED, "Session has ended. Please log in again.")

// Begin stores a new session of the account.
func (s *Sessions) Begin(ctx context.Context, user User) (Session, error) {
	now := s.Now().UTC().Truncate(time.Second)
	session := Session{
		ID: uuid.New(), UserID: user.ID, Epoch: user.SessionEpoch, BeganAt: now, ExpiresAt: now.Add(s.Lifetime),
		Secret: uuid.New(), Ticket: uuid.New(),
	}
	return session, s.Repository.BeginSession(ctx, session)
}

// User returns the account of a session. Errors: EUNAUTHORIZED if the session has ended,
// EFORBIDDEN if the account is not active, ENOTFOUND.
func (s *Sessions) User(ctx context.Context, session Session) (User, error) {
	user, err := s.Accounts.User(ctx, session.UserID)
	if err != nil {
		return User{}, err
	}
	if session.Epoch < user.SessionEpoch || user.revoked(session.ID) {
		return User{}, errEnded
	}
	return user, user.Active()
}

// Refresh returns the session's next generation. A second use of a refresh token ends
// the session: the token may be stolen.
func (s *Sessions) Refresh(ctx context.Context, session Session) (User, Session, error) {
	if session.BeganAt.Before(s.ValidAfter) {
		return User{}, Session{}, errEnded
	}
	user, err := s.User(ctx, session)
	if err != nil {
		return User{}, Session{}, err
	}
	if c, err := s.Accounts.Repository.Credentials(ctx, EmailKey(user.Email)); err != nil && ErrorCode(err) != ENOTFOUND {
		return User{}, Session{}, err
	} else if err != nil {
		return User{}, Session{}, errEnded
	} else if c.Locked {
		return User{}, Session{}, errLocked
	}
	next := session.Next()
	fresh, err := s.Repository.UseRefreshToken(ctx, session, next)
	if err != nil {
		return User{}, Session{}, err
	}
	if !fresh {
		s.Log.WarnContext(ctx, "a refresh token was used twice; its session ends", "user", user.ID, "session", session.ID)
		if err := s.end(ctx, user, session); err != nil {
			return User{}, Session{}, err
		}
		return User{}, Session{}, errEnded
	}
	return user, next, nil
}

// End ends the session, or all sessions of the account. A session without an id cannot be
// told from others, so all end.
func (s *Sessions) End(ctx context.Context, user User, session Session, everywhere bool) error {
	if everywhere || session.ID == uuid.Nil || session.ExpiresAt.IsZero() {
		return s.endAll(ctx, user)
	}
	return s.end(ctx, user, session)
}

// endAll ends all sessions of the account. Earlier revocations are no longer needed.
func (s *Sessions) endAll(ctx context.Context, user User) error {
	if err := s.Repository.SetSessionEpoch(ctx, user.ID, user.SessionEpoch+1); err != nil {
		return err
	}
	s.forget(ctx, user, user.Revocations)
	return nil
}

// MaxRevocations bounds the revocations in an account's row. More log-outs within
// MaxAccessLifetime end all sessions.
const MaxRevocations = 64

func (s *Sessions) end(ctx context.Context, user User, session Session) error {
	now := s.Now()
	past := slices.DeleteFunc(slices.Clone(user.Revocations), func(r Revocation) bool { return now.Before(r.Until) })
	if len(user.Revocations)-len(past) >= MaxRevocations {
		return s.endAll(ctx, user)
	}
	// The longest lifetime of any configuration: another instance, or this one with
	// other settings, may have issued the tokens. A minute more, for clocks that differ.
	until := now.Add(MaxAccessLifetime + time.Minute).UTC().Truncate(time.Second)
	if err := s.Repository.EndSession(ctx, session, Revocation{Session: session.ID, Until: until}); err != nil {
		return err
	}
	s.forget(ctx, user, past)
	return nil
}

// forget removes revocations that are no longer needed.
func (s *Sessions) forget(ctx context.Context, user User, past []Revocation) {
	if len(past) == 0 {
		return
	}
	if err := s.Repository.ForgetRevocations(ctx, user.ID, past); err != nil {
		// They take space only, and the next log-out tries again.
		s.Log.WarnContext(ctx, "past revocations are not removed", "user", user.ID, "error", err)
	}
}

func (u User) revoked(session uuid.UUID) bool {
	return session != uuid.Nil && slices.ContainsFunc(u.Revocations, func(r Revocation) bool { return r.Session == session })
}
