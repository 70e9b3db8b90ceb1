package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// userWordRow finds a user by one word. The partition is the word's first
// letter, in alphabetical order, so all words with a prefix are adjacent.
type userWordRow struct {
	Letter string    `json:"letter"`
	Word   string    `json:"word"`
	UserID uuid.UUID `json:"userid"`
}

// newestUsers is the partition of all users. Its words sort later users first.
const newestUsers = "*"

func userWord(word string, user uuid.UUID) userWordRow {
	return userWordRow{string([]rune(word)[:1]), word, user}
}

func newestWord(created time.Time) string {
	return fmt.Sprintf("%016x", uint64(1<<62)-uint64(created.UnixMilli()))
}

func wordRows(u killrvideo.User) []userWordRow {
	var rows []userWordRow
	for _, word := range u.SearchWords() {
		rows = append(rows, userWord(word, u.ID))
	}
	return rows
}

// insertSearchWords makes a new user findable.
func (s *Accounts) insertSearchWords(ctx context.Context, u killrvideo.User) error {
	rows := append(wordRows(u), userWordRow{newestUsers, newestWord(u.CreatedDate), u.ID})
	if slices.Contains(u.Roles, killrvideo.RoleModerator) {
		rows = append(rows, moderatorRow(u.ID))
	}
	_, err := s.table(ctx, schema.UserWords).InsertMany(ctx, rows)
	return failed(err, fmt.Sprintf("store the search words of user %s", u.ID))
}

// replaceSearchWords makes a user findable by changed names.
func (s *Accounts) replaceSearchWords(ctx context.Context, before, after killrvideo.User) error {
	if _, err := s.table(ctx, schema.UserWords).InsertMany(ctx, wordRows(after)); err != nil {
		return failed(err, fmt.Sprintf("store the search words of user %s", after.ID))
	}
	for _, word := range before.SearchWords() {
		if slices.Contains(after.SearchWords(), word) {
			continue
		}
		row := userWord(word, before.ID)
		err := s.table(ctx, schema.UserWords).DeleteOne(ctx, filter.F{"letter": row.Letter, "word": row.Word, "userid": row.UserID})
		if err != nil {
			return failed(err, fmt.Sprintf("delete an old search word of user %s", before.ID))
		}
	}
	return nil
}

// maxFoundUsers bounds how far the pages of a search reach. A user has at most
// maxUserWords words.
const (
	maxFoundUsers = 1000
	maxUserWords  = 4
)

// FindUsers implements killrvideo.UserRepository with one call for every fifty
// words up to the end of the page.
func (s *Accounts) FindUsers(ctx context.Context, prefix string, page killrvideo.Page) ([]uuid.UUID, error) {
	skip := page.Offset()
	if skip >= maxFoundUsers {
		return nil, nil
	}
	find, rows := filter.F{"letter": newestUsers}, skip+page.Size
	if prefix != "" {
		find = filter.F{
			"letter": string([]rune(prefix)[:1]),
			"word":   filter.F{"$gte": prefix, "$lt": prefix + "\U0010FFFF"},
		}
		rows *= maxUserWords
	}
	var ids []uuid.UUID
	seen := map[uuid.UUID]bool{}
	cursor := s.table(ctx, schema.UserWords).Find(find, options.TableFind().SetLimit(rows))
	for len(seen) < skip+page.Size && cursor.Next(ctx) {
		var row userWordRow
		if err := cursor.Decode(&row); err != nil {
			return nil, failed(err, "read a word that finds a user")
		}
		if seen[row.UserID] {
			continue
		}
		seen[row.UserID] = true
		if len(seen) > skip {
			ids = append(ids, row.UserID)
		}
	}
	return ids, failed(cursor.Err(), "find users")
}
