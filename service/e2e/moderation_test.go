package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

const flagKeys = "flagId userId contentType contentId reasonCode reasonText createdAt updatedAt status moderatorId moderatorNotes " +
	"resolvedAt"

func report(t *testing.T, p person, kind, id string) answer {
	t.Helper()
	body := map[string]any{"contentType": kind, "contentId": id, "reasonCode": "spam", "reasonText": "look at this"}
	return call(t, http.MethodPost, "/api/v1/flags", p.token, body).want(t, 201, "")
}

func act(t *testing.T, moderator person, flag string, body map[string]any) answer {
	t.Helper()
	return call(t, http.MethodPost, "/api/v1/moderation/flags/"+flag+"/action", moderator.token, body)
}

func TestFlags(t *testing.T) {
	t.Parallel()
	p, m, video := viewer(t), moderator(t), submit(t, creator(t), nil)
	good := map[string]any{"contentType": "video", "contentId": video, "reasonCode": "spam"}
	call(t, http.MethodPost, "/api/v1/flags", "", good).want(t, 401, "")
	call(t, http.MethodPost, "/api/v1/flags", p.token, map[string]any{"contentType": "video", "contentId": unknownID(),
		"reasonCode": "spam"}).want(t, 404, "Video not found")
	for name, bad := range map[string]any{
		"contentType": "song", "contentId": "zz", "reasonCode": "boring", "reasonText": strings.Repeat("x", 501),
	} {
		body := map[string]any{"contentType": "video", "contentId": video, "reasonCode": "spam", name: bad}
		if a := call(t, http.MethodPost, "/api/v1/flags", p.token, body).want(t, 422, ""); !strings.Contains(a.raw, name) {
			t.Errorf("%s is not named: %s", name, a.raw)
		}
	}
	flag := report(t, p, "video", video)
	keys(t, flag.body, flagKeys)
	if flag.body["status"] != "open" || flag.body["userId"] != p.id || flag.body["reasonText"] != "look at this" {
		t.Error(flag.raw)
	}
	id := flag.text(t, "flagId")
	call(t, http.MethodGet, "/api/v1/moderation/flags", "", nil).want(t, 401, "")
	call(t, http.MethodGet, "/api/v1/moderation/flags", p.token, nil).want(t, 403, "")
	call(t, http.MethodGet, "/api/v1/moderation/flags?status=bogus", m.token, nil).want(t, 422, "")
	if found := flagIn(t, m, "?pageSize=100&status=open", id); found == nil || found["userId"] != p.id ||
		found["createdAt"] != flag.body["createdAt"] {
		t.Errorf("in the inbox: %v", found)
	}
	if one := call(t, http.MethodGet, "/api/v1/moderation/flags/"+id, m.token, nil).want(t, 200, ""); one.raw != flag.raw {
		t.Errorf("%s\nis not %s", one.raw, flag.raw)
	}
	call(t, http.MethodGet, "/api/v1/moderation/flags/"+unknownID(), m.token, nil).want(t, 404, "Flag not found")
}

// flagIn finds a flag in a page of the inbox.
func flagIn(t *testing.T, m person, query, id string) map[string]any {
	t.Helper()
	a := call(t, http.MethodGet, "/api/v1/moderation/flags"+query, m.token, nil).want(t, 200, "")
	for _, item := range a.body["data"].([]any) {
		if flag := item.(map[string]any); flag["flagId"] == id {
			return flag
		}
	}
	return nil
}

func TestRejectedFlagIsFinal(t *testing.T) {
	t.Parallel()
	m, video := moderator(t), submit(t, creator(t), nil)
	id := report(t, viewer(t), "video", video).text(t, "flagId")
	reviewed := act(t, m, id, map[string]any{"status": "under_review"}).want(t, 200, "")
	if reviewed.body["resolvedAt"] != nil || flagIn(t, m, "?pageSize=100&status=open", id) != nil {
		t.Errorf("under review: %s", reviewed.raw)
	}
	call(t, http.MethodPost, "/api/v1/moderation/flags/"+id+"/action", m.token, map[string]any{}).want(t, 422, "")
	done := act(t, m, id, map[string]any{"status": "rejected", "moderatorNotes": "n"}).want(t, 200, "")
	if done.body["status"] != "rejected" || done.body["moderatorId"] != m.id || done.body["moderatorNotes"] != "n" ||
		done.body["resolvedAt"] == nil {
		t.Error(done.raw)
	}
	if read := call(t, http.MethodGet, "/api/v1/moderation/flags/"+id, m.token, nil).want(t, 200, ""); read.raw != done.raw {
		t.Errorf("not kept: %s", read.raw)
	}
	act(t, m, id, map[string]any{"status": "approved"}).want(t, 400, "Flag already resolved")
	call(t, http.MethodGet, "/api/v1/videos/id/"+video, "", nil).want(t, 200, "")
	act(t, m, unknownID(), map[string]any{"status": "approved"}).want(t, 404, "Flag not found")
}

func TestApprovingAFlagHidesAVideoAndRestoringBringsItBack(t *testing.T) {
	t.Parallel()
	owner, m := creator(t), moderator(t)
	video := submit(t, owner, nil)
	id := report(t, viewer(t), "video", video).text(t, "flagId")
	act(t, m, id, map[string]any{"status": "approved"}).want(t, 200, "")
	call(t, http.MethodGet, "/api/v1/videos/id/"+video, "", nil).want(t, 404, "Video not found")
	if n := audits(t, video); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	path := "/api/v1/moderation/videos/" + video + "/restore"
	call(t, http.MethodPost, path, "", nil).want(t, 401, "")
	call(t, http.MethodPost, path, owner.token, nil).want(t, 403, "")
	a := call(t, http.MethodPost, path, m.token, nil).want(t, 200, "")
	keys(t, a.body, "content_id content_type status_message")
	call(t, http.MethodGet, "/api/v1/videos/id/"+video, "", nil).want(t, 200, "")
	list := call(t, http.MethodGet, "/api/v1/videos/by-uploader/"+owner.id, "", nil).want(t, 200, "")
	if len(list.body["data"].([]any)) != 1 {
		t.Error(list.raw)
	}
	call(t, http.MethodPost, "/api/v1/moderation/videos/"+unknownID()+"/restore", m.token, nil).want(t, 404, "Video not found")
}

func audits(t *testing.T, content string) int {
	t.Helper()
	var rows []map[string]any
	if err := system.db.Table(schema.ModerationAudit).Find(filter.Eq("contentid", content)).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

func TestApprovingAFlagHidesAComment(t *testing.T) {
	t.Parallel()
	p, m, video := viewer(t), moderator(t), submit(t, creator(t), nil)
	comment := commentOn(t, p, video, "buy my stuff, all of it").text(t, "commentid")
	act(t, m, report(t, viewer(t), "comment", comment).text(t, "flagId"), map[string]any{"status": "approved"}).want(t, 200, "")
	path := "/api/v1/videos/" + video + "/comments"
	if a := call(t, http.MethodGet, path, "", nil).want(t, 200, ""); len(a.body["data"].([]any)) != 0 {
		t.Error(a.raw)
	}
	call(t, http.MethodPost, "/api/v1/moderation/comments/"+comment+"/restore", m.token, nil).want(t, 200, "")
	if a := call(t, http.MethodGet, path, "", nil).want(t, 200, ""); len(a.body["data"].([]any)) != 1 {
		t.Error(a.raw)
	}
	call(t, http.MethodPost, "/api/v1/moderation/comments/"+unknownID()+"/restore", m.token, nil).want(t, 404, "Comment not found")
}

func TestAssignAndRevokeModerators(t *testing.T) {
	t.Parallel()
	p, m := viewer(t), moderator(t)
	path := "/api/v1/moderation/users/" + p.id
	call(t, http.MethodPost, path+"/assign-moderator", p.token, nil).want(t, 403, "")
	for range 2 {
		a := call(t, http.MethodPost, path+"/assign-moderator", m.token, nil).want(t, 200, "")
		if !strings.Contains(a.raw, `"moderator"`) {
			t.Error(a.raw)
		}
	}
	call(t, http.MethodGet, "/api/v1/moderation/flags", p.token, nil).want(t, 200, "") // at once, with the old token
	a := call(t, http.MethodPost, path+"/revoke-moderator", m.token, nil).want(t, 200, "")
	if strings.Contains(a.raw, `"moderator"`) {
		t.Error(a.raw)
	}
	call(t, http.MethodGet, "/api/v1/moderation/flags", p.token, nil).want(t, 403, "")
	call(t, http.MethodPost, "/api/v1/moderation/users/"+unknownID()+"/assign-moderator", m.token, nil).want(t, 404, "User not found")
	call(t, http.MethodPost, "/api/v1/moderation/users/"+m.id+"/revoke-moderator", m.token, nil).want(t, 400, "")
}

func TestFindUsers(t *testing.T) {
	t.Parallel()
	m := moderator(t)
	email := "vivian" + unknownID()[:8] + "@example.com"
	body := registration(email)
	body["firstName"] = "Vivian"
	id := call(t, http.MethodPost, "/api/v1/users/register", "", body).want(t, 201, "").text(t, "userId")
	for _, q := range []string{"vivian" + email[6:14], "VIVIAN" + email[6:12]} {
		a := call(t, http.MethodGet, "/api/v1/moderation/users?q="+q, m.token, nil).want(t, 200, "")
		if len(a.list) != 1 || a.list[0].(map[string]any)["userId"] != id || len(a.list[0].(map[string]any)["roles"].([]any)) == 0 {
			t.Errorf("%s: %s", q, a.raw)
		}
	}
	for query, most := range map[string]int{"": 20, "?q=vi": 20, "?q=no-such-name": 0} {
		a := call(t, http.MethodGet, "/api/v1/moderation/users"+query, m.token, nil).want(t, 200, "")
		if len(a.list) > most || most > 0 && len(a.list) == 0 {
			t.Errorf("%q: %d found", query, len(a.list))
		}
	}
	call(t, http.MethodGet, "/api/v1/moderation/users", viewer(t).token, nil).want(t, 403, "")
}

// A renamed user is found by the new name and not by the old one.
func TestFindUsersByTheirNewName(t *testing.T) {
	t.Parallel()
	m, p := moderator(t), creator(t)
	old, now := "Old"+unknownID()[:8], "New"+unknownID()[:8]
	for _, name := range []string{old, now} {
		call(t, http.MethodPut, "/api/v1/users/me", p.token, map[string]any{"firstName": name}).want(t, 200, "")
	}
	if a := call(t, http.MethodGet, "/api/v1/moderation/users?q="+old, m.token, nil).want(t, 200, ""); len(a.list) != 0 {
		t.Error(a.raw)
	}
	if a := call(t, http.MethodGet, "/api/v1/moderation/users?q="+now, m.token, nil).want(t, 200, ""); len(a.list) != 1 {
		t.Error(a.raw)
	}
}

func TestSuspendedAccountsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	m, p := moderator(t), creator(t)
	path := "/api/v1/moderation/users/" + p.id + "/status"
	call(t, http.MethodPut, path, p.token, map[string]any{"accountStatus": "active"}).want(t, 403, "")
	call(t, http.MethodPut, path, m.token, map[string]any{"accountStatus": "sleepy"}).want(t, 422, "")
	call(t, http.MethodPut, path, m.token, map[string]any{"accountStatus": "suspended"}).want(t, 200, "")
	call(t, http.MethodGet, "/api/v1/users/me", p.token, nil).want(t, 403, "Account is suspended")
	call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": p.email, "password": password}).want(t, 403, "")
	call(t, http.MethodPut, path, m.token, map[string]any{"accountStatus": "active"}).want(t, 200, "")
	call(t, http.MethodGet, "/api/v1/users/me", p.token, nil).want(t, 200, "")
}

// Only moderators see what was removed.
func TestModeratorsSeeRemovedContent(t *testing.T) {
	t.Parallel()
	owner, m := creator(t), moderator(t)
	video := submit(t, owner, map[string]any{"title": "To be removed"})
	comment := commentOn(t, owner, video, "to be removed, too").text(t, "commentid")
	flag := report(t, viewer(t), "video", video).text(t, "flagId")
	one, ofComment := "/api/v1/videos/id/"+video, "/api/v1/moderation/comments/"+comment
	if a := call(t, http.MethodGet, ofComment, m.token, nil).want(t, 200, ""); a.body["is_deleted"] != false || a.body["deleted_at"] != nil {
		t.Errorf("before it is removed: %s", a.raw)
	}
	call(t, http.MethodDelete, "/api/v1/videos/"+video+"/comments/"+comment, owner.token, nil).want(t, 204, "")
	act(t, m, flag, map[string]any{"status": "approved"}).want(t, 200, "")

	a := call(t, http.MethodGet, one, m.token, nil).want(t, 200, "")
	if a.body["is_deleted"] != true || a.body["deleted_at"] == nil || a.body["title"] != "To be removed" {
		t.Errorf("the video: %s", a.raw)
	}
	call(t, http.MethodGet, one+"/status", m.token, nil).want(t, 200, "")
	call(t, http.MethodGet, "/api/v1/videos/"+video+"/ratings", m.token, nil).want(t, 200, "")
	a = call(t, http.MethodGet, ofComment, m.token, nil).want(t, 200, "")
	keys(t, a.body, commentKeys+" is_deleted deleted_at")
	if a.body["is_deleted"] != true || a.body["deleted_at"] == nil || a.body["text"] != "to be removed, too" || a.body["firstName"] != "Ada" {
		t.Errorf("the comment: %s", a.raw)
	}
	for _, token := range []string{"", owner.token} {
		call(t, http.MethodGet, one, token, nil).want(t, 404, "Video not found")
		call(t, http.MethodGet, "/api/v1/videos/"+video+"/ratings", token, nil).want(t, 404, "Video not found")
	}
	call(t, http.MethodGet, one+"/status", owner.token, nil).want(t, 404, "Video not found")
	call(t, http.MethodGet, ofComment, owner.token, nil).want(t, 403, "")
	call(t, http.MethodGet, "/api/v1/moderation/comments/"+unknownID(), m.token, nil).want(t, 404, "Comment not found")
	// They see it; they cannot change it, and no view counts.
	call(t, http.MethodPut, one, m.token, map[string]any{"title": "Another title"}).want(t, 404, "Video not found")
	call(t, http.MethodPost, one+"/view", m.token, nil).want(t, 404, "Video not found")
}
