package fault

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// patience is how long a request without an answer is waited for.
const patience = 300 * time.Millisecond

// Transport makes the requests of the step under way fail that change something
// at Astra.
func (s *Striker) Transport(next http.RoundTripper) http.RoundTripper { return transport{s, next} }

type transport struct {
	striker *Striker
	next    http.RoundTripper
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	effect, err := effectOf(r)
	if err != nil {
		return nil, err
	}
	strike := t.striker.strikes(effect)
	if strike.Says() == "" {
		return t.next.RoundTrip(r)
	}
	if strike == Before {
		return &http.Response{
			StatusCode: http.StatusServiceUnavailable, Status: "503 Service Unavailable", Proto: r.Proto, ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(ErrBefore.Error())), Request: r,
		}, nil
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	if strike == Timeout {
		select {
		case <-time.After(patience):
		case <-r.Context().Done():
		}
		return nil, ErrTimeout
	}
	return nil, ErrAfter
}

// strikes is how a request with an effect fails: as its step does, if it is the
// first one, or that one again.
func (s *Striker) strikes(effect string) Kind {
	s.mu.Lock()
	defer s.mu.Unlock()
	if effect == "" || s.first != "" && s.first != effect {
		return None
	}
	s.first = effect
	return s.strike
}

// effectOf names the request that makes, changes or deletes a role, a token or a
// table; it is "" for one that asks. The rows that a proof tries to write do not
// exist.
func effectOf(r *http.Request) (string, error) {
	if r.Method == http.MethodGet {
		return "", nil
	}
	if !strings.Contains(r.URL.Path, "/api/json/") {
		return r.Method + " " + r.URL.Path, nil
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(text))
	var command map[string]json.RawMessage
	if err := json.Unmarshal(text, &command); err != nil {
		return "", nil //nolint:nilerr // not a command
	}
	for name, of := range command {
		if strings.HasPrefix(name, "create") || strings.HasPrefix(name, "alter") || strings.HasPrefix(name, "drop") {
			return name + " " + string(of), nil
		}
	}
	return "", nil
}
