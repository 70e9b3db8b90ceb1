package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// Accounts implements killrvideo.UserRepository: accounts, their credentials and
// the words that find them.
type Accounts struct{ *db }

var _ killrvideo.UserRepository = (*Accounts)(nil)

type userRow struct {
	UserID        uuid.UUID         `json:"userid"`
	Email         string            `json:"email"`
	FirstName     string            `json:"firstname"`
	LastName      string            `json:"lastname"`
	AccountStatus string            `json:"account_status"`
	Roles         []killrvideo.Role `json:"roles,omitempty"`
	CreatedDate   time.Time         `json:"created_date"`
	LastLoginDate *time.Time        `json:"last_login_date,omitempty"`

	ModeratorProof string `json:"moderator_proof,omitempty"`

	SessionEpoch    int      `json:"session_epoch,omitempty"`
	RevokedSessions []string `json:"revoked_sessions,omitempty"`
}

// user accepts incomplete rows: missing names are empty, not an error, so that
// one row cannot break a list.
func (r userRow) user() killrvideo.User {
	user := killrvideo.User{
		ID: r.UserID, Email: r.Email, FirstName: r.FirstName, LastName: r.LastName,
		AccountStatus: r.AccountStatus, Roles: slices.Clone(r.Roles), CreatedDate: r.CreatedDate.UTC(),
		ModeratorProof: r.ModeratorProof, SessionEpoch: r.SessionEpoch, Revocations: revocations(r.RevokedSessions),
	}
	if r.LastLoginDate != nil {
		user.LastLoginDate = r.LastLoginDate.UTC()
	}
	return user
}

func rowOfUser(u killrvideo.User) userRow {
	row := userRow{
		UserID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		AccountStatus: u.AccountStatus, Roles: u.Roles, CreatedDate: u.CreatedDate,
		ModeratorProof: u.ModeratorProof,
	}
	if !u.LastLoginDate.IsZero() {
		row.LastLoginDate = &u.LastLoginDate
	}
	return row
}

// User implements killrvideo.UserRepository.
func (s *Accounts) User(ctx context.Context, id uuid.UUID) (killrvideo.User, error) {
	var row userRow
	err := s.table(ctx, schema.Users).FindOne(ctx, filter.Eq("userid", id)).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		return killrvideo.User{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "User not found")
	}
	if err != nil {
		return killrvideo.User{}, failed(err, fmt.Sprintf("read user %s", id))
	}
	return row.user(), nil
}

// maxIn is how many values the Data API takes in one $in.
const maxIn = 100

// withoutSessions excludes columns that only the account's own requests need and
// that grow with its log-outs.
var withoutSessions = map[string]any{"revoked_sessions": false, "session_epoch": false}

// Users implements killrvideo.UserRepository.
func (s *Accounts) Users(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]killrvideo.User, error) {
	users := make(map[uuid.UUID]killrvideo.User, len(ids))
	for some := range slices.Chunk(ids, maxIn) {
		var rows []userRow
		cursor := s.table(ctx, schema.Users).Find(filter.In("userid", some), options.TableFind().SetProjection(withoutSessions))
		if err := cursor.DecodeAll(ctx, &rows); err != nil {
			return nil, failed(err, fmt.Sprintf("read %d users", len(some)))
		}
		for _, row := range rows {
			users[row.UserID] = row.user()
		}
	}
	return users, nil
}

// UpdateNames implements killrvideo.UserRepository.
func (s *Accounts) UpdateNames(ctx context.Context, before, after killrvideo.User) error {
	if err := s.replaceSearchWords(ctx, before, after); err != nil {
		return err
	}
	return s.updateUser(ctx, after.ID, update.Table().Set("firstname", after.FirstName).Set("lastname", after.LastName))
}

// UpdateStatus implements killrvideo.UserRepository.
func (s *Accounts) UpdateStatus(ctx context.Context, id uuid.UUID, status string) error {
	return s.updateUser(ctx, id, update.Table().Set("account_status", status))
}

// SetModeratorProof implements killrvideo.UserRepository.
func (s *Accounts) SetModeratorProof(ctx context.Context, id uuid.UUID, proof string) error {
	return s.updateUser(ctx, id, update.Table().Set("moderator_proof", proof))
}

// UpdateLastLogin implements killrvideo.UserRepository.
func (s *Accounts) UpdateLastLogin(ctx context.Context, id uuid.UUID, at time.Time) error {
	return s.updateUser(ctx, id, update.Table().Set("last_login_date", at))
}

func (s *Accounts) updateUser(ctx context.Context, id uuid.UUID, change *update.TableUpdateBuilder) error {
	err := s.table(ctx, schema.Users).UpdateOne(ctx, filter.Eq("userid", id), change)
	return failed(err, fmt.Sprintf("update user %s", id))
}
