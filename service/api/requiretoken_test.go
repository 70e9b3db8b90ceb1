package api_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Operations that read the account in parallel with other rows answer as if it had
// been read first: the error of the account comes before those of the input and of
// what the request acts on.
func TestTheErrorOfTheAccountComesFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner, _ := s.user(t, killrvideo.RoleCreator)
	video := s.video(t, owner, "Cats")
	_, powerless := s.user(t)
	suspended, suspendedToken := s.user(t, killrvideo.RoleViewer)
	if err := s.store.Accounts.UpdateStatus(t.Context(), suspended.ID, killrvideo.AccountSuspended); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{video, uuid.NewString()} {
		valid := []request{
			{"comment", "POST", "/api/v1/videos/" + id + "/comments", `{"text":"a text"}`, 0, "", ""},
			{"rate", "POST", "/api/v1/videos/" + id + "/ratings", `{"rating":4}`, 0, "", ""},
			{"rate, older", "POST", "/api/v1/videos/id/" + id + "/rating", `{"rating":4}`, 0, "", ""},
			{"watch", "POST", "/api/v1/videos/id/" + id + "/watch-time", `{"watch_duration_seconds":4}`, 0, "", ""},
			{"flag", "POST", "/api/v1/flags", `{"contentType":"video","contentId":"` + id + `","reasonCode":"spam"}`, 0, "", ""},
			{"for you", "GET", "/api/v1/recommendations/foryou", "", 0, "", ""},
		}
		for _, r := range valid {
			invalid := r
			if r.method == "POST" {
				invalid.body = `{}`
			} else {
				invalid.path += "?page=0"
			}
			for _, r := range []request{r, invalid} {
				r.status, r.has = http.StatusForbidden, "suspended"
				s.answers(t, suspendedToken, []request{r})
				r.has = "no roles"
				s.answers(t, powerless, []request{r})
				r.status, r.has = http.StatusUnauthorized, ""
				s.answers(t, "", []request{r})
				s.answers(t, "no token", []request{r})
			}
		}
	}
	list, err := s.store.Comments.CommentsOfUser(t.Context(), suspended.ID, killrvideo.Page{Number: 1, Size: 1})
	if err != nil || list.Total != 0 {
		t.Errorf("%d comments are stored, %v", list.Total, err)
	}
}
