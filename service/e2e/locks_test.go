package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// setStatus changes the status of an account as a moderator.
func setStatus(t *testing.T, moderator, of person, status string) {
	t.Helper()
	call(t, http.MethodPut, "/api/v1/moderation/users/"+of.id+"/status", moderator.token, map[string]any{"accountStatus": status}).want(t,
		200, "")
}

// lockInTheDatabase is what an operator does, who knows nothing of moderators.
func lockInTheDatabase(t *testing.T, p person) {
	t.Helper()
	lock := update.Table().Set("account_locked", true)
	err := system.db.Table(schema.UserCredentials).UpdateOne(t.Context(), filter.F{"email": p.email, "userid": p.id}, lock)
	if err != nil {
		t.Fatal(err)
	}
}

// A lock holds with the next request, on every instance, also on one that was
// started later; so does its end.
func TestLockedAccountIsRefusedOnEveryInstance(t *testing.T) {
	t.Parallel()
	m, p, other := moderator(t), creator(t), instance(t)
	session := login(t, p)
	setStatus(t, m, p, "locked")
	instances := map[string]*process{"running": other, "started later": instance(t)}
	kinds := map[string]string{
		"GET /api/v1/users/me": "", "PUT /api/v1/users/me": `{"firstName":"New"}`, "POST /api/v1/users/logout": "",
		"POST /api/v1/videos":                     `{"youtubeUrl":"https://youtu.be/abcdefghijk"}`,
		"GET /api/v1/users/" + p.id + "/activity": "",
		"GET /api/v1/recommendations/foryou":      "", "GET /api/v1/moderation/flags": "",
		"POST /api/v1/flags": `{"contentType":"video","contentId":"` + unknownID() + `","reasonCode":"spam"}`,
	}
	for kind, body := range kinds {
		method, path, _ := strings.Cut(kind, " ")
		call(t, method, path, p.token, body).want(t, 403, "Account is locked")
		for name, at := range instances {
			if got := at.at(t, method, path, p.token, strings.NewReader(body)).StatusCode; got != 403 {
				t.Errorf("%s: %s: %d", name, kind, got)
			}
		}
	}
	refresh(t, session.text(t, "refreshToken")).want(t, 403, "Account is locked")
	call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": p.email, "password": password}).want(t, 401,
		"Incorrect email or password")

	setStatus(t, m, p, "active")
	me(t, p.token).want(t, 200, "")
	refresh(t, session.text(t, "refreshToken")).want(t, 200, "")
	login(t, p)
	for name, at := range instances {
		if got := at.at(t, http.MethodGet, "/api/v1/users/me", p.token, nil).StatusCode; got != 200 {
			t.Errorf("%s: unlocked: %d", name, got)
		}
	}
}

// An operator locks credentials in the database: the tokens that are about end
// soon after, and not only with the next login.
func TestCredentialsThatAreLockedInTheDatabaseLockTheAccount(t *testing.T) {
	t.Parallel()
	p := creator(t)
	lockInTheDatabase(t, p)
	astratest.Eventually(t, func() (bool, any) {
		status := me(t, p.token).status
		if status != 200 && status != 403 {
			t.Fatalf("status %d", status)
		}
		return status == 403, status
	})
	setStatus(t, moderator(t), p, "active")
	me(t, p.token).want(t, 200, "")
	login(t, p)
}

// What moderators do to accounts can be read afterwards.
func TestAccountChangesAreAudited(t *testing.T) {
	t.Parallel()
	m, p := moderator(t), viewer(t)
	path := "/api/v1/moderation/users/" + p.id
	for _, act := range []string{"assign", "revoke"} {
		call(t, http.MethodPost, path+"/"+act+"-moderator", m.token, nil).want(t, 200, "")
	}
	for _, status := range []string{"suspended", "locked", "active"} {
		setStatus(t, m, p, status)
	}
	call(t, http.MethodPut, path+"/status", m.token, map[string]any{"accountStatus": "sleepy"}).want(t, 422, "")
	var rows []struct{ Actor, Action string }
	if err := system.db.Table(schema.ModerationAudit).Find(filter.Eq("contentid", p.id)).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, row := range rows { // newest first
		acts = append([]string{row.Action}, acts...)
		if row.Actor != m.id {
			t.Errorf("%s by %s", row.Action, row.Actor)
		}
	}
	want := "assign moderator, revoke moderator, account suspended, account locked, account active"
	if got := strings.Join(acts, ", "); got != want {
		t.Errorf("written down: %s", got)
	}
}
