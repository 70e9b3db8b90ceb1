package enginetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
)

// sessions are those of a user of the deployed service; nil does nothing.
type sessions struct {
	url, email string

	mu    sync.Mutex
	token string
}

// current is the token of the last log-in.
func (s *sessions) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// renew logs in.
func (s *sessions) renew(t *testing.T) {
	t.Helper()
	if s == nil {
		return
	}
	// Made up for this test.
	user := map[string]string{"firstName": "Ada", "lastName": "Lovelace", "email": s.email, "password": "generated-for-this-test-1"}
	_, _ = s.call("POST", "/api/v1/users/register", user)
	status, body := s.call("POST", "/api/v1/users/login", user)
	var answer struct{ Token string }
	if status != http.StatusOK || json.Unmarshal(body, &answer) != nil || answer.Token == "" {
		t.Fatalf("log in: %d %s", status, body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = answer.Token
}

// hold asks that the user of the last log-in is still logged in, and found.
func (s *sessions) hold(t *testing.T, when string) {
	t.Helper()
	if s == nil || s.current() == "" {
		return
	}
	if status, body := s.call("GET", "/api/v1/users/me", nil); status != http.StatusOK {
		t.Errorf("%s: a user who had logged in gets %d %s", when, status, body)
	}
}

func (s *sessions) call(method, path string, body any) (int, []byte) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	status, answer, err := s.send(http.DefaultClient, method, path, bytes.NewReader(text))
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	return status, answer
}

// send asks the service with the token of the last log-in.
func (s *sessions) send(client *http.Client, method, path string, body io.Reader) (status int, answer []byte, err error) {
	var headers []string
	if token := s.current(); token != "" {
		headers = []string{"Authorization", "Bearer " + token}
	}
	return ask(client, method, s.url+path, body, headers...)
}
