package enginetest

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	request, err := http.NewRequest(method, s.url+path, bytes.NewReader(text))
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token := s.current(); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer bytes.Buffer
	_, err = answer.ReadFrom(response.Body)
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	return response.StatusCode, answer.Bytes()
}
