package e2e_test

import (
	"net/http"
	"sync"
	"testing"
)

// together sends requests at the same time and counts their answers.
func together(t *testing.T, of int, send func(i int) answer) map[int]int {
	t.Helper()
	var all sync.WaitGroup
	statuses := make([]int, of)
	begin := make(chan struct{})
	for i := range of {
		all.Go(func() {
			<-begin
			statuses[i] = send(i).status
		})
	}
	close(begin)
	all.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	return count
}

// TestWhatWorksOnceWorksOnceAtTheSameTime: a code, a refresh token, an e-mail and
// a password that are used by several at once.
func TestWhatWorksOnceWorksOnceAtTheSameTime(t *testing.T) {
	t.Parallel()
	m := moderator(t)
	t.Run("a code for a password", func(t *testing.T) {
		t.Parallel()
		p := creator(t)
		code := issueReset(t, m, p).text(t, "code")
		if got := together(t, 6, func(int) answer { return resetPassword(t, p.email, code) }); got[200] != 1 {
			t.Errorf("the answers are %v, want one 200", got)
		}
	})
	t.Run("a refresh token", func(t *testing.T) {
		t.Parallel()
		p := creator(t)
		token := login(t, p).text(t, "refreshToken")
		if got := together(t, 6, func(int) answer { return refresh(t, token) }); got[200] > 1 {
			t.Errorf("the answers are %v, want one 200 at most", got)
		}
	})
	t.Run("an e-mail", func(t *testing.T) {
		t.Parallel()
		email := newEmail()
		got := together(t, 6, func(i int) answer {
			as := email
			if i%2 == 1 {
				as = "P" + email[1:]
			}
			return call(t, http.MethodPost, "/api/v1/users/register", "", registration(as))
		})
		if got[201] != 1 || got[400] != 5 {
			t.Errorf("the answers are %v, want one 201", got)
		}
	})
	t.Run("a password", func(t *testing.T) {
		t.Parallel()
		p := creator(t)
		if got := together(t, 6, func(int) answer { return changePassword(t, p.token, password) }); got[200] != 1 {
			t.Errorf("the answers are %v, want one 200", got)
		}
	})
}

// TestTwoModeratorsDoNotRemoveEachOther at the same time, so that none is left.
func TestTwoModeratorsDoNotRemoveEachOther(t *testing.T) {
	t.Parallel()
	m, first, second := moderator(t), creator(t), creator(t)
	for _, p := range []person{first, second} {
		call(t, http.MethodPost, "/api/v1/moderation/users/"+p.id+"/assign-moderator", m.token, nil).want(t, 200, "")
	}
	two := []person{first, second}
	got := together(t, 2, func(i int) answer {
		return call(t, http.MethodPost, "/api/v1/moderation/users/"+two[1-i].id+"/revoke-moderator", two[i].token, nil)
	})
	if got[200]+got[403] != 2 || got[200] == 0 {
		t.Errorf("the answers are %v", got)
	}
}

// TestCursorsOfOthersAreRefused: what is no cursor of a list is an error of the
// caller, and never one of the service.
func TestCursorsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for _, path := range []string{
		"/videos/latest", "/videos/by-tag/x", "/videos/by-uploader/" + p.id, "/search/videos?query=x", "/videos/trending",
		"/users/" + p.id + "/comments", "/users/" + p.id + "/activity", "/videos/" + unknownID() + "/comments",
	} {
		separator := "?"
		if path == "/search/videos?query=x" {
			separator = "&"
		}
		for _, cursor := range []string{"x", "AAAA", "%00", "..%2F", "-1", "eyJhIjoxfQ", "%F0%9F%98%80", "2026-01-01T00:00:00Z"} {
			a := call(t, http.MethodGet, "/api/v1"+path+separator+"cursor="+cursor, p.token, nil)
			if a.status >= 500 {
				t.Errorf("%s with cursor %s: %d %s", path, cursor, a.status, a.raw)
			}
		}
	}
}

// TestOneAddressInTwoFormsIsOneAccount: é is one character or two, and no reader
// sees which.
func TestOneAddressInTwoFormsIsOneAccount(t *testing.T) {
	t.Parallel()
	number := newEmail()
	composed, decomposed := "jos\u00e9."+number, "jose\u0301."+number
	p := registered(t, composed)
	call(t, http.MethodPost, "/api/v1/users/register", "", registration(decomposed)).want(t, 400, "")
	login(t, person{email: decomposed})
	me(t, p.token).want(t, 200, "")
}
