package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestModeratorsAreListedByTheirRoles(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	ada, grace := account("ada@example.com"), account("grace@example.com")
	grace.Roles = []killrvideo.Role{killrvideo.RoleViewer, killrvideo.RoleModerator}
	for _, user := range []killrvideo.User{ada, grace} {
		if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, users ...killrvideo.User) {
		t.Helper()
		got, err := s.Accounts.Moderators(t.Context())
		missing := slices.ContainsFunc(users, func(u killrvideo.User) bool { return !slices.Contains(got, u.ID) })
		if err != nil || len(got) != len(users) || missing {
			t.Errorf("%s: %v %v", what, got, err)
		}
	}
	want("registered as one", grace)
	for range 2 { // idempotent
		if err := s.Accounts.UpdateRoles(t.Context(), ada.ID, []killrvideo.Role{killrvideo.RoleModerator}); err != nil {
			t.Fatal(err)
		}
	}
	want("made one", ada, grace)
	for _, roles := range [][]killrvideo.Role{{killrvideo.RoleViewer}, nil} {
		if err := s.Accounts.UpdateRoles(t.Context(), grace.ID, roles); err != nil {
			t.Fatal(err)
		}
	}
	want("no longer one", ada)
	if found, err := s.Accounts.FindUsers(t.Context(), "moderator", killrvideo.Page{Number: 1, Size: 10}); err != nil || len(found) != 0 {
		t.Errorf("found by the role: %v %v", found, err)
	}
}

func TestReplacingAPasswordRemovesResetCodeAndClients(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := account("ada@example.com")
	if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
		t.Fatal(err)
	}
	want := killrvideo.Credentials{
		EmailKey: "ada@example.com", UserID: user.ID, PasswordHash: "hash", Reset: "hash of a code", ResetUntil: march(3),
		Clients: []killrvideo.KnownClient{{Mark: "one", At: march(1)}},
	}
	for _, err := range []error{s.Accounts.UpdateClients(t.Context(), want, want.Clients), s.Accounts.SetReset(t.Context(), want)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Accounts.Credentials(t.Context(), "ada@example.com")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	want = killrvideo.Credentials{EmailKey: want.EmailKey, UserID: user.ID, PasswordHash: "another hash"}
	if err := s.Accounts.ReplacePassword(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err = s.Accounts.Credentials(t.Context(), "ada@example.com")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestAProofIsPartOfTheAccount(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := account("ada@example.com")
	user.ModeratorProof = "of the registration"
	if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
		t.Fatal(err)
	}
	wantUser(t, s, user)
	user.ModeratorProof = "of a code"
	if err := s.Accounts.SetModeratorProof(t.Context(), user.ID, user.ModeratorProof); err != nil {
		t.Fatal(err)
	}
	wantUser(t, s, user)
}
