package killrvideo

import (
	"context"
	"slices"
	"strings"
)

// PageOfUsers is the default page size of a search for users.
const PageOfUsers = 20

// maxSearched is longer, in bytes, than any name or e-mail.
const maxSearched = 1024

// SearchUsers finds a page of users by a prefix of a name or of the e-mail, in any case;
// the newest users for an empty text.
func (a *Accounts) SearchUsers(ctx context.Context, text string, page Page) ([]User, error) {
	if len(text) > maxSearched {
		return nil, nil
	}
	ids, err := a.Repository.FindUsers(ctx, strings.ToLower(strings.TrimSpace(text)), page)
	if err != nil {
		return nil, err
	}
	known, err := a.Repository.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	users := make([]User, 0, len(ids))
	for _, id := range ids {
		if user, ok := known[id]; ok {
			users = append(users, a.withBootstrapRole(user))
		}
	}
	return users, nil
}

// SearchWords are the texts that find a user, in lower case.
func (u User) SearchWords() []string {
	var words []string
	for _, text := range []string{u.FirstName, u.LastName, u.FirstName + " " + u.LastName, u.Email} {
		if text = strings.ToLower(strings.TrimSpace(text)); text != "" && !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return words
}
