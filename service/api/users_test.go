package api

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestUserHasEveryKey(t *testing.T) {
	t.Parallel()
	got := object(t, viewUser(&killrvideo.User{ID: uuid.New()}))
	if last, ok := got["lastLoginDate"]; !ok || last != nil {
		t.Errorf("lastLoginDate is %v, %v", last, ok)
	}
	if roles, ok := got["roles"].([]any); !ok || len(roles) != 0 {
		t.Errorf("roles are %v", got["roles"])
	}
	seen := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if got := object(t, viewUser(&killrvideo.User{LastLoginDate: seen})); got["lastLoginDate"] != "2026-03-01T12:00:00Z" {
		t.Errorf("lastLoginDate is %v", got["lastLoginDate"])
	}
}

func TestRegistrationAnswersWithASession(t *testing.T) {
	t.Parallel()
	user := killrvideo.User{ID: uuid.New(), Email: "ada@example.com"}
	got := object(t, registered{"Ada", "Lovelace", user.Email, user.ID, session{Token: "generated", User: viewUser(&user)}})
	for _, name := range []string{"firstName", "lastName", "email", "userId", "token", "user"} {
		if got[name] == nil {
			t.Errorf("%s is missing in %v", name, got)
		}
	}
}
