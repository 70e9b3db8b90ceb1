package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

var _ killrvideo.SessionRepository = (*Store)(nil)

// tokenRow says that the refresh token of a generation was used, and with
// generation begun that a session began. The claim is the hash of the next
// generation's token, of the session's secret in the row of the beginning.
type tokenRow struct {
	Bucket     string    `json:"bucket"`
	Session    uuid.UUID `json:"session"`
	Generation int       `json:"generation"`
	Claim      uuid.UUID `json:"claim"`
	UserID     uuid.UUID `json:"userid"`
}

// begun is the generation of a session's beginning: every token is of a later
// one. ended is that of a session that is over: no token is.
const begun, ended = -1, math.MaxInt32

func bucketOf(s killrvideo.Session) string { return bucket(s.ExpiresAt, s.ID[:]) }

// BeginSession implements killrvideo.SessionRepository.
func (s *Store) BeginSession(ctx context.Context, session killrvideo.Session) error {
	rows := []tokenRow{
		{bucketOf(session), session.ID, begun, session.SecretHash(), session.UserID},
		{bucketOf(session), session.ID, session.Generation - 1, session.TicketHash(), session.UserID},
	}
	_, err := s.table(ctx, schema.RefreshTokens).InsertMany(ctx, rows)
	return failed(err, fmt.Sprintf("begin session %s", session.ID))
}

// UseRefreshToken implements killrvideo.SessionRepository. Only a token with
// the session's secret leaves a row: an attacker who knows a session's id alone can
// neither continue nor end it. As with e-mails (see CreateUser) each user of a
// token writes a row of its own and reads then: of two, whoever reads later sees
// both. Both may see both, and both are refused then.
func (s *Store) UseRefreshToken(ctx context.Context, session, next killrvideo.Session) (fresh bool, err error) {
	before, err := s.tokenRows(ctx, session)
	if err != nil {
		return false, err
	}
	if !holds(before, begun, session.SecretHash()) {
		return false, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Could not validate credentials: unknown session")
	}
	if !holds(before, session.Generation-1, session.TicketHash()) {
		return false, nil // used before, or made up by a holder of an older one
	}
	mine := tokenRow{bucketOf(session), session.ID, session.Generation, next.TicketHash(), session.UserID}
	if _, err := s.table(ctx, schema.RefreshTokens).InsertOne(ctx, mine); err != nil {
		return false, failed(err, fmt.Sprintf("note the use of a token of session %s", session.ID))
	}
	all, err := s.tokenRows(ctx, session)
	if err != nil {
		return false, err
	}
	for _, other := range all {
		if other.Generation >= mine.Generation && other.Claim != mine.Claim {
			return false, nil
		}
	}
	s.forgetTokens(ctx, all, session)
	return true, nil
}

func (s *Store) tokenRows(ctx context.Context, session killrvideo.Session) (all []tokenRow, err error) {
	slice := filter.F{"bucket": bucketOf(session), "session": session.ID}
	err = s.table(ctx, schema.RefreshTokens).Find(slice).DecodeAll(ctx, &all)
	return all, failed(err, fmt.Sprintf("read the used tokens of session %s", session.ID))
}

func holds(rows []tokenRow, generation int, claim uuid.UUID) bool {
	return slices.ContainsFunc(rows, func(r tokenRow) bool { return r.Generation == generation && r.Claim == claim })
}

// forgetTokens removes what the last use made useless: the rows of earlier
// generations, but not that of the beginning.
func (s *Store) forgetTokens(ctx context.Context, all []tokenRow, used killrvideo.Session) {
	secret := used.SecretHash()
	for _, old := range all {
		if old.Generation >= used.Generation || old.Claim == secret {
			continue
		}
		row := filter.F{"bucket": old.Bucket, "session": old.Session, "generation": old.Generation, "claim": old.Claim}
		if err := s.table(ctx, schema.RefreshTokens).DeleteOne(ctx, row); err != nil {
			s.config.Log.WarnContext(ctx, "a used refresh token stays noted", "session", old.Session, "error", err)
		}
	}
}

// EndSession implements killrvideo.SessionRepository. First no more tokens are
// given, then those that were given are refused.
func (s *Store) EndSession(ctx context.Context, session killrvideo.Session, r killrvideo.Revocation) error {
	row := tokenRow{bucketOf(session), session.ID, ended, session.ID, session.UserID}
	if _, err := s.table(ctx, schema.RefreshTokens).InsertOne(ctx, row); err != nil {
		return failed(err, fmt.Sprintf("end session %s", session.ID))
	}
	return s.updateUser(ctx, session.UserID, update.Table().Push("revoked_sessions", textOf(r)))
}

// ForgetRevocations implements killrvideo.SessionRepository.
func (s *Store) ForgetRevocations(ctx context.Context, user uuid.UUID, past []killrvideo.Revocation) error {
	texts := make([]any, len(past))
	for i, r := range past {
		texts[i] = textOf(r)
	}
	return s.updateUser(ctx, user, update.Table().PullAll("revoked_sessions", texts...))
}

// SetSessionEpoch implements killrvideo.SessionRepository.
func (s *Store) SetSessionEpoch(ctx context.Context, user uuid.UUID, epoch int) error {
	return s.updateUser(ctx, user, update.Table().Set("session_epoch", epoch))
}

// textOf is a revocation as a member of a set of texts: when it may be
// forgotten, in seconds, and whose it is.
func textOf(r killrvideo.Revocation) string {
	return strconv.FormatInt(r.Until.Unix(), 10) + "/" + r.Session.String()
}

// revocations leaves out what it cannot read: nothing of ours.
func revocations(texts []string) []killrvideo.Revocation {
	var all []killrvideo.Revocation
	for _, text := range texts {
		until, session, _ := strings.Cut(text, "/")
		seconds, err := strconv.ParseInt(until, 10, 64)
		id, idErr := uuid.Parse(session)
		if err == nil && idErr == nil {
			all = append(all, killrvideo.Revocation{Session: id, Until: time.Unix(seconds, 0).UTC()})
		}
	}
	return all
}
