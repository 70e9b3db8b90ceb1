package seed

import (
	"fmt"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Password opens every account of the sample data. It is for a laptop's
// embedded database and says so itself.
const Password = "killrvideo-on-my-laptop"

// Known are the accounts to log in with, the first of the People.
func Known() []string {
	return []string{"viewer@example.com", "creator@example.com", "moderator@example.com", "suspended@example.com"}
}

var known = []struct {
	first, last, status string
	roles               []killrvideo.Role
}{
	{"Vera", "Viewer", killrvideo.AccountActive, []killrvideo.Role{killrvideo.RoleViewer}},
	{"Carl", "Creator", killrvideo.AccountActive, []killrvideo.Role{killrvideo.RoleViewer, killrvideo.RoleCreator}},
	{"Mona", "Moderator", killrvideo.AccountActive, []killrvideo.Role{killrvideo.RoleViewer, killrvideo.RoleCreator,
		killrvideo.RoleModerator}},
	{"Sam", "Suspended", killrvideo.AccountSuspended, []killrvideo.Role{killrvideo.RoleViewer}},
}

var (
	firstNames = strings.Fields(`Ada Amir Anna Bea Bruno Chen Dara Eli Emeka Fatima Finn Greta Hana Hugo Ines Ivan
		Jana Jonas Kaito Kofi Lena Liam Lucia Malik Marta Mei Nadia Noah Olga Omar Paulo Priya Quinn Rosa Ravi
		Sofia Tariq Tess Uma Viktor Wanda Xavier Yara Yusuf Zoe`)
	lastNames = strings.Fields(`Abbott Almeida Banerjee Berger Castillo Cohen Dubois Eriksen Farah Fischer Garcia
		Haddad Hansen Ibrahim Ito Jensen Kaya Kim Kowalski Larsen Lopez Mbeki Moreau Nakamura Novak Okafor Olsen
		Patel Petrov Quist Rossi Sato Schmidt Silva Tanaka Torres Ueda Varga Walsh Weber Yilmaz Zhang`)
)

// Person is the account with number i. One in six submits videos.
func (s *Set) Person(i int) killrvideo.User {
	r := source("person", i)
	user := killrvideo.User{
		ID: id(r), AccountStatus: killrvideo.AccountActive, Roles: []killrvideo.Role{killrvideo.RoleViewer},
		CreatedDate: s.now.Add(-History - time.Duration(r.Int64N(int64(History)))).Truncate(time.Millisecond),
	}
	if i < len(known) {
		k := known[i]
		user.Email, user.FirstName, user.LastName = Known()[i], k.first, k.last
		user.AccountStatus, user.Roles = k.status, k.roles
		return user
	}
	user.FirstName, user.LastName = pick(r, firstNames), pick(r, lastNames)
	user.Email = fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(user.FirstName), strings.ToLower(user.LastName), i)
	if s.creator(i) {
		user.Roles = []killrvideo.Role{killrvideo.RoleViewer, killrvideo.RoleCreator}
	}
	return user
}

// Locked reports whether account i is locked: none is.
func (*Set) Locked(int) bool { return false }

// Known are accounts to log in with: a viewer, a creator and a moderator.
func (*Set) Known() []string { return Known()[:3] }

// Notes say what is missing: nothing.
func (*Set) Notes() []string { return nil }

// creator reports whether account i submits videos.
func (s *Set) creator(i int) bool { return i == 1 || i >= len(known) && i%6 == 0 }
