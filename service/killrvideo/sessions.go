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

// MaxAccessLifetime is the longest that an access token can be made to live.
const MaxAccessLifetime = 24 * time.Hour

// Session is what a login begins and what its tokens say about it. What it may
// do is decided by the account's row, which every request reads anyway; what is
// stored about it is two hashes, for refreshing alone.
type Session struct {
	// ID is zero in a token of another back end, which knows no sessions.
	ID     uuid.UUID
	UserID uuid.UUID
	// Epoch is the account's when the session began: the sessions of earlier
	// epochs have ended.
	Epoch int
	// Generation counts the refreshes. A refresh token serves once.
	Generation int
	// BeganAt is the login. ExpiresAt is when the session can be refreshed no
	// more; it is zero in a token of another back end.
	BeganAt, ExpiresAt time.Time
	// Secret is the session's own, Ticket that of one generation. A refresh token
	// is made of them and no key signs it: the repository knows their hashes. A
	// session that an access token names has neither.
	Secret, Ticket uuid.UUID
}

// SecretHash stands for everything about a session that stays the same.
func (s Session) SecretHash() uuid.UUID {
	return digest("session", s.ID, s.UserID, s.Epoch, s.BeganAt.Unix(), s.ExpiresAt.Unix(), s.Secret)
}

// TicketHash stands for one generation of a session.
func (s Session) TicketHash() uuid.UUID { return digest("ticket", s.ID, s.Generation, s.Ticket) }

func digest(parts ...any) uuid.UUID {
	sum := sha256.Sum256(fmt.Appendln(nil, parts...))
	return uuid.UUID(sum[:16])
}

// Next is the following generation, with a ticket of its own.
func (s Session) Next() Session {
	s.Generation++
	s.Ticket = uuid.New()
	return s
}

// Tokens are what a client holds of a session. ExpiresIn is the life of the
// access token.
type Tokens struct {
	Access, Refresh string
	ExpiresIn       time.Duration
}

// Revocation says that a session has ended. Until is when the last of its
// access tokens expires, so when it may be forgotten.
type Revocation struct {
	Session uuid.UUID
	Until   time.Time
}

// SessionRepository keeps what has to be known about sessions by every
// instance and after a restart.
type SessionRepository interface {
	// BeginSession stores the hashes of a session's first refresh token.
	BeginSession(ctx context.Context, s Session) error
	// UseRefreshToken notes that the token of this session and generation is
	// used up, and stores the hash of the next one. fresh is false if it was used
	// before, or the session has ended; of several that use one token at the same
	// time, at most one is fresh. Error: EUNAUTHORIZED for a session that was
	// never begun, or not with this secret; nothing is noted then.
	UseRefreshToken(ctx context.Context, s, next Session) (fresh bool, err error)
	// EndSession makes the session's tokens useless, for good and everywhere.
	EndSession(ctx context.Context, s Session, r Revocation) error
	// ForgetRevocations removes those of an account.
	ForgetRevocations(ctx context.Context, user uuid.UUID, past []Revocation) error
	// SetSessionEpoch ends all sessions of an account that began before.
	SetSessionEpoch(ctx context.Context, user uuid.UUID, epoch int) error
	// Sweep removes what is only about sessions and attempts of the past.
	Sweep(ctx context.Context) error
}

// Sessions begins, continues and ends sessions. All fields are required.
type Sessions struct {
	Repository SessionRepository
	Accounts   *Accounts
	// Lifetime is how long after its login a session can be refreshed.
	Lifetime time.Duration
	// ValidAfter ends all sessions that began before it; zero ends none.
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

// User gives the account of a session, which must not have ended, and which
// must be active. Errors: EUNAUTHORIZED, EFORBIDDEN, ENOTFOUND.
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

// Refresh gives the session's next generation. A refresh token that comes a
// second time is in two hands, so the whole session ends.
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

// End ends the session, or all sessions of the account. Of a session without
// an id all end: nothing tells it from the others.
func (s *Sessions) End(ctx context.Context, user User, session Session, everywhere bool) error {
	if everywhere || session.ID == uuid.Nil || session.ExpiresAt.IsZero() {
		return s.endAll(ctx, user)
	}
	return s.end(ctx, user, session)
}

// endAll ends every session of the account. What ended before needs no
// revocation of its own any more.
func (s *Sessions) endAll(ctx context.Context, user User) error {
	if err := s.Repository.SetSessionEpoch(ctx, user.ID, user.SessionEpoch+1); err != nil {
		return err
	}
	s.forget(ctx, user, user.Revocations)
	return nil
}

// MaxRevocations bounds what an account's row keeps about log-outs. Who logs
// out more often within MaxAccessLifetime is logged out everywhere.
const MaxRevocations = 64

func (s *Sessions) end(ctx context.Context, user User, session Session) error {
	now := s.Now()
	past := slices.DeleteFunc(slices.Clone(user.Revocations), func(r Revocation) bool { return now.Before(r.Until) })
	if len(user.Revocations)-len(past) >= MaxRevocations {
		return s.endAll(ctx, user)
	}
	// The longest life that any configuration gives, since another instance, or
	// this one before its settings changed, may have given it. A minute more, for
	// clocks that differ.
	until := now.Add(MaxAccessLifetime + time.Minute).UTC().Truncate(time.Second)
	if err := s.Repository.EndSession(ctx, session, Revocation{Session: session.ID, Until: until}); err != nil {
		return err
	}
	s.forget(ctx, user, past)
	return nil
}

// forget removes revocations that have no effect any more.
func (s *Sessions) forget(ctx context.Context, user User, past []Revocation) {
	if len(past) == 0 {
		return
	}
	if err := s.Repository.ForgetRevocations(ctx, user.ID, past); err != nil {
		// They only take room, and the next log-out tries again.
		s.Log.WarnContext(ctx, "past revocations stay", "user", user.ID, "error", err)
	}
}

// sweepEvery is how often what has expired is looked for.
const sweepEvery = 6 * time.Hour

// Run removes what has expired until ctx ends. What there is to do can wait:
// it begins some time after the start, when others need the data store more.
func (s *Sessions) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	first := time.NewTimer(sweepEvery / 24)
	defer first.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-first.C:
		}
		if err := s.Repository.Sweep(ctx); err != nil {
			s.Log.WarnContext(ctx, "expired sessions not removed", "error", err)
		}
	}
}

func (u User) revoked(session uuid.UUID) bool {
	return session != uuid.Nil && slices.ContainsFunc(u.Revocations, func(r Revocation) bool { return r.Session == session })
}
