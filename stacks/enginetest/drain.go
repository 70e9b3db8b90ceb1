package enginetest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Drain rotates both credentials while an old instance goes on answering
// requests, for as long as the cloud lets it: none of its calls may fail, and
// nothing that it reads may go.
func Drain(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.cloud.Drain(hurriedDrain)
	s.up()
	old := s.serviceToken()
	var failed []time.Time
	end := repeat(20*time.Millisecond, func() {
		if !s.accepted(old) {
			failed = append(failed, time.Now())
		}
	})
	s.set("astraTokenGeneration", "2")
	s.set("jwtKeyGeneration", "2")
	done, err := s.tryUp()
	end()
	if err != nil {
		t.Fatalf("up failed after\n%s\n%v", done, err)
	}
	done.inOrder(t, "update "+gate, "update "+wait+" gate", "delete "+token)
	done.never(t, "update "+wait+" killrvideo-permissions") // no grant is new
	ended := s.cloud.Drained()
	if ended.IsZero() {
		t.Fatal("no instance was replaced")
	}
	if len(failed) > 0 && failed[0].Before(ended) {
		t.Errorf("calls of an old instance failed %v before it ended", ended.Sub(failed[0]))
	}
	if s.accepted(old) {
		t.Error("the old token is still accepted")
	}
	s.gone()
}

const wait = "astradb:index:Wait"

// accepted asks the Data API for a row with a token, as the service does.
func (s *stack) accepted(token string) bool {
	status, _, err := s.dataAPI(token, "users", `{"findOne":{"filter":{"userid":"00000000-0000-4000-8000-000000000000"}}}`)
	return err == nil && status == http.StatusOK
}

// dataAPI sends a command for a table to the Data API.
func (s *stack) dataAPI(token, table, command string) (status int, answer []byte, err error) {
	url := s.astraURL + "/api/json/v1/killrvideo/" + table
	return ask(http.DefaultClient, http.MethodPost, url, strings.NewReader(command), "Token", token)
}

// serviceToken is the token with which the service reads and writes, from the
// stack's state.
func (s *stack) serviceToken() string {
	s.t.Helper()
	for _, r := range s.read().Of(token) {
		if r.Name() == "token-dev" { // beside it there is token-dev-reads, which may only read
			return r.Text("token")
		}
	}
	s.t.Fatal("the state has no token token-dev")
	return ""
}
