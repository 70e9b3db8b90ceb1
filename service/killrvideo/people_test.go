package killrvideo_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// findable answers every search with the same ids, and records the searches.
type findable struct {
	*users
	ids       []uuid.UUID
	beginning string
	page      killrvideo.Page
	fail      error
}

func (f *findable) FindUsers(_ context.Context, beginning string, page killrvideo.Page) ([]uuid.UUID, error) {
	f.beginning, f.page = beginning, page
	return f.ids, f.fail
}

func TestUsersAreInTheOrderOfTheSearch(t *testing.T) {
	t.Parallel()
	a, repository, _ := newAccounts()
	found := &findable{users: repository}
	a.Repository = found
	var want []string
	for _, name := range []string{"Zoe", "Ada", "Grace"} {
		user := killrvideo.User{ID: uuid.New(), FirstName: name, Email: name + "@example.com"}
		if name == "Grace" {
			user.ModeratorProof = proofOfGrace(t)
		}
		repository.byID[user.ID] = user
		found.ids, want = append(found.ids, user.ID, uuid.New()), append(want, name) // every other is gone
	}
	users, err := a.SearchUsers(t.Context(), " ZoË ", killrvideo.Page{Number: 2, Size: 7})
	var got []string
	for _, user := range users {
		got = append(got, user.FirstName)
		if user.Can(killrvideo.RoleModerator) != (user.FirstName == "Grace") {
			t.Errorf("%s has the roles %v", user.FirstName, user.Roles)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if found.beginning != "zoë" || found.page != (killrvideo.Page{Number: 2, Size: 7}) {
		t.Errorf("looked for page %v of what begins with %q", found.page, found.beginning)
	}
	repository.fail = errDown
	if _, err := a.SearchUsers(t.Context(), "", killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("accounts cannot be read: %v", err)
	}
	found.fail = errDown
	if _, err := a.SearchUsers(t.Context(), "", killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("no user can be found: %v", err)
	}
}

func TestSearchWordsOfUsers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		user killrvideo.User
		want []string
	}{
		"names and e-mail": {
			killrvideo.User{FirstName: "Ada", LastName: "Lovelace", Email: "Ada@example.com"},
			[]string{"ada", "lovelace", "ada lovelace", "ada@example.com"},
		},
		"one name only":  {killrvideo.User{FirstName: " Ada "}, []string{"ada"}},
		"twice the same": {killrvideo.User{FirstName: "Ada", LastName: "ADA"}, []string{"ada", "ada ada"}},
		"nothing at all": {killrvideo.User{}, nil},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, test.user.SearchWords()); diff != "" {
			t.Error(name, diff)
		}
	}
}

func TestTooLongTextsAreNotQueried(t *testing.T) {
	t.Parallel()
	a := &killrvideo.Accounts{} // a call panics
	if found, err := a.SearchUsers(t.Context(), strings.Repeat("x", 70_000), killrvideo.Page{}); err != nil || len(found) != 0 {
		t.Errorf("%v %v", found, err)
	}
}
