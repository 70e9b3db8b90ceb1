package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// moderators is the partition of user_words that lists the moderators by role.
// It is longer than a letter, so it is no partition of words.
const moderators = "#moderators"

func moderatorRow(user uuid.UUID) userWordRow {
	return userWordRow{moderators, string(killrvideo.RoleModerator), user}
}

// UpdateRoles implements killrvideo.UserRepository. A moderator is
// listed before the role is stored and until it is removed: the list may have
// too many entries, never too few.
func (s *Accounts) UpdateRoles(ctx context.Context, id uuid.UUID, roles []killrvideo.Role) error {
	is, row := slices.Contains(roles, killrvideo.RoleModerator), moderatorRow(id)
	if is {
		if err := s.insert(ctx, schema.UserWords, row); err != nil {
			return failed(err, fmt.Sprintf("list moderator %s", id))
		}
	}
	change := update.Table().Set("roles", roles)
	if len(roles) == 0 {
		change = update.Table().Unset("roles")
	}
	if err := s.updateUser(ctx, id, change); err != nil || is {
		return err
	}
	key := filter.F{"letter": row.Letter, "word": row.Word, "userid": row.UserID}
	return failed(s.table(ctx, schema.UserWords).DeleteOne(ctx, key), fmt.Sprintf("take %s off the list of moderators", id))
}

// Moderators implements killrvideo.UserRepository with one call for every fifty.
func (s *Accounts) Moderators(ctx context.Context) ([]uuid.UUID, error) {
	var rows []userWordRow
	if err := s.table(ctx, schema.UserWords).Find(filter.Eq("letter", moderators)).DecodeAll(ctx, &rows); err != nil {
		return nil, failed(err, "read which users are moderators")
	}
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.UserID
	}
	return ids, nil
}
