package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// answer is a response with its decoded body.
type answer struct {
	status int
	text   string
	body   map[string]any
}

// ask sends a request with a JSON body, if any, and headers in pairs.
func ask(t *testing.T, method, url string, body any, headers ...string) answer {
	t.Helper()
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, payload)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return answer{text: err.Error()}
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, text: string(text)}
	_ = json.Unmarshal(text, &a.body)
	return a
}

func (a answer) want(t *testing.T, status int, what string) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d: %s", what, a.status, status, a.text)
	}
	return a
}

// keyID is the `kid` in a token's header.
func keyID(t *testing.T, token string) string {
	t.Helper()
	head, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	var header struct {
		Kid string `json:"kid"`
	}
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	return header.Kid
}

// login returns a token for an account, which is registered on first use.
func (m *machine) login(email string) string {
	m.t.Helper()
	return m.session(email).body["token"].(string)
}

// session logs in, with an account that is registered on first use.
func (m *machine) session(email string) answer {
	m.t.Helper()
	// A password made up for this test.
	const password = "generated-for-this-test-1"
	ask(m.t, "POST", m.api("/api/v1/users/register"), map[string]string{
		"firstName": "Ada", "lastName": "Lovelace", "email": email, "password": password,
	})
	return ask(m.t, "POST", m.api("/api/v1/users/login"), map[string]string{"email": email, "password": password}).want(m.t, 200, "log in")
}
