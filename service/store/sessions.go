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

// Sessions implements killrvideo.SessionRepository.
type Sessions struct {
	*db
	accounts *Accounts
}

var _ killrvideo.SessionRepository = (*Sessions)(nil)

// tokenRow records the use of the refresh token of a generation: the claim is the
// hash of the next generation's ticket. The row of generation begun records the
// beginning of a session: its claim is the hash of the session's secret.
type tokenRow struct {
	Bucket     string    `json:"bucket"`
	Session    uuid.UUID `json:"session"`
	Generation int       `json:"generation"`
	Claim      uuid.UUID `json:"claim"`
	UserID     uuid.UUID `json:"userid"`
}

// begun is lower, and ended higher, than the generation of any token.
const begun, ended = -1, math.MaxInt32

func bucketOf(s killrvideo.Session) string { return bucket(s.ExpiresAt, s.ID[:]) }

// BeginSession implements killrvideo.SessionRepository.
func (s *Sessions) BeginSession(ctx context.Context, session killrvideo.Session) error {
	rows := []tokenRow{
		{bucketOf(session), session.ID, begun, session.SecretHash(), session.UserID},
		{bucketOf(session), session.ID, session.Generation - 1, session.TicketHash(), session.UserID},
	}
	_, err := s.table(ctx, schema.RefreshTokens).InsertMany(ctx, rows)
	return failed(err, fmt.Sprintf("begin session %s", session.ID))
}

// UseRefreshToken implements killrvideo.SessionRepository. The use of a token is
// a contest in which every claim is final, see [contest]: of two concurrent uses
// at least one loses, and both do if each reads the other's claim. Only a token
// with the session's secret leaves a claim: the id of a session alone neither
// continues nor ends it.
func (s *Sessions) UseRefreshToken(ctx context.Context, session, next killrvideo.Session) (fresh bool, err error) {
	before, err := s.tokenRows(ctx, session)
	if err != nil {
		return false, err
	}
	if !holds(before, begun, session.SecretHash()) {
		return false, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Could not validate credentials: unknown session")
	}
	if !holds(before, session.Generation-1, session.TicketHash()) {
		return false, nil // used before, or forged by a holder of an older one
	}
	mine := tokenRow{bucketOf(session), session.ID, session.Generation, next.TicketHash(), session.UserID}
	var all []tokenRow
	won, err := s.contend(ctx, contest{
		mine: claim{id: mine.Claim},
		write: func(ctx context.Context) error {
			return failed(s.insert(ctx, schema.RefreshTokens, mine), fmt.Sprintf("store the use of a token of session %s", session.ID))
		},
		read: func(ctx context.Context) (uses []claim, err error) {
			all, err = s.tokenRows(ctx, session)
			for _, row := range all {
				if row.Generation >= mine.Generation {
					uses = append(uses, claim{id: row.Claim, final: true})
				}
			}
			return uses, err
		},
	})
	if won {
		s.deleteUsed(ctx, all, session)
	}
	return won, err
}

func (s *Sessions) tokenRows(ctx context.Context, session killrvideo.Session) (all []tokenRow, err error) {
	slice := filter.F{"bucket": bucketOf(session), "session": session.ID}
	err = s.table(ctx, schema.RefreshTokens).Find(slice).DecodeAll(ctx, &all)
	return all, failed(err, fmt.Sprintf("read the used tokens of session %s", session.ID))
}

func holds(rows []tokenRow, generation int, claim uuid.UUID) bool {
	return slices.ContainsFunc(rows, func(r tokenRow) bool { return r.Generation == generation && r.Claim == claim })
}

// deleteUsed deletes the rows of earlier generations, except that of the
// session's beginning.
func (s *Sessions) deleteUsed(ctx context.Context, all []tokenRow, used killrvideo.Session) {
	secret := used.SecretHash()
	for _, old := range all {
		if old.Generation >= used.Generation || old.Claim == secret {
			continue
		}
		row := filter.F{"bucket": old.Bucket, "session": old.Session, "generation": old.Generation, "claim": old.Claim}
		if err := s.table(ctx, schema.RefreshTokens).DeleteOne(ctx, row); err != nil {
			s.log.WarnContext(ctx, "the row of a used refresh token is not deleted", "session", old.Session, "error", err)
		}
	}
}

// EndSession implements killrvideo.SessionRepository. First no further tokens are
// issued, then the issued ones are refused.
func (s *Sessions) EndSession(ctx context.Context, session killrvideo.Session, r killrvideo.Revocation) error {
	row := tokenRow{bucketOf(session), session.ID, ended, session.ID, session.UserID}
	if _, err := s.table(ctx, schema.RefreshTokens).InsertOne(ctx, row); err != nil {
		return failed(err, fmt.Sprintf("end session %s", session.ID))
	}
	return s.accounts.updateUser(ctx, session.UserID, update.Table().Push("revoked_sessions", textOf(r)))
}

// ForgetRevocations implements killrvideo.SessionRepository.
func (s *Sessions) ForgetRevocations(ctx context.Context, user uuid.UUID, past []killrvideo.Revocation) error {
	texts := make([]any, len(past))
	for i, r := range past {
		texts[i] = textOf(r)
	}
	return s.accounts.updateUser(ctx, user, update.Table().PullAll("revoked_sessions", texts...))
}

// SetSessionEpoch implements killrvideo.SessionRepository.
func (s *Sessions) SetSessionEpoch(ctx context.Context, user uuid.UUID, epoch int) error {
	return s.accounts.updateUser(ctx, user, update.Table().Set("session_epoch", epoch))
}

// textOf encodes a revocation as "SECONDS/SESSION": when it may be removed, and
// the session that ended.
func textOf(r killrvideo.Revocation) string {
	return strconv.FormatInt(r.Until.Unix(), 10) + "/" + r.Session.String()
}

// revocations skips texts that textOf did not make.
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
