package store

import (
	"context"
	"fmt"
	"math"
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

// tokenRow says that a refresh token was used, by whom tells the claim.
type tokenRow struct {
	Bucket     string    `json:"bucket"`
	Session    uuid.UUID `json:"session"`
	Generation int       `json:"generation"`
	Claim      uuid.UUID `json:"claim"`
	UserID     uuid.UUID `json:"userid"`
}

// ended is the generation of a session that is over: no token is of a later one.
const ended = math.MaxInt32

func bucketOf(s killrvideo.Session) string { return bucket(s.ExpiresAt, s.ID[:]) }

// UseRefreshToken implements killrvideo.SessionRepository. As with e-mails
// (see CreateUser) each user of a token writes a row of its own and reads then:
// of two, whoever reads later sees both. Both may see both, and both are
// refused then.
func (s *Store) UseRefreshToken(ctx context.Context, session killrvideo.Session) (fresh bool, err error) {
	mine := tokenRow{bucketOf(session), session.ID, session.Generation, uuid.New(), session.UserID}
	if _, err := s.table(ctx, schema.RefreshTokens).InsertOne(ctx, mine); err != nil {
		return false, failed(err, fmt.Sprintf("note the use of a token of session %s", session.ID))
	}
	var all []tokenRow
	slice := filter.F{"bucket": mine.Bucket, "session": mine.Session}
	if err := s.table(ctx, schema.RefreshTokens).Find(slice).DecodeAll(ctx, &all); err != nil {
		return false, failed(err, fmt.Sprintf("read the used tokens of session %s", session.ID))
	}
	for _, other := range all {
		if other.Generation >= mine.Generation && other.Claim != mine.Claim {
			return false, nil
		}
	}
	s.forgetTokens(ctx, all, mine)
	return true, nil
}

// forgetTokens removes the rows of earlier generations: the last one says it all.
func (s *Store) forgetTokens(ctx context.Context, all []tokenRow, last tokenRow) {
	for _, old := range all {
		if old.Generation >= last.Generation {
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
