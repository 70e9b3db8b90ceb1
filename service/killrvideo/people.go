package killrvideo

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// MaxFound is how many people a search finds at most.
const MaxFound = 20

// SearchUsers finds people by the beginning of a name or of the e-mail, in any
// case; the newest ones for an empty text.
func (a *Accounts) SearchUsers(ctx context.Context, text string) ([]User, error) {
	ids, err := a.Repository.FindUsers(ctx, strings.ToLower(strings.TrimSpace(text)), MaxFound)
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

// SearchWords are what a user is found by, in lower case.
func (u User) SearchWords() []string {
	var words []string
	for _, text := range []string{u.FirstName, u.LastName, u.FirstName + " " + u.LastName, u.Email} {
		if text = strings.ToLower(strings.TrimSpace(text)); text != "" && !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return words
}

// SetModerator makes somebody a moderator, or no longer one. What is so
// already stays so. Errors: ENOTFOUND; EREFUSED for revoking somebody who is a
// moderator by the service's settings.
func (a *Accounts) SetModerator(ctx context.Context, id uuid.UUID, is bool) (User, error) {
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	roles := slices.DeleteFunc(slices.Clone(user.Roles), func(r Role) bool { return r == RoleModerator })
	if is {
		roles = append(roles, RoleModerator)
	} else if a.isBootstrap(user) {
		return User{}, Errorf(EREFUSED, "This account is a moderator by the setting MODERATOR_EMAILS; take it out there")
	}
	if len(roles) != len(user.Roles) {
		if err := a.Repository.UpdateRoles(ctx, id, roles); err != nil {
			return User{}, err
		}
	}
	user.Roles = roles
	return a.withBootstrapRole(user), nil
}

// SetStatus suspends an account or brings it back. It takes effect with the
// next request, whatever tokens are about.
func (a *Accounts) SetStatus(ctx context.Context, id uuid.UUID, status string) (User, error) {
	if !slices.Contains([]string{AccountActive, AccountInactive, AccountSuspended}, status) {
		return User{}, Invalid(FieldError{In: "body", Field: "accountStatus", Message: "must be active, inactive or suspended"})
	}
	user, err := a.Repository.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	if err := a.Repository.UpdateStatus(ctx, id, status); err != nil {
		return User{}, err
	}
	user.AccountStatus = status
	return a.withBootstrapRole(user), nil
}

func (a *Accounts) isBootstrap(user User) bool {
	return slices.ContainsFunc(a.ModeratorEmails, func(email string) bool {
		return EmailKey(email) == EmailKey(user.Email)
	})
}
