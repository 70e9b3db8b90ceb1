package store_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// All locked credentials are found, without a warning of the Data API and without claims
// of e-mails.
func TestLockedCredentialsAreFound(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	const many = 60 // more than fit into one answer
	locked := map[uuid.UUID]bool{}
	for i := range many + 5 {
		user := account(fmt.Sprintf("person%d@example.com", i))
		if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
			t.Fatal(err)
		}
		if i < many {
			locked[user.ID] = true
			if err := s.Accounts.LockCredentials(t.Context(), killrvideo.Credentials{EmailKey: user.Email, UserID: user.ID}, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	trace := filter.F{"email": "unknown@example.com", "userid": uuid.New()}
	if err := db.Table(schema.UserCredentials).UpdateOne(t.Context(), trace, update.Table().Set("account_locked", true)); err != nil {
		t.Fatal(err)
	}
	found, err := s.Accounts.LockedCredentials(t.Context())
	if err != nil || len(found) != many {
		t.Errorf("%d found, %v", len(found), err)
	}
	for _, c := range found {
		if !locked[c.UserID] || !c.Locked || c.PasswordHash != "hash" {
			t.Errorf("%+v", c)
		}
	}
	for _, c := range found {
		if err := s.Accounts.LockCredentials(t.Context(), c, false); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := s.Accounts.LockedCredentials(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("unlocked, and yet %d are found, %v", len(found), err)
	}
}

// An update of an unknown account creates no credentials and no usable account.
func TestStatusAndRolesOfAnAccount(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := account("ada@example.com")
	if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
		t.Fatal(err)
	}
	for _, status := range killrvideo.AccountStatuses() {
		if err := s.Accounts.UpdateStatus(t.Context(), user.ID, status); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Accounts.User(t.Context(), user.ID); err != nil || got.AccountStatus != status {
			t.Errorf("%s: %+v %v", status, got, err)
		}
	}
	for _, roles := range [][]killrvideo.Role{{killrvideo.RoleModerator}, nil, {killrvideo.RoleCreator, killrvideo.RoleViewer}} {
		if err := s.Accounts.UpdateRoles(t.Context(), user.ID, roles); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Accounts.User(t.Context(), user.ID); err != nil || len(got.Roles) != len(roles) {
			t.Errorf("%v: %+v %v", roles, got.Roles, err)
		}
	}
}
