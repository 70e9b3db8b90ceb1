package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestModerationHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, token := s.user(t, killrvideo.RoleCreator)
	_, moderator := s.user(t, killrvideo.RoleModerator)
	video := s.video(t, owner, "Flagged")
	flag := func(name, body string, status int, fields, has string) request {
		return request{name, "POST", "/api/v1/flags", body, status, fields, has}
	}
	about := `"contentType":"video","contentId":"` + video + `"`
	s.answers(t, token, []request{
		flag("with a text", `{`+about+`,"reasonCode":"spam","reasonText":"look"}`, 201, "", `"reasonText":"look"`),
		flag("without", `{`+about+`,"reasonCode":"other","reasonText":null}`, 201, "", `"reasonText":null`),
		flag("no reason", `{`+about+`}`, 422, "reasonCode", ""),
		flag("nothing", `{}`, 422, "contentType contentId reasonCode", ""),
		flag("no such", `{`+about+`,"reasonCode":"x"}`, 422, "reasonCode", ""),
		flag("of nothing", `{"contentType":"comment","contentId":"`+uuid.NewString()+`","reasonCode":"spam"}`, 404, "", "Comment not found"),
		flag("no UUID", `{"contentType":"video","contentId":"x","reasonCode":"spam"}`, 422, "contentId", ""),
		{"the inbox", "GET", "/api/v1/moderation/flags", "", 403, "", ""},
	})
	flags, err := s.store.Flags.List(t.Context(), "", killrvideo.Page{Number: 1, Size: 2})
	if err != nil || len(flags.Items) != 2 {
		t.Fatal(len(flags.Items), err)
	}
	one := "/api/v1/moderation/flags/" + flags.Items[0].ID.String()
	act := func(name, body string, status int, fields, has string) request {
		return request{name, "POST", one + "/action", body, status, fields, has}
	}
	s.answers(t, moderator, []request{
		{"the inbox", "GET", "/api/v1/moderation/flags", "", 200, "", `"totalItems":2`},
		{"of a status", "GET", "/api/v1/moderation/flags?status=open", "", 200, "", `"totalItems":2`},
		{"of another", "GET", "/api/v1/moderation/flags?status=approved", "", 200, "", `"totalItems":0`},
		{"of none", "GET", "/api/v1/moderation/flags?status=", "", 422, "status", ""},
		{"no page", "GET", "/api/v1/moderation/flags?page=x", "", 422, "page", ""},
		{"one", "GET", one, "", 200, "", `"status":"open"`},
		{"an unknown one", "GET", "/api/v1/moderation/flags/" + uuid.NewString(), "", 404, "", "Flag not found"},
		act("no status", `{}`, 422, "status", ""),
		act("no such status", `{"status":"x"}`, 422, "status", ""),
		act("a number", `{"status":"open","moderatorNotes":7}`, 422, "moderatorNotes", ""),
		act("long notes", `{"status":"open","moderatorNotes":"`+strings.Repeat("x", 1001)+`"}`, 422, "moderatorNotes", ""),
		act("under review", `{"status":"under_review","moderatorNotes":null}`, 200, "", `"status":"under_review"`),
		act("approved", `{"status":"approved","moderatorNotes":"yes"}`, 200, "", `"moderatorNotes":"yes"`),
		act("again", `{"status":"open"}`, 400, "", "already resolved"),
		{"removed", "GET", "/api/v1/videos/id/" + video, "", 200, "", `"is_deleted":true`},
		{"restored", "POST", "/api/v1/moderation/videos/" + video + "/restore", "", 200, "", `"status_message":"restored"`},
		{"shown", "GET", "/api/v1/videos/id/" + video, "", 200, "", ""},
		{"no such comment", "POST", "/api/v1/moderation/comments/" + uuid.NewString() + "/restore", "", 404, "", "Comment not found"},
		{"open ones", "GET", "/api/v1/moderation/flags?status=open", "", 200, "", `"totalItems":1`},
	})
}

// What a moderator does to an account is seen by the very next request.
func TestAccountStatusHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	user, token := s.user(t, killrvideo.RoleViewer)
	_, moderator := s.user(t, killrvideo.RoleModerator)
	path := "/api/v1/moderation/users/" + user.ID.String()
	me := func(name string, status int, has string) []request {
		return []request{{name, "GET", "/api/v1/users/me", "", status, "", has}}
	}
	for status, want := range map[string]int{"suspended": 403, "inactive": 403, "locked": 403, "active": 200} {
		s.answers(t, moderator, []request{{status, "PUT", path + "/status", `{"accountStatus":"` + status + `"}`, 200, "", `"accountStatus":"` +
			status + `"`}})
		s.answers(t, token, me(status, want, ""))
	}
	s.answers(t, moderator, []request{
		{"no status", "PUT", path + "/status", `{}`, 422, "accountStatus", ""},
		{"no such status", "PUT", path + "/status", `{"accountStatus":"sleepy"}`, 422, "accountStatus", "active, inactive, suspended, locked"},
		{"of an unknown user", "PUT", "/api/v1/moderation/users/" + uuid.NewString() + "/status", `{"accountStatus":"locked"}`,
			404, "", "User not found"},
		{"back", "PUT", path + "/status", `{"accountStatus":"active"}`, 200, "", ""},
		{"a moderator", "POST", path + "/assign-moderator", "", 200, "", `"moderator"`},
	})
	s.answers(t, token, []request{{"may now", "GET", "/api/v1/moderation/users?q=ada", "", 200, "", user.ID.String()},
		{"no longer", "POST", path + "/revoke-moderator", "", 200, "", `"roles":["viewer"]`},
		{"may not", "GET", "/api/v1/moderation/users", "", 403, "", ""}})
}

func TestAccountHandlers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	register := func(name, change string, status int, fields, has string) request {
		body := map[string]any{"firstName": "Ada", "lastName": "Lovelace", "email": uuid.NewString() + "@example.com",
			"password": "generated by a test"}
		var changes map[string]any
		if err := json.Unmarshal([]byte(change), &changes); err != nil {
			t.Fatal(err)
		}
		for field, value := range changes {
			body[field] = value
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return request{name, "POST", "/api/v1/users/register", string(text), status, fields, has}
	}
	login := func(name, email, password string, status int, fields, has string) request {
		return request{name, "POST", "/api/v1/users/login", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password), status, fields, has}
	}
	s.answers(t, "", []request{
		register("all fields", `{"email":"Ada@Example.com"}`, 201, "", `"email":"Ada@example.com"`),
		register("taken", `{"email":"ada@example.com"}`, 400, "", "Email already registered"),
		register("null name", `{"firstName":null}`, 422, "firstName", ""),
		register("all wrong", `{"firstName":" ","lastName":"","email":"x","password":"short"}`, 422, "firstName lastName email password", ""),
		login("in", "ADA@example.com", "generated by a test", 200, "", `"refreshToken"`),
		login("wrong", "ada@example.com", "generated by another", 401, "", "Incorrect email or password"),
		login("unknown", "unknown@example.com", "x", 401, "", "Incorrect email or password"),
		login("no e-mail", "x", "", 422, "email password", ""),
		{"refresh", "POST", "/api/v1/users/refresh", `{"refreshToken":"x"}`, 401, "", ""},
		{"refresh with nothing", "POST", "/api/v1/users/refresh", `{}`, 422, "refreshToken", ""},
	})
	user, token := s.user(t, killrvideo.RoleViewer)
	put := func(name, body string, status int, fields, has string) request {
		return request{name, "PUT", "/api/v1/users/me", body, status, fields, has}
	}
	s.answers(t, token, []request{
		put("a name", `{"firstName":"Augusta"}`, 200, "", `"firstName":"Augusta"`),
		put("the other spelling", `{"lastname":"King"}`, 200, "", `"lastName":"King"`),
		put("null", `{"lastName":null}`, 200, "", `"lastName":"King"`),
		put("blank", `{"firstName":" "}`, 422, "firstName", ""),
		{"me", "GET", "/api/v1/users/me", "", 200, "", user.Email},
		{"what others see", "GET", "/api/v1/users/" + user.ID.String(), "", 200, "", "Augusta"},
		{"an unknown user", "GET", "/api/v1/users/" + uuid.NewString(), "", 404, "", "User not found"},
		{"log-out, oddly", "POST", "/api/v1/users/logout", `{"everywhere":"yes"}`, 422, "everywhere", ""},
		{"log-out", "POST", "/api/v1/users/logout", "", 204, "", ""},
		{"after it", "GET", "/api/v1/users/me", "", 401, "", "Session has ended"},
	})
}
