package official

import (
	"fmt"
	"slices"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

var userColumns = []string{"userid", "created_date", "email", "firstname", "lastname", "account_status", "last_login_date"}

func (r *reader) readUsers() error {
	emails := map[string]string{}
	return r.each(usersFile, userColumns, func(at row) error {
		user := userOf(&at)
		key := killrvideo.EmailKey(user.Email)
		if at.err != nil {
			return at.err
		}
		if _, twice := r.users[user.ID]; twice {
			return fmt.Errorf("%s: user %s is there a second time; remove one of the lines", at.place(), user.ID)
		}
		if first, twice := emails[key]; twice {
			return fmt.Errorf("%s: %s has the same e-mail, %s; an e-mail is one account's", at.place(), first, user.Email)
		}
		emails[key] = at.place()
		r.users[user.ID] = len(r.data.people)
		r.data.people = append(r.data.people, user)
		return nil
	})
}

func userOf(at *row) killrvideo.User {
	user := killrvideo.User{
		ID: at.id("userid"), CreatedDate: at.date("created_date"),
		FirstName: at.text("firstname"), LastName: at.text("lastname"), AccountStatus: at.text("account_status"),
		Roles: []killrvideo.Role{killrvideo.RoleViewer},
	}
	email, ok := killrvideo.ParseEmail(at.text("email"))
	if !ok {
		at.wrong("email", "an e-mail address")
	}
	user.Email = email
	if at.text("last_login_date") != "" {
		user.LastLoginDate = at.date("last_login_date")
	}
	states := []string{killrvideo.AccountActive, killrvideo.AccountInactive, killrvideo.AccountSuspended}
	if !slices.Contains(states, user.AccountStatus) {
		at.wrong("account_status", "active, inactive or suspended")
	}
	return user
}

// readCredentials takes no more than which accounts are locked: the passwords
// are hashes of unknown passwords.
func (r *reader) readCredentials() error {
	return r.each(credentialsFile, []string{"userid", "account_locked"}, func(at row) error {
		id, locked := at.id("userid"), at.yes("account_locked")
		if at.err != nil {
			return at.err
		}
		if _, known := r.users[id]; !known {
			r.leave(at, "credentials of users who are not in "+usersFile)
			return nil
		}
		r.data.locked[id] = locked
		return nil
	})
}
